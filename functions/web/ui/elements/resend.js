// The dialog that sends an invoice e-mail again to one person, at the same or at a corrected address.

import { html } from "lit";

import { newIdempotencyKey } from "../shared/api.js";
import { InvoiceEmailElement } from "../shared/element.js";
import { badges, controls, notices, tokens } from "../shared/styles.js";
import { newWarnings, warningStyles } from "../shared/warnings.js";
import "../shared/dialog.js";
import "./preview.js";
import { Check, UNCHECKED } from "./resend/check.js";
import { style } from "./resend/style.js";
import { actions, done, form } from "./resend/view.js";

/** @typedef {import("../shared/problem.js").Problem} Problem */
/** @typedef {import("./resend/check.js").Result} Result */

/**
 * What is known of the person; `recipient` is the position such as `to:0`.
 * @typedef {object} Recipient
 * @property {string} recipient
 * @property {string} address
 * @property {string | null} [name]
 * @property {string} [kind]
 * @property {string} [sent_status]
 * @property {string | null} [next_action]
 * @property {string | null} [reason]
 */

/** @typedef {import("../shared/warnings.js").Warning} Warning */
/** @typedef {{ send: string, recipients: { address: string, sent_status: string, warnings: Warning[] }[] }} Answer */

/** After the last key, so that an address is asked about when it is written and not while it is. */
const TYPING_ENDS_MS = 600;

/**
 * `<invoice-email-resend>`, used by the elements of this module only. It is a modal from the moment it is on the page. Fires
 * `close` when it is done with, and announces `sent` before.
 */
export class InvoiceEmailResend extends InvoiceEmailElement {
  static properties = {
    invoice: {},
    send: {},
    recipient: { attribute: false },
    mode: {},
    address: { state: true },
    saves: { state: true },
    result: { state: true },
    allowing: { state: true },
    isSubmitting: { state: true },
    problem: { state: true },
    answer: { state: true },
    showsMail: { state: true },
  };

  static styles = [tokens, controls, badges, notices, warningStyles, style];

  constructor() {
    super();
    this.invoice = "";
    this.send = "";
    /** @type {Recipient} */
    this.recipient = { recipient: "", address: "" };
    /** @type {"same" | "correct"} */
    this.mode = "same";
    this.address = "";
    /** Whether the client's address is corrected as well. */
    this.saves = false;
    /** @type {Result} */
    this.result = UNCHECKED;
    /** Taking an address off the suppression list: whether it is asked about, or under way. @type {"" | "asked" | "running"} */
    this.allowing = "";
    this.isSubmitting = false;
    /** @type {Problem | null} */
    this.problem = null;
    /** Kept where the answer says more than was known before. @type {Answer | null} */
    this.answer = null;
    this.showsMail = false;
    /** One key for each content: repeated, it is the same e-mail. @type {Map<string, string>} */
    this.keys = new Map();
    this.isClosed = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typing = undefined;
    this.check = new Check(
      (content, signal) => this.#preview(content, signal),
      (error) => this.problemOf(error),
      (result) => {
        this.result = result;
      },
    );
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.typing);
    this.check.forget();
  }

  firstUpdated() {
    this.address = this.recipient.address;
    // In the other mode the address is about to change, and asking about the old one would only confuse.
    if (this.mode === "same") this.check.of(this.content);
  }

  get path() {
    return `v1/invoices/${encodeURIComponent(this.invoice)}/emails/${encodeURIComponent(this.send)}/resend`;
  }

  /** The body of the request, which also tells one content from another. */
  get content() {
    const { recipient } = this.recipient;
    if (this.mode === "same") return JSON.stringify({ recipient });
    return JSON.stringify({ recipient, address: this.address.trim(), save_to_client: this.saves });
  }

  /** Whether what is on screen is about what is in the field. */
  get isChecked() {
    return this.check.knows(this.content);
  }

  /** The person as the API understands the field, as soon as it has been asked about. */
  get person() {
    const isKnown = this.result.state === "known" && this.isChecked;
    return isKnown ? (this.result.preview?.recipients[0] ?? null) : null;
  }

  /** Whether the person is on the firm's suppression list. */
  get isBlocked() {
    return this.person?.sent_status === "rejected";
  }

  /** What is wrong with the address in the field. */
  get fieldError() {
    const problem = this.problem ?? this.result.problem;
    if (this.mode === "same" || !problem) return "";
    const errors = problem.errors.filter(({ pointer }) => pointer === "/address");
    return errors.map(({ detail }) => `The address ${detail}`).join(". ");
  }

  /** @param {string} content @param {AbortSignal} signal */
  #preview(content, signal) {
    const either = AbortSignal.any([signal, this.untilRemoved.signal]);
    return this.client.post(`${this.path}/preview`, JSON.parse(content), { signal: either });
  }

  /** @param {string} address @param {boolean} isWhole whether nobody is typing any more */
  changeAddress(address, isWhole = false) {
    this.address = address;
    this.problem = null;
    this.allowing = "";
    clearTimeout(this.typing);
    if (this.isChecked) return;
    this.check.forget();
    if (isWhole) this.recheck();
    else this.typing = setTimeout(() => this.recheck(), TYPING_ENDS_MS);
  }

  /** @param {boolean} saves */
  changeSaves(saves) {
    this.saves = saves;
    this.problem = null;
    this.recheck();
  }

  /** Asks about the field if there is something to ask: half an address would only be an error. */
  recheck() {
    clearTimeout(this.typing);
    const isWhole = /[^@\s]@[^@\s]+\.[^@\s.]{2}/.test(this.address);
    if (this.mode === "same" || (isWhole && this.address.trim() !== this.recipient.address)) this.check.of(this.content);
  }

  /** From sending to the same address to correcting it. */
  correctInstead() {
    this.mode = "correct";
    this.problem = null;
    this.allowing = "";
    this.check.forget();
    this.focusOn("#address");
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (this.isSubmitting || this.isBlocked) return;
    this.problem = null;
    this.isSubmitting = true;
    clearTimeout(this.typing);
    try {
      if (await this.#mayBeSent()) await this.#send();
    } finally {
      this.isSubmitting = false;
      if (this.isClosed) this.#close();
    }
  }

  /** What must be seen before it is sent: errors, a blocked address, warnings that came only now. */
  async #mayBeSent() {
    const content = this.content;
    if (this.mode === "correct" && this.address.trim() === "") {
      this.focusOn("#address");
      return false;
    }
    const isSeen = this.isChecked;
    const { state, content: checked } = await this.check.of(content);
    if (this.isClosed || checked !== content) return false;
    if (state === "refused") this.focusOn("#address");
    // Where nobody could be asked, sending itself finds out: it is checked by the same rules.
    if (state !== "known") return state === "failed";
    return !this.isBlocked && (isSeen || this.person?.warnings.length === 0);
  }

  async #send() {
    const content = this.content;
    const idempotencyKey = this.keys.get(content) ?? newIdempotencyKey();
    this.keys.set(content, idempotencyKey);
    try {
      const options = { idempotencyKey, signal: this.untilRemoved.signal };
      this.#accepted(await this.client.post(this.path, JSON.parse(content), options));
    } catch (error) {
      this.problem = this.problemOf(error);
      if (this.fieldError) this.focusOn("#address");
    }
  }

  /** @param {Answer} answer */
  #accepted(answer) {
    const known = this.person?.warnings ?? [];
    const hasNews = answer.recipients.some(
      ({ sent_status, warnings }) => sent_status === "rejected" || newWarnings(warnings, known).length > 0,
    );
    this.announce("sent", { invoice: this.invoice, send: answer.send, answer });
    if (hasNews) {
      this.answer = answer;
      this.focusOn("#done");
    } else {
      this.dismiss();
    }
  }

  /** Takes the address off the suppression list, then asks anew. */
  async allow() {
    const address = this.person?.address;
    if (!address || this.allowing === "running") return;
    this.allowing = "running";
    this.problem = null;
    try {
      const options = { signal: this.untilRemoved.signal };
      await this.client.delete(`v1/suppressions/${encodeURIComponent(address)}`, options);
    } catch (error) {
      const problem = this.problemOf(error);
      // Whoever is not on the list any more is allowed.
      if (problem?.status !== 404) this.problem = problem;
    }
    this.allowing = this.problem ? "asked" : "";
    if (this.problem) return;
    // The button that was pressed is about to go.
    this.focusOn("#send");
    this.check.forget();
    await this.check.of(this.content);
  }

  /** @param {string} selector */
  async focusOn(selector) {
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(selector))?.focus();
  }

  dismiss() {
    /** @type {import("../shared/dialog.js").InvoiceEmailDialog | null} */ (
      this.renderRoot.querySelector("invoice-email-dialog")
    )?.close();
  }

  #closed() {
    this.isClosed = true;
    // What is on its way is not ended half-way: whoever opened this looks at the result when it is over.
    if (!this.isSubmitting) this.#close();
  }

  #close() {
    this.dispatchEvent(new CustomEvent("close"));
  }

  render() {
    const heading = this.mode === "same" ? "Send again" : "Correct the address and send again";
    return html`<invoice-email-dialog exportparts="dialog" heading=${heading} part="resend" @close=${this.#closed}>
      ${this.answer
        ? done(this, this.answer)
        : html`<form novalidate @submit=${this.submit}>${form(this)}${actions(this)}</form>`}
    </invoice-email-dialog>`;
  }
}

customElements.get("invoice-email-resend") ?? customElements.define("invoice-email-resend", InvoiceEmailResend);
