export * from "./invoice-email-XHOK7WVE.js";
