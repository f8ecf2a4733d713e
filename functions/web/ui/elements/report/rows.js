// One row of the report, and what unfolds below it. All of it is text from outside, and enters as text.

import { html, nothing } from "lit";

import { icon } from "../../shared/icons.js";
import { addressView, evidenceText, statusBadge } from "../../shared/parts.js";
import {
  EVIDENCE,
  EVIDENCE_MEANINGS,
  KINDS,
  NEXT_ACTIONS,
  SENT_STATUSES,
  SENT_STATUS_MEANINGS,
  notSeen,
  reasonParts,
} from "../../shared/words.js";

/** @typedef {import("../../shared/times.js").Times} Times */
/** @typedef {import("../../shared/words.js").Evidence} Evidence */
/** @typedef {import("../../shared/words.js").SentStatus} SentStatus */

/**
 * A recipient of a send, as the API has it.
 * @typedef {object} Row
 * @property {string} invoice
 * @property {string | null} number
 * @property {string | null} client
 * @property {string | null} client_name
 * @property {string} recipient
 * @property {"to" | "cc" | "bcc"} kind
 * @property {string} address
 * @property {string} subject
 * @property {string} submitted_at
 * @property {SentStatus} sent_status
 * @property {string} status_at
 * @property {Evidence} evidence
 * @property {number} opens
 * @property {number} automatic_opens
 * @property {number} clicks
 * @property {number} automatic_clicks
 * @property {string | null} last_opened_at
 * @property {boolean} [tracked] missing where the API does not tell it
 * @property {string | null} reason
 * @property {string | null} next_action
 * @property {string} [wait_until]
 * @property {string} send
 */

/**
 * @typedef {object} RowContext
 * @property {Times} times
 * @property {object} connection what nested elements are given
 * @property {(row: Row) => boolean} isOpen
 * @property {(row: Row) => void} toggle
 * @property {(row: Row) => void} select
 * @property {(client: string) => void} onlyClient
 */

/** The columns, in their order; each has a name, which is also the class of its cells, and a heading. */
export const COLUMNS = /** @type {const} */ ([
  ["fold", "Details"],
  ["when", "Sent"],
  ["invoice", "Invoice"],
  ["client", "Client"],
  ["recipient", "Recipient"],
  ["subject", "Subject"],
  ["opens", "Opens"],
  ["clicks", "Clicks"],
  ["evidence", "Evidence"],
  ["status", "Sent Status"],
]);

/** What tells a row from all others. @param {Row} row */
export function keyOf(row) {
  return `${row.send}-${row.recipient.replace(":", "-")}`;
}

/** @param {Row} row */
export function numberOf(row) {
  return row.number ?? row.invoice;
}

/** @param {Row} row @param {number} index the row's number in the table @param {RowContext} context */
export function rowView(row, index, context) {
  const isOpen = context.isOpen(row);
  const key = keyOf(row);
  return html`<tr role="row" part="row" class=${isOpen ? "open" : ""} aria-rowindex=${index} data-key=${key}>
      <td role="cell" class="fold">
        <button
          type="button"
          class="plain"
          aria-expanded=${isOpen}
          aria-controls=${isOpen ? key : nothing}
          aria-label="Details of invoice ${numberOf(row)} to ${row.address}"
          @click=${() => context.toggle(row)}
        >
          ${icon("down")}
        </button>
      </td>
      <td role="cell" class="when">${whenView(row.submitted_at, context.times)}</td>
      <th role="rowheader" scope="row" class="invoice">${invoiceView(row, context)}</th>
      <td role="cell" class="client" title=${row.client ?? nothing}><bdi class="lines">${row.client_name ?? row.client ?? "–"}</bdi></td>
      <td role="cell" class="recipient" title=${row.address}>
        <span class="lines"><span class="kind">${KINDS[row.kind] ?? row.kind}</span> ${addressView(row.address)}</span>
      </td>
      <td role="cell" class="subject" title=${row.subject}><bdi class="lines">${row.subject}</bdi></td>
      <td role="cell" class="opens" data-label="Opens">${opensView(row, context.times)}</td>
      <td role="cell" class="clicks" data-label="Clicks">${clicksView(row, context.times)}</td>
      <td role="cell" class="evidence" data-label="Evidence">${evidenceText(row.evidence)}</td>
      <td role="cell" class="status">${statusBadge(row.sent_status)}</td>
    </tr>
    ${isOpen ? detailsView(row, key, context) : nothing}`;
}

/** Day and time on two lines. @param {string} iso @param {Times} times */
function whenView(iso, times) {
  return html`<time datetime=${iso} title=${times.exact(iso)}
    ><span>${times.date(iso)}</span> <span class="muted">${times.time(iso)}</span></time
  >`;
}

/** @param {Row} row @param {RowContext} context */
function invoiceView(row, { select, connection }) {
  return html`<button type="button" class="plain number" part="invoice" title=${numberOf(row)} @click=${() => select(row)}>
      ${numberOf(row)}
    </button>
    <invoice-email-history
      .invoice=${row.invoice}
      .connection=${connection}
    ></invoice-email-history>`;
}

/** Machines are apart, with their own sign and word. @param {number} count @param {Times} times */
function machinesView(count, times) {
  if (count === 0) return nothing;
  return html`<span class="machines">${icon("machine")}${times.number(count)} automatic</span>`;
}

/** Whether it never got as far as a mailbox: then nothing was there to be seen. @param {Row} row */
function cannotBeOpened({ sent_status: status, evidence, automatic_opens: automatic }) {
  return status === "rejected" && automatic === 0 && (evidence === "none" || evidence === "accepted");
}

/** @param {Row} row @param {Times} times */
function opensView(row, times) {
  const people =
    row.opens > 0
      ? html`<span class="people">${times.number(row.opens)}</span>`
      : html`<span class="muted">${cannotBeOpened(row) ? "–" : notSeen(row.opens, row.tracked !== false)}</span>`;
  return html`${people}${machinesView(row.automatic_opens, times)}`;
}

/** @param {Row} row @param {Times} times */
function clicksView(row, times) {
  const none = row.tracked === false ? "not tracked" : "0";
  const people = html`<span class=${row.clicks > 0 ? "people" : "muted"}>${row.clicks > 0 ? times.number(row.clicks) : none}</span>`;
  return html`${people}${machinesView(row.automatic_clicks, times)}`;
}

/** @param {Row} row @param {string} key @param {RowContext} context */
function detailsView(row, key, { times, select, onlyClient }) {
  const reason = reasonParts(row.reason);
  return html`<tr role="row" part="details" class="details" id=${key}>
    <td role="cell" colspan=${COLUMNS.length}>
      <dl>
        ${reason.words ? entry("Reason", reason.words) : nothing}
        ${reason.answer ? entry("The server’s answer", html`<q>${reason.answer}</q>`) : nothing}
        ${row.next_action ? entry("Next step", html`<strong>${nextStep(row, times)}</strong> ${small("Open its e-mails", () => select(row))}`) : nothing}
        ${entry(`Sent Status: ${SENT_STATUSES[row.sent_status] ?? row.sent_status}`, SENT_STATUS_MEANINGS[row.sent_status] ?? "")}
        ${entry(`Evidence: ${EVIDENCE[row.evidence] ?? row.evidence}`, EVIDENCE_MEANINGS[row.evidence] ?? "")}
        ${entry("Opens", opensInWords(row, times))} ${entry("Clicks", clicksInWords(row, times))}
        ${entry("Submitted", inFull(row.submitted_at, times))} ${entry("Sent Status since", inFull(row.status_at, times))}
        ${row.last_opened_at ? entry("Last opened", inFull(row.last_opened_at, times)) : nothing}
        ${entry("Recipient", `${KINDS[row.kind] ?? row.kind}: ${row.address}`)} ${entry("Subject", row.subject)}
        ${row.client ? entry("Client", clientView(row, onlyClient)) : nothing}
      </dl>
    </td>
  </tr>`;
}

/** @param {string} words @param {() => void} act */
function small(words, act) {
  return html`<button type="button" class="plain small" @click=${act}>${words}</button>`;
}

/** @param {Row} row @param {(client: string) => void} onlyClient */
function clientView({ client, client_name: name }, onlyClient) {
  const id = client ?? "";
  return html`${name ? `${name} (${id})` : id} ${small("Show only this client", () => onlyClient(id))}`;
}

/** With weekday, seconds and zone, readable without hovering. @param {string} iso @param {Times} times */
function inFull(iso, times) {
  return html`<time datetime=${iso} title=${iso}>${times.full(iso)}</time>`;
}

/** @param {string} term @param {unknown} description */
function entry(term, description) {
  return html`<div>
    <dt>${term}</dt>
    <dd><bdi>${description}</bdi></dd>
  </div>`;
}

/** @param {Row} row @param {Times} times */
function nextStep({ next_action: action, wait_until: until }, times) {
  const words = NEXT_ACTIONS[action ?? ""] ?? action;
  return until ? `${words} until ${times.dateTime(until)}` : words;
}

/** @param {Row} row @param {Times} times */
function opensInWords(row, times) {
  const people =
    row.opens > 0
      ? `${times.number(row.opens)} possibly by people.`
      : `${row.tracked === false ? "Not tracked" : cannotBeOpened(row) ? "None: it did not arrive" : "Not seen, which proves nothing"}.`;
  return row.automatic_opens > 0 ? `${people} ${times.number(row.automatic_opens)} by machines.` : people;
}

/** @param {Row} row @param {Times} times */
function clicksInWords(row, times) {
  const people = row.clicks > 0 ? `${times.number(row.clicks)} most likely by people.` : row.tracked === false ? "Not tracked." : "None seen.";
  return row.automatic_clicks > 0 ? `${people} ${times.number(row.automatic_clicks)} by machines.` : people;
}

/** Rows in the making, so that nothing jumps when they come. @param {number} count */
export function skeletonRows(count) {
  return Array.from(
    { length: count },
    () => html`<tr role="row" class="skeleton">
      ${COLUMNS.map(([name]) => html`<td role="cell" class=${name}><span></span></td>`)}
    </tr>`,
  );
}
