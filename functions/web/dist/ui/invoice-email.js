export * from "./invoice-email-WGMTBKRC.js";
