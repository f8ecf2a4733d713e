// What the list of blocked addresses shows: a table, and the question before one is allowed again.

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { addressView } from "../../shared/parts.js";
import { BEFORE_ALLOWING, reasonWord } from "./reasons.js";

/** @typedef {import("./list.js").InvoiceEmailSuppressionsList} List */
/** @typedef {import("./list.js").Row} Row */

/** @param {List} list */
export function tableView(list) {
  const last = list.removed ? "Allowed again" : html`<span class="unseen">What to do</span>`;
  const columns = ["Address", list.removed ? "Was blocked because" : "Why", "Since", "Invoice", last];
  return html`<table role="table" part="table" aria-busy=${list.busy}>
    <caption class="unseen">${list.removed ? "Addresses that were allowed again" : "Addresses that no e-mail goes to"}</caption>
    <thead role="rowgroup">
      <tr role="row">${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
    </thead>
    <tbody role="rowgroup">${repeat(list.rows, ({ address }) => address, (row) => rowView(list, row))}</tbody>
  </table>`;
}

/** @param {List} list @param {Row} row */
function rowView(list, row) {
  const { address, reason, since, invoice } = row;
  return html`<tr role="row" part="row" data-address=${address}>
    <th role="rowheader" scope="row" class="who">${addressView(address)}</th>
    <td role="cell">${reasonWord(reason)}</td>
    <td role="cell"><span class="label">Since</span> ${list.times.element(since)}</td>
    <td role="cell">
      ${invoice
        ? html`<span class="label">Invoice</span>
            <button type="button" class="plain" aria-label="Show the e-mails of invoice ${invoice}" @click=${() => list.select(row)}>
              <bdi>${invoice}</bdi>
            </button>`
        : nothing}
    </td>
    <td role="cell">${list.removed ? allowedView(list, row) : allowButton(list, row)}</td>
  </tr>`;
}

/** @param {List} list @param {Row} row */
function allowButton(list, row) {
  return html`<button type="button" class="allow" aria-label="Allow again: ${row.address}" @click=${() => list.ask(row)}>Allow again</button>`;
}

/** @param {List} list @param {Row} row */
function allowedView(list, { removed_at: at, removed_by: by }) {
  return html`<span class="label">Allowed again</span> ${list.times.element(at)} ${by
      ? html`<span class="muted">by <bdi>${by}</bdi></span>`
      : nothing}`;
}

/** @param {List} list @param {Row} row @param {unknown} problem */
export function questionView(list, { address, reason }, problem) {
  return html`<invoice-email-dialog exportparts="dialog" heading="Allow e-mails again?" @close=${list.answered}>
    <div class="question">
      <p><bdi>${address}</bdi></p>
      <p>${BEFORE_ALLOWING[reason] ?? reasonWord(reason)}</p>
      <p class="muted">
        A new bounce or spam report blocks it again. Amazon SES, which sends the e-mails, may hold a list of its own: where it blocks the
        address, too, e-mails still do not arrive, and the invoice’s history says so.
      </p>
      ${problem}
      <div class="row">
        <button type="button" data-autofocus @click=${list.dismiss}>Leave it blocked</button>
        <button type="button" class="primary" aria-disabled=${list.allowing} @click=${list.allow}>
          ${list.allowing ? "Allowing…" : "Allow again"}
        </button>
      </div>
    </div>
  </invoice-email-dialog>`;
}
