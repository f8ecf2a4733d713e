export * from "./invoice-email-ZI44ZN3E.js";
