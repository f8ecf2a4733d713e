export * from "./invoice-email-SU7DPXKH.js";
