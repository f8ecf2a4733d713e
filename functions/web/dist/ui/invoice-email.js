export * from "./invoice-email-LXZZNC55.js";
