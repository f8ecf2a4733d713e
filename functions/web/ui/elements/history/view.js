// What the popup of the e-mail history shows.

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { earlierView, laterView } from "../../shared/chain.js";
import { icon } from "../../shared/icons.js";
import { problemNotice, statusBadge } from "../../shared/parts.js";
import { skippedView } from "../../shared/skipped.js";
import { groupText, grouped, verdicts } from "../../shared/statuses.js";
import { FORWARDED, KINDS, SOURCES, capitalised, reasonParts } from "../../shared/words.js";

/** @typedef {import("../history.js").InvoiceEmailHistory} History */
/** @typedef {import("../../shared/statuses.js").History} Answer */
/** @typedef {import("../../shared/statuses.js").Send} Send */
/** @typedef {import("../../shared/statuses.js").Recipient} Recipient */

/** The popup is for a glance; all of it is one click away. */
const MOST_SENDS = 3;
const MOST_RECIPIENTS = 6;

/** @param {History} history */
export function popup(history) {
  const { answer, problem } = history;
  return html`
    <header>
      <h2 id="heading">E-mails of invoice <bdi>${history.invoice}</bdi></h2>
      ${answer ? statusBadge(answer.sent_status) : nothing}
      <button type="button" class="plain" aria-label="Close" @click=${history.dismiss}>${icon("close")}</button>
    </header>
    <div class="content" aria-busy=${answer || problem ? "false" : "true"}>
      ${problem ? problemNotice(problem, history.again) : nothing}
      ${answer ? content(history, answer) : problem ? nothing : skeleton}
    </div>
    <footer>
      <button type="button" class="plain" @click=${() => history.go("select")}>All e-mails of this invoice</button>
      <span class="muted">Times in ${history.times.timezone}</span>
    </footer>
  `;
}

const skeleton = html`<div class="skeleton"><span class="unseen">Loading…</span><i></i><i></i><i></i><i></i></div>`;

/** @param {History} history @param {Answer} answer */
function content(history, answer) {
  if (answer.sends.length === 0) {
    return html`<div class="empty">
      <p>Never e-mailed.</p>
      <button type="button" @click=${() => history.go("send")}>${icon("envelope")}Send by e-mail</button>
    </div>`;
  }
  const older = answer.sends.length - MOST_SENDS;
  return html`<ol class="sends">
      ${repeat(
        answer.sends.slice(0, MOST_SENDS),
        ({ send }) => send,
        (send) => html`<li>${sendView(history, answer, send)}</li>`,
      )}
    </ol>
    ${older > 0
      ? html`<p class="rest muted">and ${answer.next_cursor ? "more than " : ""}${history.times.number(older)} older</p>`
      : nothing}`;
}

/** @param {History} history @param {Answer} answer @param {Send} send */
function sendView(history, answer, send) {
  const { sends } = answer;
  const shown = { sends, times: history.times, go: (/** @type {string} */ id) => history.go("select", id) };
  const told = mostTelling(send.recipients);
  const rest = send.recipients.length - told.length;
  return html`
    <h3>${history.times.element(send.submitted_at)}</h3>
    <p class="muted">
      ${SOURCES[send.source] ?? capitalised(send.source)}${send.sent_by ? html` by <bdi>${send.sent_by}</bdi>` : nothing}
      ${send.tracked || send.recipients.length === 0 ? nothing : "· opens not tracked"}
    </p>
    ${earlierView(shown, send)}
    <p class="subject"><bdi>${send.recipients.length === 0 ? "Sent to nobody" : send.subject}</bdi></p>
    <ul class="recipients">
      ${repeat(
        told,
        ({ recipient }) => recipient,
        (recipient) => html`<li>${recipientView(history, answer, send, recipient)} ${laterView(shown, recipient)}</li>`,
      )}
    </ul>
    ${rest > 0
      ? html`<p class="rest muted">and ${history.times.number(rest)} more recipient${rest === 1 ? "" : "s"}</p>`
      : nothing}
    ${skippedView(send.skipped, history.times)}
  `;
}

/** Who is shown of many: those in trouble before the others, in their order. @param {Recipient[]} recipients */
function mostTelling(recipients) {
  if (recipients.length <= MOST_RECIPIENTS) return recipients;
  const troubled = recipients.filter(({ reason }) => reason !== null);
  const others = recipients.filter(({ reason }) => reason === null);
  const chosen = new Set([...troubled, ...others].slice(0, MOST_RECIPIENTS));
  return recipients.filter((recipient) => chosen.has(recipient));
}

/** @param {History} history @param {Answer} answer @param {Send} send @param {Recipient} recipient */
function recipientView(history, { ruleset }, send, recipient) {
  const { people, machines } = grouped(recipient);
  const groups = [...people, ...machines];
  const { words } = reasonParts(recipient.reason);
  return html`
    <span class="kind">${KINDS[recipient.kind] ?? recipient.kind}</span>
    <span class="person">
      ${recipient.name ? html`<bdi>${recipient.name}</bdi> ` : nothing}
      <bdi class=${recipient.name ? "muted" : ""}>${recipient.address}</bdi>
    </span>
    ${recipient.superseded_by
      ? html`<span class="badge">${icon("send_again")}Replaced</span>`
      : statusBadge(recipient.sent_status)}
    <ul class="lines">
      ${groups.map((group, index) => {
        const before = index === 0 || index === people.length ? send.submitted_at : groups[index - 1].lines[0].at;
        return html`<li class="chip ${group.status} ${group.automatic ? "automatic" : ""}" part="chip chip-${group.status}">
          ${groupText(history.times, group, before)}
        </li>`;
      })}
    </ul>
    ${machines.length > 0 ? html`<p class="why">By machines; says nothing about a reader.${verdicts(machines, ruleset)}</p>` : nothing}
    ${recipient.possibly_forwarded ? html`<p class="why">${FORWARDED}</p>` : nothing}
    ${words && !recipient.superseded_by ? html`<p class="why">${words}</p>` : nothing}
  `;
}
