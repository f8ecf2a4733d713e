// The part of the module that is loaded when somebody first needs what few pages show: settings, clients, blocked addresses,
// proofs.

// All of it is there already. Naming it keeps it in one file, which is smaller than two, instead of apart what both need.
import "../invoice-email.js";
import "./client/form.js";
import "./client/list.js";
import "./communications/domain-hint.js";
import "./communications/proof.js";
import "./settings/form.js";
import "./suppressions/list.js";
