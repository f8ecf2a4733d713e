// Which screen an address of the page means, and the other way round.

/**
 * @typedef {object} Route
 * @property {"report" | "attention" | "invoice" | "send"} view
 * @property {string} invoice empty where the screen is about none
 * @property {string} send which of the invoice's sends is looked at; empty for all
 */

/** @param {string} search @returns {Route} */
export function routeOf(search) {
  const query = new URLSearchParams(search);
  const view = query.get("view");
  const invoice = query.get("invoice") ?? "";
  if (view === "invoice" && invoice) return { view, invoice, send: query.get("send") ?? "" };
  if (view === "send") return { view, invoice, send: "" };
  return { view: view === "attention" ? view : "report", invoice: "", send: "" };
}

/** The query of a screen; the report's filters are the report's own. @param {Partial<Route>} route */
export function searchOf({ view = "report", invoice = "", send = "" }) {
  const query = new URLSearchParams();
  if (view !== "report") query.set("view", view);
  if (invoice) query.set("invoice", invoice);
  if (send) query.set("send", send);
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** What a screen is called. @param {Route} route */
export function titleOf({ view, invoice }) {
  if (view === "invoice") return `E-mails of invoice ${invoice}`;
  if (view === "send") return invoice ? `Send invoice ${invoice} by e-mail` : "Send an invoice by e-mail";
  return view === "attention" ? "Work queue" : "Report";
}
