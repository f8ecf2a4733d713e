// What a portal imports: defines the elements, and `configure` for what they share.

export { configure } from "./shared/configuration.js";
export { Problem } from "./shared/problem.js";
export { InvoiceEmailReport } from "./elements/report.js";
export { InvoiceEmailHistory } from "./elements/history.js";
export { InvoiceEmailCommunications } from "./elements/communications.js";
export { InvoiceEmailAttention } from "./elements/attention.js";
export { InvoiceEmailSend } from "./elements/send.js";
export { InvoiceEmailSettings } from "./elements/settings.js";
export { InvoiceEmailSuppressions } from "./elements/suppressions.js";
export { InvoiceEmailClient } from "./elements/client.js";
