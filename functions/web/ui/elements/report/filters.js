// What of the e-mails the report shows: the filters themselves, their days, and how they are written in a query or in words.

import { plusDays } from "../../shared/times.js";
import { SENT_STATUSES } from "../../shared/words.js";

/** @typedef {import("../../shared/times.js").Times} Times */

/**
 * @typedef {object} Filters
 * @property {string} period one of `PERIODS`
 * @property {string} from first day of a custom period, such as `2026-11-22`
 * @property {string} to its last day
 * @property {string} day one day of the period, picked in the chart; empty for all
 * @property {string[]} status empty for all
 * @property {string} client
 * @property {string} recipient
 * @property {string} invoice
 */

/** @typedef {{ from: string, to: string }} Span */

/** @type {Record<string, string>} */
export const PERIODS = {
  today: "Today",
  yesterday: "Yesterday",
  "last-7-days": "Last 7 days",
  "last-30-days": "Last 30 days",
  "this-month": "This month",
  "last-month": "Last month",
  custom: "From – to",
};

const DEFAULT_PERIOD = "last-30-days";

/** What is typed as text, and narrows the rows but not the totals. */
export const TEXTS = /** @type {const} */ (["client", "recipient", "invoice"]);

/** All names that filters have in a query. */
const NAMES = ["period", "from", "to", "day", "status", ...TEXTS];

/** @returns {Filters} */
export function noFilters() {
  return { period: DEFAULT_PERIOD, from: "", to: "", day: "", status: [], client: "", recipient: "", invoice: "" };
}

/**
 * Reads filters that somebody gave as texts, in attributes or in a query. What makes no sense is left to the API, which says
 * at which field the mistake is.
 * @param {(name: string) => string | null | undefined} get
 * @returns {Filters}
 */
export function readFilters(get) {
  /** @param {string} name */
  const text = (name) => (get(name) ?? "").trim();
  const isCustom = Boolean(text("from") || text("to"));
  const period = isCustom ? "custom" : Object.hasOwn(PERIODS, text("period")) ? text("period") : DEFAULT_PERIOD;
  return {
    period,
    from: text("from"),
    to: text("to"),
    day: isDay(text("day")) ? text("day") : "",
    // What is no status has no tile that would show it, or take it back.
    status: text("status").split(",").map((name) => name.trim()).filter((name) => Object.hasOwn(SENT_STATUSES, name)),
    client: text("client"),
    recipient: text("recipient"),
    invoice: text("invoice"),
  };
}

/** Whether a query has a filter of ours. @param {URLSearchParams} query @param {string} prefix */
export function hasFilters(query, prefix) {
  return NAMES.some((name) => query.has(prefix + name));
}

/**
 * A query with the filters in it. Parameters that are not ours stay as they are, to the letter.
 * @param {Filters} filters @param {string} search such as `?a=1` @param {string} prefix
 */
export function withFilters(filters, search, prefix) {
  const isCustom = filters.period === "custom";
  /** @type {Record<string, string>} */
  const values = {
    period: isCustom || filters.period === DEFAULT_PERIOD ? "" : filters.period,
    from: isCustom ? filters.from : "",
    to: isCustom ? filters.to : "",
    day: filters.day,
    status: filters.status.join(","),
    client: filters.client,
    recipient: filters.recipient,
    invoice: filters.invoice,
  };
  const isOurs = (/** @type {string} */ part) => NAMES.some((name) => new URLSearchParams(part).has(prefix + name));
  const others = search.replace(/^\?/, "").split("&").filter((part) => part && !isOurs(part));
  // A comma and an @ mean nothing in a query, and are easier to read as they are.
  const written = (/** @type {string} */ text) => encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%40", "@");
  const ours = NAMES.filter((name) => values[name]).map((name) => `${prefix}${name}=${written(values[name])}`);
  const parts = [...others, ...ours];
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

/** The days of the period, both inclusive. @param {Filters} filters @param {string} today @returns {Span} */
export function periodOf({ period, from, to }, today) {
  const monthStart = `${today.slice(0, 8)}01`;
  const lastMonthEnd = plusDays(monthStart, -1);
  switch (period) {
    case "today":
      return { from: today, to: today };
    case "yesterday":
      return { from: plusDays(today, -1), to: plusDays(today, -1) };
    case "last-7-days":
      return { from: plusDays(today, -6), to: today };
    case "this-month":
      return { from: monthStart, to: today };
    case "last-month":
      return { from: `${lastMonthEnd.slice(0, 8)}01`, to: lastMonthEnd };
    case "custom": {
      const end = to || today;
      return { from: from || (isDay(end) ? plusDays(end, -29) : ""), to: end };
    }
    default:
      return { from: plusDays(today, -29), to: today };
  }
}

/** The days of the rows. @param {Filters} filters @param {string} today @returns {Span} */
export function spanOf(filters, today) {
  return filters.day ? { from: filters.day, to: filters.day } : periodOf(filters, today);
}

/** Without the day if the period has none such. @param {Filters} filters @param {string} today @returns {Filters} */
export function withinPeriod(filters, today) {
  const { from, to } = periodOf(filters, today);
  return filters.day < from || filters.day > to ? { ...filters, day: "" } : filters;
}

/** @param {Filters} filters */
export function narrowsRows(filters) {
  return TEXTS.some((name) => filters[name] !== "");
}

/** Whether anything but the period narrows what is shown. @param {Filters} filters */
export function isNarrowed(filters) {
  return filters.day !== "" || filters.status.length > 0 || narrowsRows(filters);
}

/** Whether all is as it is before anybody chose. @param {Filters} filters */
export function isUnfiltered(filters) {
  return !isNarrowed(filters) && filters.period === DEFAULT_PERIOD;
}

/** "24 Oct 2026 – 22 Nov 2026" @param {Span} span @param {Times} times */
export function spanInWords({ from, to }, times) {
  const [first, last] = [from, to].map((day) => (isDay(day) ? times.day(day) : day));
  return from === to ? first : `${first} – ${last}`;
}

/** The filters beside the days, for print. @param {Filters} filters @returns {string[]} */
export function filtersInWords({ status, client, recipient, invoice }) {
  const words = status.map((name) => SENT_STATUSES[/** @type {keyof typeof SENT_STATUSES} */ (name)] ?? name);
  return [
    words.length > 0 ? `Sent Status: ${words.join(", ")}` : "",
    client ? `Client: ${client}` : "",
    recipient ? `Recipient: ${recipient}` : "",
    invoice ? `Invoice: ${invoice}` : "",
  ].filter(Boolean);
}

/** @param {string} text */
export function isDay(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
