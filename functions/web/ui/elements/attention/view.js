// The work queue's filter and its table, which turns into cards where there is little room.

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { icon } from "../../shared/icons.js";
import { addressView, statusBadge } from "../../shared/parts.js";
import { KINDS, NEXT_ACTIONS, SENT_STATUS_MEANINGS, reasonParts } from "../../shared/words.js";
import { keyOf } from "./queue.js";

/** @typedef {import("../attention.js").InvoiceEmailAttention} Attention */
/** @typedef {import("./queue.js").Row} Row */

const COLUMNS = ["Recipient", "Invoice", "Why", "Since", "What to do"];

/** About what a screen shows. */
const SKELETON_ROWS = 8;

/** How the filter calls them; rows without an action are "none". @type {Record<string, string>} */
const ACTIONS = { ...NEXT_ACTIONS, none: "Look into it" };

/** @type {Record<string, string>} */
const ACTION_ICONS = { call: "phone", wait: "delayed", ask_to_allow: "envelope", do_not_email: "hand", none: "info" };

/** What deals with the row once people have spoken to each other. @type {Record<string, string[]>} */
const AFTERWARDS = { call: ["correct_address", "send_again"], ask_to_allow: ["send_again"], none: ["correct_address", "send_again"] };

/** @param {Attention} attention */
export function filterView(attention) {
  const rows = attention.queue?.rows ?? [];
  const counts = new Map();
  for (const { next_action: action } of rows) counts.set(action ?? "none", (counts.get(action ?? "none") ?? 0) + 1);
  // One that is chosen stays, even when its last row has gone.
  const names = Object.keys(ACTIONS).filter((name) => counts.has(name) || name === attention.action);
  return html`<label class="filter" part="filter"
    ><span>What to do</span>
    <select
      ?disabled=${attention.queue === null}
      .value=${attention.action}
      @change=${(/** @type {Event} */ event) => (attention.action = /** @type {HTMLSelectElement} */ (event.target).value)}
    >
      <option value="" ?selected=${attention.action === ""}>Everything</option>
      ${names.map(
        (name) =>
          html`<option value=${name} ?selected=${attention.action === name}>${ACTIONS[name]} (${counts.get(name) ?? 0})</option>`,
      )}
    </select></label
  >`;
}

/** @param {Attention} attention @param {Row[] | null} rows null while they are loaded */
export function tableView(attention, rows) {
  return html`<table role="table" part="table" aria-busy=${rows === null}>
      <caption class="unseen">Who needs something done, oldest first</caption>
      <thead role="rowgroup">
        <tr role="row">${COLUMNS.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody role="rowgroup">
        ${rows === null ? skeleton() : repeat(rows, keyOf, (row) => rowView(attention, row))}
      </tbody>
    </table>
    ${rows?.length === 0
      ? html`<div class="notice">
          <span>${attention.queue?.cursor ? "Nothing of this kind among those shown." : "Nothing of this kind."}</span>
          <button type="button" @click=${() => (attention.action = "")}>Show everything</button>
        </div>`
      : nothing}`;
}

function skeleton() {
  return Array.from(
    { length: SKELETON_ROWS },
    () => html`<tr class="skeleton" aria-hidden="true">${COLUMNS.map(() => html`<td><span></span></td>`)}</tr>`,
  );
}

/** @param {Attention} attention @param {Row} row */
function rowView(attention, row) {
  const key = keyOf(row);
  const isDone = attention.dealtWith.has(key);
  return html`<tr role="row" part="row" class=${isDone ? "done" : ""} data-key=${key} tabindex="-1">
    <th role="rowheader" scope="row" class="who">
      ${addressView(row.address)}
      ${row.kind === "to" ? nothing : html`<span class="kind">${KINDS[row.kind] ?? row.kind}</span>`}
    </th>
    <td role="cell" class="invoice">
      <button type="button" class="plain link" aria-label="Show the e-mails of invoice ${row.number ?? row.invoice}" @click=${() => attention.select(row)}>
        <bdi>${row.number ?? row.invoice}</bdi>
      </button>
      <span class="client"><bdi>${row.client_name ?? row.client ?? ""}</bdi></span>
    </td>
    <td role="cell" class="why">${statusBadge(row.sent_status)} ${reasonView(row)}</td>
    <td role="cell" class="since">
      <bdi><span class="label">Since </span>${attention.times.ago(row.since, Date.now())}</bdi>
      <span class="exact"><bdi>${attention.times.element(row.since)}</bdi></span>
    </td>
    <td role="cell" class="what">${isDone ? done() : actionView(attention, row)}</td>
  </tr>`;
}

/** @param {Row} row */
function reasonView({ reason, sent_status: status }) {
  const { words, answer } = reasonParts(reason);
  const meaning = SENT_STATUS_MEANINGS[/** @type {import("../../shared/words.js").SentStatus} */ (status)] ?? "";
  return html`<p>${words || meaning}</p>
    ${answer
      ? html`<details>
          <summary>The server’s own answer</summary>
          <blockquote><bdi>${answer}</bdi></blockquote>
        </details>`
      : nothing}`;
}

function done() {
  return html`<p class="dealt">${icon("delivered")}<span>Sent again. This row goes when the new e-mail has arrived.</span></p>`;
}

/** @param {Attention} attention @param {Row} row */
function actionView(attention, row) {
  const action = row.next_action ?? "none";
  const show = html`<button type="button" class="plain" aria-label="Show e-mails of invoice ${row.number ?? row.invoice}" @click=${() => attention.select(row)}>
    Show e-mails
  </button>`;
  if (action === "correct_address" || action === "send_again") return html`${resendButton(attention, row, action, "act")} ${show}`;
  return html`<p class="words">
      ${icon(ACTION_ICONS[action] ?? "info")}<span
        >${ACTIONS[action] ?? action.replaceAll("_", " ")}
        ${action === "wait" && row.wait_until ? html`<span class="muted">until ${attention.times.element(row.wait_until)}</span>` : nothing}</span
      >
    </p>
    ${(AFTERWARDS[action] ?? []).map((then) => resendButton(attention, row, then, "plain"))} ${show}`;
}

/** @param {Attention} attention @param {Row} row @param {string} action @param {string} look */
function resendButton(attention, row, action, look) {
  const mode = action === "send_again" ? "same" : "correct";
  return html`<button type="button" class=${look} aria-label="${ACTIONS[action]}: ${row.address}" @click=${() => attention.resend(row, mode)}>
    ${look === "act" ? icon(mode === "same" ? "send_again" : "edit") : nothing}${ACTIONS[action]}
  </button>`;
}
