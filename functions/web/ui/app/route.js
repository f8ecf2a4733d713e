// Which screen an address of the page means, and the other way round.

/**
 * @typedef {object} Route
 * @property {"report" | "attention" | "invoice" | "send" | "settings" | "blocked" | "client"} view
 * @property {string} invoice empty where the screen is about none
 * @property {string} send which of the invoice's sends is looked at; empty for all
 * @property {string} client empty where the screen is about none
 */

/** What the screens are called that are about nothing in particular. */
const TITLES = { report: "Report", attention: "Work queue", settings: "Settings", blocked: "Blocked addresses" };

/** @param {string} search @returns {Route} */
export function routeOf(search) {
  const query = new URLSearchParams(search);
  const view = query.get("view");
  const invoice = query.get("invoice") ?? "";
  const client = query.get("client") ?? "";
  const none = { invoice: "", send: "", client: "" };
  if (view === "invoice" && invoice) return { ...none, view, invoice, send: query.get("send") ?? "" };
  if (view === "client" && client) return { ...none, view, client };
  if (view === "send") return { ...none, view, invoice };
  return { ...none, view: Object.hasOwn(TITLES, view ?? "") ? /** @type {keyof typeof TITLES} */ (view) : "report" };
}

/** The query of a screen; the report's filters are the report's own. @param {Partial<Route>} route */
export function searchOf({ view = "report", invoice = "", send = "", client = "" }) {
  const query = new URLSearchParams();
  if (view !== "report") query.set("view", view);
  if (invoice) query.set("invoice", invoice);
  if (send) query.set("send", send);
  if (client) query.set("client", client);
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** What a screen is called. @param {Route} route */
export function titleOf({ view, invoice, client }) {
  if (view === "invoice") return `E-mails of invoice ${invoice}`;
  if (view === "send") return invoice ? `Send invoice ${invoice} by e-mail` : "Send an invoice by e-mail";
  if (view === "client") return `Client ${client}`;
  return TITLES[view];
}
