// Writes an invoice e-mail: the form, a preview of the real mail with what speaks against its addresses, and then what became of it.

import { html, nothing } from "lit";

import { newIdempotencyKey } from "../shared/api.js";
import { InvoiceEmailElement } from "../shared/element.js";
import { icon } from "../shared/icons.js";
import { Leaving } from "../shared/leaving.js";
import { badges, controls, fields, notices, tokens } from "../shared/styles.js";
import { warningStyles } from "../shared/warnings.js";
import "../shared/dialog.js";
import "./communications.js";
import "./preview.js";
import "./send/address-field.js";
import { KINDS, bodyOf, collapsed, contentOf, givenFact, newDraft, replaced, sorted } from "./send/draft.js";
import { editStep } from "./send/edit.js";
import { previewStep } from "./send/preview.js";
import { question, sentStep } from "./send/steps.js";
import { style } from "./send/style.js";

/** @typedef {import("../shared/problem.js").Problem} Problem */
/** @typedef {import("./send/draft.js").Draft} Draft */
/** @typedef {import("./send/draft.js").Facts} Facts */
/** @typedef {import("./send/draft.js").Kind} Kind */
/** @typedef {import("./send/preview.js").Preview} Preview */
/** @typedef {{ send: string, invoice: string, recipients: { sent_status: string }[] }} Answer */
/** @typedef {{ path: string, body: Record<string, unknown> }} Request */

/** The portal's own id of an invoice. Dots alone would lead elsewhere in a URL. */
const INVOICE_ID = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/**
 * `<invoice-email-send invoice="1042" to="…" cc="…" bcc="…">`: a button that opens a dialog. With `inline` the form itself; with
 * `dialog` the dialog, open from the start. Its method `show()` opens it too. Without `invoice` the form asks for it. Announces
 * `sent`; fires `close` when its dialog was closed.
 */
export class InvoiceEmailSend extends InvoiceEmailElement {
  static properties = {
    invoice: {},
    inline: { type: Boolean },
    dialog: { type: Boolean },
    to: {},
    cc: {},
    bcc: {},
    subject: {},
    message: {},
    untracked: { type: Boolean },
    facts: { type: Object },
    isOpen: { state: true },
    step: { state: true },
    draft: { state: true },
    busy: { state: true },
    problem: { state: true },
    fields: { state: true },
    notes: { state: true },
    preview: { state: true },
    shownAs: { state: true },
    answer: { state: true },
    said: { state: true },
  };

  static styles = [tokens, controls, badges, notices, fields, warningStyles, style];

  constructor() {
    super();
    this.invoice = "";
    this.inline = false;
    this.dialog = false;
    this.to = "";
    this.cc = "";
    this.bcc = "";
    this.subject = "";
    this.message = "";
    /** Whether "Show whether it is opened" is off at first. */
    this.untracked = false;
    /** What the portal knows about the invoice. @type {Facts | null} */
    this.facts = null;
    this.isOpen = false;
    /** @type {"edit" | "preview" | "sent"} */
    this.step = "edit";
    /** @type {Draft} */
    this.draft = this.#blank();
    /** The content of the draft before anybody wrote. */
    this.untouched = contentOf(this.draft);
    /** @type {"" | "previewing" | "sending"} */
    this.busy = "";
    /** @type {Problem | null} */
    this.problem = null;
    /** What is wrong, by field. @type {Record<string, string>} */
    this.fields = {};
    /** Which duplicates were left out. @type {Partial<Record<Kind, string>>} */
    this.notes = {};
    /** @type {Preview | null} */
    this.preview = null;
    /** What the preview is of; this very request is sent. @type {Request | null} */
    this.previewed = null;
    /** @type {"light" | "dark" | "text"} */
    this.shownAs = "light";
    /** @type {Answer | null} */
    this.answer = null;
    this.said = "";
    /** One key for each content: repeated, it is the same e-mail. @type {Map<string, string>} */
    this.keys = new Map();
    this.leaving = new Leaving(this);
    this.focusOn = "";
    this.previewing = new AbortController();
    /** Counts what was given up: an answer about something earlier changes nothing any more. */
    this.attempt = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.dialog) this.isOpen = true;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const given = ["invoice", "to", "cc", "bcc", "subject", "message", "untracked"];
    if (given.some((name) => changed.has(name)) && !this.unsent) this.#restart();
  }

  updated() {
    if (!this.focusOn) return;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(this.focusOn))?.focus();
    this.focusOn = "";
  }

  /** Opens the dialog. */
  show() {
    this.isOpen = true;
  }

  /** Whether something was written that is not sent. */
  get unsent() {
    if (this.step === "sent" || !(this.isOpen || this.inline)) return false;
    // Even if all of it was given by the page: what becomes of it is not known.
    if (this.busy === "sending" || (this.step === "preview" && this.problem)) return true;
    return contentOf(this.draft) !== this.untouched || this.#addressFields.some(({ pending }) => pending);
  }

  /** @returns {import("./send/address-field.js").InvoiceEmailAddressField[]} */
  get #addressFields() {
    return [.../** @type {NodeListOf<any>} */ (this.renderRoot?.querySelectorAll("invoice-email-address-field") ?? [])];
  }

  /**
   * Whether the page may go elsewhere; where something unsent would be lost, the person is asked.
   * @returns {Promise<boolean>}
   */
  mayLeave() {
    if (!this.unsent) return Promise.resolve(true);
    this.focusOn = "#keep";
    return this.leaving.ask();
  }

  /** @param {boolean} mayLeave */
  leave(mayLeave) {
    this.leaving.settle(mayLeave);
    if (mayLeave) this.#restart();
    else this.focusOn = "[data-heading]";
  }

  /** Leaves the dialog. */
  dismiss = async () => {
    if (!(await this.mayLeave())) return;
    /** @type {import("../shared/dialog.js").InvoiceEmailDialog | null} */ (
      this.renderRoot.querySelector("invoice-email-dialog")
    )?.close();
  };

  /** The next e-mail, after one was sent. */
  startAgain = () => {
    this.#restart();
    this.focusOn = "[data-heading]";
  };

  /** @param {Partial<Draft>} change */
  write(change) {
    this.giveUpPreviewing();
    const [name] = Object.keys(change);
    const { draft, notes } = collapsed({ ...this.draft, ...change });
    this.draft = draft;
    if (KINDS.some((kind) => kind === name)) this.notes = notes;
    const { [name]: _, ...others } = this.fields;
    this.fields = others;
    this.problem = null;
  }

  /** @param {import("./send/draft.js").Fact} name @param {string} text */
  writeFact(name, text) {
    this.giveUpPreviewing();
    this.draft = { ...this.draft, facts: { ...this.draft.facts, [name]: text } };
    const { [`facts/${name}`]: _, ...others } = this.fields;
    this.fields = others;
    this.problem = null;
  }

  edit = () => {
    if (this.busy === "sending") return;
    this.giveUpPreviewing();
    this.step = "edit";
    this.problem = null;
    this.focusOn = "[data-heading]";
  };

  /** What is previewed is what will be sent: whoever writes on meanwhile asks once more. */
  giveUpPreviewing = () => {
    if (this.busy === "previewing") this.#giveUp();
  };

  #giveUp() {
    this.attempt += 1;
    this.busy = "";
    this.previewing.abort();
  }

  /** Shows what would be sent. @param {Event} [event] */
  check = async (event) => {
    event?.preventDefault();
    if (this.busy) return;
    for (const field of this.#addressFields) field.commit();
    if (!this.#isWellFormed()) {
      this.step = "edit";
      return;
    }
    this.previewing = new AbortController();
    const signal = AbortSignal.any([this.previewing.signal, this.untilRemoved.signal]);
    const wasEdit = this.step === "edit";
    const request = { path: this.#path, body: bodyOf(this.draft, this.known) };
    await this.#asking("previewing", async (isCurrent) => {
      const preview = await this.client.post(`${request.path}/preview`, request.body, { signal });
      if (!isCurrent()) return;
      this.preview = preview;
      this.previewed = request;
      this.step = "preview";
      if (wasEdit) this.focusOn = "[data-heading]";
      this.said = "This is the e-mail that will be sent.";
    });
  };

  /** Takes the address that was probably meant. @param {string} address @param {string} suggestion */
  take(address, suggestion) {
    if (this.busy === "sending") return;
    this.giveUpPreviewing();
    this.draft = collapsed(replaced(this.draft, address, suggestion)).draft;
    this.focusOn = "[data-heading]";
    this.check().then(() => (this.said = `Changed to ${suggestion}.`));
  }

  /** Sends what was previewed, once: the same content has the same key until it was sent. */
  send = async () => {
    const { previewed } = this;
    if (this.busy || !previewed) return;
    const { path, body } = previewed;
    const content = JSON.stringify(previewed);
    const idempotencyKey = this.keys.get(content) ?? newIdempotencyKey();
    this.keys.set(content, idempotencyKey);
    await this.#asking("sending", async (isCurrent) => {
      // Leaving the page does not take it back, so that nothing ends this request.
      const answer = /** @type {Answer} */ (await this.client.post(path, body, { idempotencyKey }));
      this.announce("sent", { invoice: answer.invoice, send: answer.send, answer });
      if (!isCurrent()) return;
      this.answer = answer;
      this.step = "sent";
      this.focusOn = "[data-heading]";
      this.keys.clear();
      // Whoever was asked whether to leave without seeing this, sees it.
      this.leaving.settle(false);
    });
  };

  get #path() {
    return `v1/invoices/${encodeURIComponent(this.draft.invoice)}/emails`;
  }

  /** What the portal knows about the invoice. */
  get known() {
    return this.facts ?? {};
  }

  /** What the invoice is called. */
  get name() {
    return givenFact(this.known, "number") || this.draft.invoice;
  }

  #blank() {
    const { invoice, to, cc, bcc, subject, message, untracked } = this;
    const texts = { invoice, to, cc, bcc, subject, message };
    const given = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text ?? ""]));
    return newDraft({ .../** @type {typeof texts} */ (given), track: !untracked });
  }

  #restart() {
    this.#giveUp();
    this.draft = collapsed(this.#blank()).draft;
    this.untouched = contentOf(this.draft);
    this.step = "edit";
    this.problem = null;
    this.fields = {};
    this.notes = {};
    this.preview = null;
    this.previewed = null;
    this.answer = null;
    this.keys.clear();
  }

  /** What is wrong for sure is told without asking the API. */
  #isWellFormed() {
    if (!INVOICE_ID.test(this.draft.invoice)) {
      this.fields = { invoice: "Give the invoice’s id: at most 64 letters, digits, dots, hyphens and underscores." };
      this.focusOn = "#invoice";
      return false;
    }
    const kind = KINDS.find((name) => this.draft[name].some(({ fault }) => fault));
    if (kind) {
      this.focusOn = `#${kind}`;
      this.requestUpdate();
    }
    return !kind;
  }

  /**
   * Does what may fail.
   * @param {"previewing" | "sending"} what @param {(isCurrent: () => boolean) => Promise<void>} action
   */
  async #asking(what, action) {
    const { attempt } = this;
    const isCurrent = () => attempt === this.attempt;
    this.busy = what;
    // "Try again" goes with the problem.
    if (this.problem && this.step === "preview") this.focusOn = ".actions .primary";
    this.problem = null;
    try {
      await action(isCurrent);
    } catch (error) {
      const problem = this.problemOf(error);
      if (isCurrent()) this.#failed(problem);
    } finally {
      if (isCurrent()) this.busy = "";
    }
  }

  /** @param {Problem | null} problem */
  #failed(problem) {
    this.problem = problem;
    if (this.busy === "previewing" && this.step === "preview") {
      // What is still shown is no longer what was written: a suggestion was taken.
      this.step = "edit";
      this.focusOn = "[data-heading]";
    }
    if (!problem || problem.errors.length === 0) return;
    const { draft, fields } = sorted(this.draft, problem.errors);
    this.draft = draft;
    this.fields = fields;
    this.step = "edit";
    const [first] = Object.keys(fields).filter(Boolean);
    const kind = KINDS.find((name) => draft[name].some(({ fault }) => fault));
    if (kind || first) this.focusOn = `#${kind ?? first.replace("/", "-")}`;
    // What stands at its field need not be said again.
    if (!fields[""]) this.problem = null;
  }

  /** @param {Event} event */
  #cancelled(event) {
    if (!this.unsent) return;
    event.preventDefault();
    this.dismiss();
  }

  #closed() {
    this.isOpen = false;
    this.#restart();
    this.dispatchEvent(new CustomEvent("close"));
  }

  #steps() {
    const steps = { edit: editStep, preview: previewStep, sent: sentStep };
    return html`<div class="steps" part="form">
      ${question(this)}${steps[this.step](this)}
      <p class="unseen" role="status">${this.said}</p>
    </div>`;
  }

  render() {
    if (this.inline) return this.#steps();
    const heading = this.name ? `Send invoice ${this.name} by e-mail` : "Send an invoice by e-mail";
    return html`${this.dialog
      ? nothing
      : html`<button type="button" class="primary" part="button" @click=${this.show}>
          ${icon("envelope")}<slot>Send by e-mail</slot>
        </button>`}
    ${this.isOpen
      ? html`<invoice-email-dialog exportparts="dialog" wide heading=${heading} @cancel=${this.#cancelled} @close=${this.#closed}
          >${this.#steps()}</invoice-email-dialog
        >`
      : nothing}`;
  }
}

customElements.get("invoice-email-send") ?? customElements.define("invoice-email-send", InvoiceEmailSend);
