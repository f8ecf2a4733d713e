// The second step: the real mail, who gets it, and what speaks against their addresses.

import { html, nothing } from "lit";

import { icon } from "../../shared/icons.js";
import { problemNotice } from "../../shared/parts.js";
import { warningsView } from "../../shared/warnings.js";
import { KINDS, LABELS } from "./draft.js";
import { heading, people } from "./steps.js";

/** @typedef {import("../send.js").InvoiceEmailSend} Send */

/**
 * @typedef {object} Person
 * @property {string} recipient
 * @property {string} kind
 * @property {string} address
 * @property {string | null} name
 * @property {string} sent_status "queued", or "rejected" for whom it would not be sent to
 * @property {string | null} reason
 * @property {import("../../shared/warnings.js").Warning[]} warnings
 */

/** @typedef {{ from: string, subject: string, html: string, text: string, recipients: Person[] }} Preview */

/** @param {Send} send */
export function previewStep(send) {
  const { preview } = send;
  if (!preview) return nothing;
  const reached = preview.recipients.filter(isReached).length;
  return html`${heading(send, "Check the e-mail")}
    <div class="preview" aria-busy=${send.busy === "previewing"}>
      <div class="envelope">${envelope(send, preview)}</div>
      <div class="mail">${views(send)} ${mail(send, preview)} ${whose(preview)}</div>
    </div>
    <div class="actions">
      ${send.problem ? sendingProblem(send) : nothing}
      ${reached > 0 ? nothing : html`<div class="notice problem failed">It would be sent to nobody. Change the addresses.</div>`}
      <button type="button" class="turns" aria-disabled=${send.busy === "sending"} @click=${send.edit}>
        ${icon("previous")}Change
      </button>
      ${reached > 0
        ? html`<button type="button" class="primary" aria-disabled=${send.busy !== ""} @click=${send.send}>
            ${send.busy === "sending" ? "Sending…" : html`${icon("sent")}Send to ${people(reached)}`}
          </button>`
        : nothing}
    </div>`;
}

/** Each has a copy of their own. @param {Preview} preview */
function whose({ recipients: [first, ...others] }) {
  if (!first || others.length === 0) return nothing;
  return html`<p class="hint">This is the copy of <bdi>${first.name ?? first.address}</bdi>.</p>`;
}

/** @param {Person} person */
function isReached({ sent_status }) {
  return sent_status !== "rejected";
}

/** @param {Send} send */
function sendingProblem(send) {
  const { problem } = send;
  if (!problem) return nothing;
  return html`<div class="failed">
    ${problemNotice(problem, send.send)}
    ${problem.mayPass ? html`<p class="hint">Trying again does not send it twice, even if it was sent after all.</p>` : nothing}
  </div>`;
}

/** @param {Send} send @param {Preview} preview */
function envelope(send, preview) {
  return html`<dl>
    <div>
      <dt>Subject</dt>
      <dd><strong><bdi>${preview.subject}</bdi></strong></dd>
    </div>
    <div>
      <dt>From</dt>
      <dd><bdi>${preview.from}</bdi></dd>
    </div>
    ${KINDS.map((kind) => {
      const found = preview.recipients.filter((person) => person.kind === kind);
      if (found.length === 0) return nothing;
      return html`<div>
        <dt>${LABELS[kind]}</dt>
        <dd>
          ${kind === "bcc" ? html`<p class="hint">Seen by nobody else.</p>` : nothing}
          <ul class="persons">
            ${found.map((person) => personView(send, person))}
          </ul>
        </dd>
      </div>`;
    })}
  </dl>
  ${send.draft.track ? nothing : html`<p class="hint">Opens and clicks are not tracked.</p>`}`;
}

/** @param {Send} send @param {Person} person */
function personView(send, person) {
  const { name, address, reason, warnings } = person;
  return html`<li part="person">
    ${name ? html`<bdi>${name}</bdi> <bdi class="muted">${address}</bdi>` : html`<bdi>${address}</bdi>`}
    ${isReached(person)
      ? nothing
      : html`<p class="blocked">${icon("rejected")}<span>${blockedText(reason)}</span></p>`}
    ${warningsView(warnings, { onSuggestion: (suggestion) => send.take(address, suggestion) })}
  </li>`;
}

/** The API's reason is written for who looks back. @param {string | null} reason */
function blockedText(reason) {
  const why = /^Not sent: (.*)$/su.exec(reason ?? "")?.[1];
  return why ? html`<strong>Will not be sent:</strong> ${why}` : html`<strong>Will not be sent.</strong> ${reason}`;
}

/** How the mail is looked at. @param {Send} send */
function views(send) {
  /** @type {Record<Send["shownAs"], string>} */
  const names = { light: "Light", dark: "Dark", text: "Text only" };
  return html`<fieldset class="views">
    <legend class="unseen">Shown as</legend>
    ${Object.entries(names).map(
      ([view, name]) => html`<label
        ><input
          type="radio"
          name="view"
          value=${view}
          .checked=${send.shownAs === view}
          @change=${() => (send.shownAs = /** @type {Send["shownAs"]} */ (view))}
        />${name}</label
      >`,
    )}
  </fieldset>`;
}

/** @param {Send} send @param {Preview} preview */
function mail(send, preview) {
  if (send.shownAs === "text") {
    return html`<pre tabindex="0" role="region" aria-label="The e-mail as text">${preview.text}</pre>`;
  }
  return html`<invoice-email-mail-frame
    .html=${preview.html}
    .scheme=${send.shownAs}
    .api=${send.api}
  ></invoice-email-mail-frame>`;
}
