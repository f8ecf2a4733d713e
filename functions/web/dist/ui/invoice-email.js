export * from "./invoice-email-2II3HOP4.js";
