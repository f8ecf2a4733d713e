// The part of the module that is loaded when a form for settings or clients is first shown.

// All of it is there already. Naming it keeps it in one file, which is smaller than two, instead of apart what both need.
import "../invoice-email.js";
import "./client/form.js";
import "./client/list.js";
import "./settings/form.js";
