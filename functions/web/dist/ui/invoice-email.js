export * from "./invoice-email-BRRN3DJ4.js";
