// Small templates that several screens show alike.

import { html, nothing } from "lit";

import { icon } from "./icons.js";
import { EVIDENCE, EVIDENCE_MEANINGS, SENT_STATUSES, SENT_STATUS_MEANINGS } from "./words.js";

/** @typedef {import("./problem.js").Problem} Problem */

/** A Sent Status: word, icon and colour. @param {string | null | undefined} status */
export function statusBadge(status) {
  if (!status) return html`<span class="badge" part="badge">Not e-mailed</span>`;
  const known = /** @type {import("./words.js").SentStatus} */ (status);
  const word = SENT_STATUSES[known] ?? status;
  return html`<span class="badge ${status}" part="badge badge-${status}" title=${SENT_STATUS_MEANINGS[known] ?? nothing}
    >${icon(status)}${word}</span
  >`;
}

/** @param {string} evidence */
export function evidenceText(evidence) {
  const known = /** @type {import("./words.js").Evidence} */ (evidence);
  return html`<span title=${EVIDENCE_MEANINGS[known] ?? nothing}>${EVIDENCE[known] ?? evidence}</span>`;
}

/**
 * How many there are of each kind, strongest first, as words in a line; of which there are none is left out.
 * @param {Record<string, number>} counts @param {Record<string, string>} words @param {Record<string, string>} meanings
 * @param {import("./times.js").Times} times
 */
export function countsView(counts, words, meanings, times) {
  const names = Object.keys(words).reverse().filter((name) => counts[name] > 0);
  return names.map(
    (name, at) =>
      // No break between a number and its word.
      html`${at ? " · " : ""}<span title=${meanings[name]}>${times.number(counts[name])}\u00a0${words[name]}</span>`,
  );
}

/** An address; a long one breaks behind its @ rather than anywhere. @param {string} address */
export function addressView(address) {
  const domainAt = address.lastIndexOf("@") + 1;
  return html`<bdi>${address.slice(0, domainAt)}<wbr />${address.slice(domainAt)}</bdi>`;
}

/**
 * What went wrong, and the way on.
 * @param {Problem} problem @param {() => void} [again] what "Try again" does
 */
export function problemNotice(problem, again) {
  return html`<div class="notice problem" part="problem" role="alert">
    <span>${problem.message}</span>
    ${again ? html`<button type="button" @click=${again}>${icon("refresh")}Try again</button>` : nothing}
  </div>`;
}
