export * from "./invoice-email-KQKGK3RW.js";
