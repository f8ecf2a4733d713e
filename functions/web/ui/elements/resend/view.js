// What the dialog for sending again shows.

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";

import { icon } from "../../shared/icons.js";
import { problemNotice } from "../../shared/parts.js";
import { warningsView } from "../../shared/warnings.js";
import { reasonParts } from "../../shared/words.js";

/** @typedef {import("../resend.js").InvoiceEmailResend} Resend */

/**
 * A person's name and address; right-to-left names do not turn the address around.
 * @param {{ name?: string | null, address: string }} person
 */
function personText({ name, address }) {
  return name ? html`<bdi>${name}</bdi> <bdi class="muted">${address}</bdi>` : html`<bdi>${address}</bdi>`;
}

/** Who gets what, and what is to be known before. @param {Resend} resend */
export function form(resend) {
  const { recipient, result, mode } = resend;
  const { words } = reasonParts(recipient.reason);
  const subject = result.preview?.subject;
  return html`
    <dl>
      <dt>Invoice</dt>
      <dd><bdi>${resend.invoice}</bdi></dd>
      <dt>${mode === "same" ? "To" : "Instead of"}</dt>
      <dd>${personText(recipient)}</dd>
      ${words
        ? html`<dt>Last time</dt>
            <dd>${words}</dd>`
        : nothing}
      <dt>Subject</dt>
      <dd>${subject === undefined ? html`<span class="waiting">As before</span>` : html`<bdi>${subject}</bdi>`}</dd>
    </dl>
    ${mode === "correct" ? addressField(resend) : nothing}
    <div class="result" role="status">${checkResult(resend)}</div>
    <p class="muted">
      The same e-mail goes out once more, to this person alone. It takes the place of the earlier one in the history.
    </p>
    ${mailView(resend)}
    ${resend.problem && !resend.fieldError
      ? problemNotice(resend.problem, resend.problem.mayPass ? () => resend.submit(new Event("submit")) : undefined)
      : nothing}
  `;
}

/** @param {Resend} resend */
function addressField(resend) {
  const error = resend.fieldError;
  return html`<div class="field">
      <label for="address">New address</label>
      <input
        id="address"
        name="address"
        type="text"
        inputmode="email"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        dir="ltr"
        data-autofocus
        aria-invalid=${error ? "true" : "false"}
        aria-describedby="address-error"
        .value=${live(resend.address)}
        @input=${(/** @type {{ target: HTMLInputElement }} */ { target }) => resend.changeAddress(target.value)}
        @change=${resend.recheck}
      />
      <span id="address-error" class="error">${error}</span>
    </div>
    <label class="tick">
      <input
        type="checkbox"
        .checked=${live(resend.saves)}
        @change=${(/** @type {{ target: HTMLInputElement }} */ { target }) => resend.changeSaves(target.checked)}
      />
      Also correct it at the client
    </label>`;
}

/** @param {Resend} resend */
function checkResult(resend) {
  const { result, person } = resend;
  if (resend.isSubmitting && result.state !== "asking") return html`<p class="muted">Sending…</p>`;
  if (result.state === "asking") return html`<p class="muted">Checking the address…</p>`;
  if (result.state === "failed") return html`<p class="muted">The address could not be checked. ${result.problem?.message}</p>`;
  if (result.state === "refused") return resend.fieldError ? nothing : html`<p class="error">${result.problem?.message}</p>`;
  if (!person) return nothing;
  if (person.sent_status === "rejected") return blocked(resend);
  if (person.warnings.length > 0) {
    return warningsView(person.warnings, { onSuggestion: (address) => take(resend, address) });
  }
  return html`<p class="muted">${icon("delivered")}Nothing is known against this address.</p>`;
}

/** The button that was pressed is about to go. @param {Resend} resend @param {string} address */
function take(resend, address) {
  resend.changeAddress(address, true);
  resend.focusOn("#address");
}

/** An address on the firm's suppression list. @param {Resend} resend */
function blocked(resend) {
  const { person, allowing } = resend;
  return html`<div class="blocked" part="blocked">
    <strong>This address is blocked</strong>
    <p>${person?.reason}</p>
    ${allowing === ""
      ? html`<div class="row">
          <button type="button" @click=${() => askToAllow(resend)}>Allow e-mails to this address again</button>
        </div>`
      : html`<p>
            Allow e-mails to <bdi>${person?.address}</bdi> again? Do so only if you know that the address works, or that the
            person wants your e-mails.
          </p>
          <div class="row">
            <button id="allow" type="button" aria-disabled=${allowing === "running"} @click=${resend.allow}>
              ${allowing === "running" ? "Allowing…" : "Yes, allow"}
            </button>
            <button type="button" @click=${() => (resend.allowing = "")}>No</button>
          </div>`}
  </div>`;
}

/** @param {Resend} resend */
function askToAllow(resend) {
  resend.allowing = "asked";
  resend.focusOn("#allow");
}

/** The e-mail itself, once it is known. Its frame is loaded when somebody wants to see it. @param {Resend} resend */
function mailView(resend) {
  const { preview } = resend.result;
  if (!preview) return nothing;
  return html`<details @toggle=${(/** @type {{ target: HTMLDetailsElement }} */ { target }) => (resend.showsMail = target.open)}>
    <summary>See the e-mail</summary>
    ${resend.showsMail
      ? html`<invoice-email-mail-frame .html=${preview.html} .api=${resend.api}></invoice-email-mail-frame>`
      : nothing}
  </details>`;
}

/** @param {Resend} resend */
export function actions(resend) {
  // Refused at the same address, it would be refused again; at another one the address can be changed.
  const isRefused = resend.mode === "same" && resend.result.state === "refused";
  const isOff = resend.isSubmitting || resend.isBlocked || isRefused;
  const hasWarnings = (resend.person?.warnings.length ?? 0) > 0;
  return html`<div class="actions">
    ${resend.mode === "same"
      ? html`<button type="button" class="plain aside" @click=${resend.correctInstead}>
          ${icon("edit")}Correct the address
        </button>`
      : nothing}
    <button type="button" ?data-autofocus=${resend.mode === "same"} @click=${resend.dismiss}>Cancel</button>
    <button id="send" type="submit" class="primary" aria-disabled=${isOff}>
      ${icon("send_again")}${hasWarnings && !resend.isBlocked ? "Send anyway" : "Send again"}
    </button>
  </div>`;
}

/**
 * What the answer says beyond what was known.
 * @param {Resend} resend @param {import("../resend.js").Answer} answer
 */
export function done(resend, answer) {
  const isRejected = answer.recipients.some(({ sent_status }) => sent_status === "rejected");
  return html`<div class="field" role="status">
      <p>
        ${isRejected
          ? "It was recorded, but will not be sent: this address is blocked. The history says why."
          : html`It is on its way to <bdi>${answer.recipients.map(({ address }) => address).join(", ")}</bdi>.`}
      </p>
      ${warningsView(answer.recipients.flatMap(({ warnings }) => warnings))}
    </div>
    <div class="actions"><button id="done" type="button" class="primary" @click=${resend.dismiss}>Close</button></div>`;
}
