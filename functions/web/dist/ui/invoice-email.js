export * from "./invoice-email-7BHJ2LB2.js";
