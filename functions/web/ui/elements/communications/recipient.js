// One recipient of one send: who, how far it came, why not further, and what can be done.

import { html, nothing } from "lit";

import { laterView } from "../../shared/chain.js";
import { icon } from "../../shared/icons.js";
import { statusBadge } from "../../shared/parts.js";
import { EVIDENCE, EVIDENCE_MEANINGS, FORWARDED, KINDS, NEXT_ACTION_ADVICE, notSeen, reasonParts } from "../../shared/words.js";
import { loadForms } from "../later.js";
import { chips, log } from "./chips.js";

/** @typedef {import("../communications.js").InvoiceEmailCommunications} View */
/** @typedef {import("../../shared/statuses.js").Recipient} Recipient */
/** @typedef {import("../../shared/statuses.js").Send} Send */

/** @param {View} view @param {Send} send @param {Recipient} recipient */
export function recipientView(view, send, recipient) {
  const key = `${send.send} ${recipient.recipient}`;
  const isReplaced = recipient.superseded_by !== null;
  return html`<li class="recipient ${isReplaced ? "replaced" : ""}" part="recipient" data-key=${key} tabindex="-1">
    <div class="who">
      <span class="kind">${KINDS[recipient.kind] ?? recipient.kind}</span>
      <span class="person">
        ${recipient.name ? html`<bdi class="name">${recipient.name}</bdi>` : nothing}
        <bdi class=${recipient.name ? "muted" : "name"}>${recipient.address}</bdi>
      </span>
      <span class="status">${statusBadge(recipient.sent_status)}</span>
    </div>
    <div class="what">
      ${chips(view, recipient, key, send.submitted_at)} ${facts(view, send, recipient, key)}
      ${recipient.possibly_forwarded ? forwarded : nothing} ${hint(view, recipient)} ${reason(view, recipient, key)}
      ${laterView(view, recipient)} ${actions(view, send, recipient, key)}
      ${view.isExpanded(`${key} log`) ? html`<div id="log ${key}">${log(view, recipient)}</div>` : nothing}
    </div>
  </li>`;
}

/**
 * How much is known of a reader, and on demand what that proves.
 * @param {View} view @param {string} evidence @param {string} key
 */
export function evidenceView(view, evidence, key) {
  const known = /** @type {import("../../shared/words.js").Evidence} */ (evidence);
  const isOpen = view.isExpanded(key);
  return html`<span class="evidence">
    <span class="muted">Evidence:</span>
    <button type="button" class="plain" aria-expanded=${isOpen} @click=${() => view.toggle(key)}>
      ${EVIDENCE[known] ?? evidence}${icon("info")}
    </button>
    ${isOpen ? html`<span class="explained">${EVIDENCE_MEANINGS[known] ?? ""}</span>` : nothing}
  </span>`;
}

/** @param {View} view @param {Send} send @param {Recipient} recipient @param {string} key */
function facts(view, send, recipient, key) {
  return html`<p class="facts">${evidenceView(view, recipient.evidence, `${key} evidence`)} ${seen(view, send, recipient)}</p>`;
}

const forwarded = html`<p class="remark">
  ${icon("info")}<span>${FORWARDED}</span>
</p>`;

/**
 * What is known of the recipient's domain, where machines alone have fetched: loaded when there is one.
 * @param {View} view @param {Recipient} recipient
 */
function hint(view, { address, superseded_by: later, evidence }) {
  if (later || evidence !== "fetched_automatically") return nothing;
  loadForms().catch(() => {});
  return html`<invoice-email-domain-hint hidden class="remark" .address=${address} .connection=${view.connection}></invoice-email-domain-hint>`;
}

/**
 * Opens and clicks of possible people; their absence is told where the mail could have been opened at all.
 * @param {View} view @param {Send} send @param {Recipient} recipient
 */
function seen(view, send, recipient) {
  const { opens, clicks, last_opened_at: last } = recipient;
  if (opens + clicks === 0) {
    const { sent_status: status, evidence, automatic_opens: automatic } = recipient;
    const wasRefused = status === "rejected" && evidence === "accepted" && automatic === 0;
    const cannotBe = status === "queued" || evidence === "none" || wasRefused;
    return cannotBe ? nothing : html`<span class="muted">Opens: ${notSeen(opens, send.tracked)}</span>`;
  }
  const counts = [opens > 0 ? counted(view, opens, "open") : "", clicks > 0 ? counted(view, clicks, "click") : ""];
  return html`<span>${counts.filter(Boolean).join(", ")}${last ? html`, last ${view.times.element(last)}` : nothing}</span>`;
}

/** @param {View} view @param {number} count @param {string} word */
function counted(view, count, word) {
  return `${view.times.number(count)} ${word}${count === 1 ? "" : "s"}`;
}

/**
 * Why it failed or waits, what to do, and what the server said.
 * @param {View} view @param {Recipient} recipient @param {string} key
 */
function reason(view, recipient, key) {
  const { words, answer } = reasonParts(recipient.reason);
  if (!words && !recipient.next_action) return nothing;
  const isOpen = view.isExpanded(`${key} answer`);
  return html`<div class="reason ${recipient.sent_status}" part="reason">
    <p>${words} ${advice(view, recipient)}</p>
    ${answer
      ? html`<button type="button" class="plain" aria-expanded=${isOpen} @click=${() => view.toggle(`${key} answer`)}>
            The server's own answer<span class="turns">${icon("down")}</span>
          </button>
          ${isOpen ? html`<blockquote><bdi>${answer}</bdi></blockquote>` : nothing}`
      : nothing}
  </div>`;
}

/** @param {View} view @param {Recipient} recipient */
function advice(view, { next_action: action, wait_until: until }) {
  if (!action) return nothing;
  if (action === "wait" && until) {
    return html`<strong>Wait: Amazon SES keeps trying until ${view.times.element(until)}.</strong>`;
  }
  return html`<strong>${NEXT_ACTION_ADVICE[action] ?? action.replaceAll("_", " ")}</strong>`;
}

/** @param {View} view @param {Send} send @param {Recipient} recipient @param {string} key */
function actions(view, send, recipient, key) {
  const { next_action: next, address } = recipient;
  const isLogOpen = view.isExpanded(`${key} log`);
  const details = html`<button
    type="button"
    class="plain"
    aria-expanded=${isLogOpen}
    aria-label="Details of ${address}"
    @click=${() => view.toggle(`${key} log`)}
  >
    Details<span class="turns">${icon("down")}</span>
  </button>`;
  if (recipient.superseded_by !== null || next === "do_not_email") return html`<div class="actions">${details}</div>`;
  const wantsCorrection = next === "correct_address";
  const isUrgent = wantsCorrection || next === "send_again";
  const again = html`<button
    type="button"
    class=${isUrgent ? (wantsCorrection ? "" : "primary") : "plain"}
    aria-label="Send again to ${address}"
    @click=${() => view.resend(send, recipient, "same")}
  >
    ${icon("send_again")}Send again
  </button>`;
  const correct = html`<button
    type="button"
    class=${isUrgent ? (wantsCorrection ? "primary" : "") : "plain"}
    aria-label="Correct the address and send again: ${address}"
    @click=${() => view.resend(send, recipient, "correct")}
  >
    ${icon("edit")}Correct the address and send again
  </button>`;
  // It is on its way: who presses at once would have it sent twice.
  const first = recipient.sent_status === "queued" ? nothing : again;
  return html`<div class="actions">${wantsCorrection ? html`${correct}${first}` : html`${first}${correct}`}${details}</div>`;
}
