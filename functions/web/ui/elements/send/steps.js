// What the steps share, and the last one: what became of the e-mail.

import { html, nothing } from "lit";

/** @typedef {import("../send.js").InvoiceEmailSend} Send */

/**
 * Where the focus goes when a step begins. A dialog has its own heading above it.
 * @param {Send} send @param {string} text @param {boolean} [isUnseen] where the page's or the dialog's heading says the same
 */
export function heading(send, text, isUnseen = false) {
  const look = isUnseen ? "unseen" : "";
  return send.inline
    ? html`<h2 class=${look} data-heading tabindex="-1">${text}</h2>`
    : html`<h3 class=${look} data-heading tabindex="-1">${text}</h3>`;
}

/** @param {number} count */
export function people(count) {
  return count === 1 ? "1 person" : `${count} people`;
}

/** Before what was written is lost. @param {Send} send */
export function question(send) {
  const isSending = send.busy === "sending";
  return isSending
    ? send.leaving.view("The e-mail is being sent. Leave without seeing what becomes of it?", "Stay", "Leave")
    : send.leaving.view("This e-mail was not sent. Discard it?", "Keep writing", "Discard");
}

/** @param {Send} send */
export function sentStep(send) {
  const { answer } = send;
  if (!answer) return nothing;
  const sent = answer.recipients.filter(({ sent_status }) => sent_status !== "rejected").length;
  const rejected = answer.recipients.length - sent;
  return html`${heading(send, sent > 0 ? `On its way to ${people(sent)}` : "Not sent to anybody")}
    ${rejected > 0
      ? html`<div class="notice problem">Not sent to ${people(rejected)}: see the reason below.</div>`
      : nothing}
    <invoice-communications
      exportparts="dialog"
      .invoice=${answer.invoice}
      .connection=${send.connection}
    ></invoice-communications>
    <div class="actions">
      ${send.inline
        ? html`<button type="button" @click=${send.startAgain}>Write another e-mail</button>`
        : html`<button type="button" class="primary" @click=${send.dismiss}>Close</button>`}
    </div>`;
}
