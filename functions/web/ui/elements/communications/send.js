// One send: when, by whom, with which subject, and its recipients.

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { earlierView } from "../../shared/chain.js";
import { icon } from "../../shared/icons.js";
import { statusBadge } from "../../shared/parts.js";
import { skippedView } from "../../shared/skipped.js";
import { SENT_STATUSES, SOURCES, capitalised } from "../../shared/words.js";
import { recipientView } from "./recipient.js";

/** @typedef {import("../communications.js").InvoiceEmailCommunications} View */
/** @typedef {import("../../shared/statuses.js").Send} Send */

/** @param {View} view @param {Send} send */
export function sendView(view, send) {
  const isOpen = view.isSendOpen(send.send);
  const count = send.recipients.length;
  return html`<li class="send" part="send" data-send=${send.send}>
    <div class="head">
      <h3>
        <button type="button" class="plain" aria-expanded=${isOpen} @click=${() => view.toggleSend(send.send)}>
          <span class="turns">${icon("down")}</span>${view.times.element(send.submitted_at)}
        </button>
      </h3>
      <p class="meta">
        <bdi class="subject">${count === 0 ? "Sent to nobody" : send.subject}</bdi>
        <span class="muted">
          ${SOURCES[send.source] ?? capitalised(send.source)}${send.sent_by ? html` by <bdi>${send.sent_by}</bdi>` : nothing}
          ${isOpen || count === 0 ? nothing : `· ${view.times.number(count)} recipient${count === 1 ? "" : "s"}`}
          ${send.tracked || count === 0 ? nothing : "· opens and clicks not tracked"}
        </span>
        ${isOpen ? nothing : tally(view, send)}
      </p>
      ${count === 0
        ? nothing
        : html`<button
            type="button"
            class="plain proof"
            aria-label="Proof of the e-mail of ${view.times.dateTime(send.submitted_at)}"
            @click=${() => view.prove(send.send)}
          >
            ${icon("download")}Proof
          </button>`}
      ${earlierView(view, send)}
    </div>
    ${isOpen
      ? html`<ul class="recipients">
            ${repeat(send.recipients, ({ recipient }) => recipient, (recipient) => recipientView(view, send, recipient))}
          </ul>
          ${skippedView(send.skipped, view.times)}`
      : nothing}
  </li>`;
}

/** How its recipients stand, where they are not shown one by one. @param {View} view @param {Send} send */
function tally(view, { recipients }) {
  const counts = Object.keys(SENT_STATUSES).map((status) => ({
    status,
    count: recipients.filter((recipient) => recipient.sent_status === status).length,
  }));
  return html`<span class="tally">
    ${counts
      .filter(({ count }) => count > 0)
      .map(
        ({ status, count }) => html`<span>
          ${statusBadge(status)}
          ${count > 1 ? html`<span class="muted">×${view.times.number(count)}</span>` : nothing}
        </span>`,
      )}
  </span>`;
}
