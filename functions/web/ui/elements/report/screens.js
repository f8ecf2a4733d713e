// What stands around the report's table.

import { html, nothing } from "lit";

import { icon } from "../../shared/icons.js";
import { problemNotice } from "../../shared/parts.js";
import { WHAT_AN_OPEN_PROVES } from "../../shared/words.js";
import { filtersInWords, isNarrowed, narrowsRows } from "./filters.js";

/** @typedef {import("../../shared/times.js").Times} Times */
/** @typedef {import("./filters.js").Filters} Filters */
/** @typedef {import("./list.js").RowList} RowList */
/** @typedef {import("./summary.js").Totals} Totals */
/** @typedef {import("./totals.js").Pick} Pick */

const TOO_MANY =
  "This period has more e-mails than can be counted at once. The table below shows them all the same; " +
  "totals and chart need a shorter period.";

const NOT_NARROWED = "Totals and chart are for the whole period, not only for the client, recipient or invoice above.";

/**
 * @param {string} days @param {number | null} total
 * @param {{ query: Record<string, string>, loadedAt: string, connection: Record<string, any>, refresh: () => void }} context
 */
export function headView(days, total, { query, loadedAt, connection, refresh }) {
  return html`<div class="head" part="head">
    <h2 id="title">Invoice Email report</h2>
    <span class="muted loaded">${loadedAt ? `Loaded ${loadedAt}` : nothing}</span>
    <button type="button" part="refresh" @click=${refresh}>${icon("refresh")}Refresh</button>
    <invoice-email-report-download
      exportparts="download, download-progress"
      .query=${query}
      .days=${days}
      .total=${total}
      .connection=${connection}
    ></invoice-email-report-download>
  </div>`;
}

/**
 * @param {Totals} totals @param {Filters} filters
 * @param {{ connection: Record<string, any>, hasMistakes: boolean, isTold: boolean, pick: (pick: Pick) => void, again: () => void }} context
 */
export function totalsView(totals, filters, { connection, hasMistakes, isTold, pick, again }) {
  // Mistakes in the period are told at its fields, and need not be told twice.
  const problem = totals.problem && !totals.tooMany && !isTold ? problemNotice(totals.problem, again) : nothing;
  const missing = totals.tooMany && !hasMistakes ? TOO_MANY : "";
  const note = narrowsRows(filters) && totals.summary ? NOT_NARROWED : missing;
  return html`<invoice-email-report-totals
      exportparts="tile, note, chart, evidence"
      .summary=${totals.summary}
      .loading=${totals.loading}
      .stale=${totals.stale}
      .day=${filters.day}
      .status=${filters.status}
      .note=${note}
      .connection=${connection}
      @pick=${(/** @type {CustomEvent<Pick>} */ event) => pick(event.detail)}
    ></invoice-email-report-totals>
    ${problem}`;
}

/**
 * What the table shows, and the note on opens.
 * @param {string} days @param {Filters} filters @param {{ times: Times, explain: () => void, allDays: () => void }} context
 */
export function barView(days, filters, { times, explain, allDays }) {
  return html`<div class="bar">
    <p class="muted"><bdi>${days}, newest first. Times in ${times.timezone}.</bdi></p>
    ${filters.day
      ? html`<button type="button" part="day" title="Show all days" @click=${allDays}>Only ${days}${icon("close")}</button>`
      : nothing}
    <button type="button" class="plain" aria-haspopup="dialog" @click=${explain}>${icon("info")}What an open proves</button>
  </div>`;
}

/**
 * What stands above the table on paper.
 * @param {string} days @param {Filters} filters @param {RowList} list @param {number | null} total @param {Times} times
 */
export function paperView(days, filters, list, total, times) {
  const { first, last } = list.range;
  const isAll = list.ended && first === 1 && last === list.count;
  const rows = isAll ? `All ${times.number(last)} e-mails` : `E-mails ${times.number(first)} to ${times.number(last)}`;
  const of = isAll ? "" : total === null ? ", not all" : ` of ${times.number(total)}`;
  return html`<div class="on-paper">
    <p>${days}. Times in ${times.timezone}. ${filtersInWords(filters).join(". ")}</p>
    <p>${rows}${of}, newest first.</p>
  </div>`;
}

/**
 * What stands in the table's place, if anything does.
 * @param {RowList} list @param {Filters} filters
 * @param {{ hasMistakes: boolean, showAll: () => void, again: () => void }} context
 */
export function insteadOfTable(list, filters, { hasMistakes, showAll, again }) {
  if (list.count > 0 || list.stale) return null;
  if (list.problem) return problemNotice(list.problem, hasMistakes ? undefined : again);
  if (list.loading && list.lookedThrough === 0) return null;
  if (!list.ended) return emptyView("filter", "Nothing that matches was found yet.");
  if (!isNarrowed(filters)) return emptyView("envelope", "No invoice was e-mailed in this period.");
  const all = html`<button type="button" @click=${showAll}>Show all of the period</button>`;
  const hint = filters.client ? " A client is filtered by its id, which stands in the details of each of its rows." : "";
  return emptyView("filter", `No e-mail of this period matches the filters.${hint}`, all);
}

/** @param {string} sign @param {string} words @param {unknown} [wayOn] */
function emptyView(sign, words, wayOn = nothing) {
  return html`<div class="empty" part="empty">
    ${icon(sign)}
    <p>${words}</p>
    ${wayOn}
  </div>`;
}

/** How far the list is, in words. @param {RowList} list @param {number | null} total @param {Times} times */
function progressInWords(list, total, times) {
  const count = times.number(list.count);
  const emails = list.count === 1 ? "e-mail" : "e-mails";
  const lookedThrough = `About ${times.number(list.lookedThrough)} were looked through.`;
  if (list.stale || (list.loading && list.count + list.lookedThrough === 0)) return "Loading…";
  if (list.ended) return list.count === 0 ? "" : `End of the list: ${count} ${emails}.`;
  if (list.loading && list.lookedThrough > 0) return `Still searching: ${count} ${emails} found. ${lookedThrough}`;
  if (list.paused) return `${count} ${emails} found so far. ${lookedThrough}`;
  if (list.full) {
    return `${count} ${emails} are as many as can be shown at once. For older ones choose another period, or download the CSV file.`;
  }
  return total !== null && total > list.count ? `${count} of ${times.number(total)} e-mails` : `${count} ${emails}`;
}

/**
 * @param {RowList} list
 * @param {{ total: number | null, times: Times, more: (event: Event) => void, again: () => void }} context
 */
export function footView(list, { total, times, more, again }) {
  const begun = list.count + list.lookedThrough > 0 && !list.stale;
  const words = list.paused ? "Continue" : "Load more";
  const hasEnded = list.problem ? list.count === 0 : list.ended;
  return html`<div class="foot ${hasEnded ? "ended" : ""}" part="foot" tabindex="-1">
    ${list.problem && list.count > 0 ? problemNotice(list.problem, again) : nothing}
    <p role="status"><bdi>${list.problem && list.count === 0 ? "" : progressInWords(list, total, times)}</bdi></p>
    ${begun && !list.ended && !list.full
      ? html`<button type="button" part="more" aria-disabled=${list.loading} @click=${more}>${list.loading ? "Loading…" : words}</button>`
      : nothing}
  </div>`;
}

export function proofView() {
  return html`<ul class="proof">
    ${WHAT_AN_OPEN_PROVES.map((sentence) => html`<li>${sentence}</li>`)}
  </ul>`;
}
