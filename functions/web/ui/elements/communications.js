// The communications view: all e-mails of an invoice, and everything that became of each recipient's copy, as it happens.

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { InvoiceEmailElement } from "../shared/element.js";
import { icon } from "../shared/icons.js";
import { problemNotice } from "../shared/parts.js";
import { Problem } from "../shared/problem.js";
import { Poll } from "../shared/poll.js";
import { badges, controls, lists, notices, tokens } from "../shared/styles.js";
import { Herald, changes } from "./communications/changes.js";
import { header } from "./communications/header.js";
import { Page, SENDS_A_PAGE } from "./communications/page.js";
import { recipientStyle } from "./communications/recipient-style.js";
import { sendView } from "./communications/send.js";
import { style } from "./communications/style.js";
import { follow } from "./follow.js";
import { loadForms } from "./later.js";
import "./resend.js";

/** @typedef {import("../shared/statuses.js").Send} Send */
/** @typedef {import("../shared/statuses.js").Recipient} Recipient */

/** How many sends show their recipients at first. */
const OPEN_AT_FIRST = 3;

/**
 * `<invoice-communications invoice="1042">`. With `send` that send is shown at once. Announces `sent` after sending again, and
 * `send` where nothing was sent yet; what follows unless the page prevents it: see follow.js.
 */
export class InvoiceEmailCommunications extends InvoiceEmailElement {
  static properties = {
    invoice: {},
    send: {},
    page: { state: true },
    problem: { state: true },
    isLoadingOlder: { state: true },
    olderProblem: { state: true },
    resending: { state: true },
    proving: { state: true },
    said: { state: true },
    following: { state: true },
  };

  static styles = [tokens, controls, badges, notices, lists, style, recipientStyle];

  constructor() {
    super();
    this.invoice = "";
    /** @type {string | null} */
    this.send = null;
    /** @type {Page | null} */
    this.page = null;
    /** @type {Problem | null} */
    this.problem = null;
    this.isLoadingOlder = false;
    /** @type {Problem | null} */
    this.olderProblem = null;
    /** @type {{ send: string, recipient: Recipient, mode: "same" | "correct" } | null} */
    this.resending = null;
    /** The send whose proof is wanted. */
    this.proving = "";
    this.said = "";
    /** @type {"" | "select" | "send"} */
    this.following = "";
    /** What the reader has opened. @type {Set<string>} */
    this.expanded = new Set();
    /** Whether a send shows its recipients: decided once, so that a new one closes no other. @type {Map<string, boolean>} */
    this.openSends = new Map();
    /** Ends what is asked about this invoice. */
    this.asking = new AbortController();
    /** Ends the last question about the latest sends. */
    this.latest = new AbortController();
    this.poll = new Poll(this, () => this.#ask());
    this.herald = new Herald((text) => {
      this.said = text;
    });
  }

  /** Back to the beginning, for another invoice. */
  #forget() {
    this.asking.abort();
    this.asking = new AbortController();
    this.herald.stop();
    this.page = null;
    this.problem = null;
    this.isLoadingOlder = false;
    this.olderProblem = null;
    this.said = "";
    this.resending = null;
    this.proving = "";
    this.following = "";
    this.expanded.clear();
    this.openSends.clear();
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("invoice-email:sent", this.#sentElsewhere);
    if (this.hasUpdated) this.#begin();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("invoice-email:sent", this.#sentElsewhere);
    this.poll.stop();
    this.herald.stop();
  }

  /** Another element on the page has sent this invoice: nobody should wait for the next round. @param {Event} event */
  #sentElsewhere = (event) => {
    if (/** @type {CustomEvent} */ (event).detail?.invoice === this.invoice) this.#begin();
  };

  /** @param {import("lit").PropertyValues<this>} changed */
  willUpdate(changed) {
    if (changed.has("invoice") || changed.has("api") || (this.hasUpdated && this.hasOtherToken(changed))) {
      this.#forget();
      this.#begin();
    } else if (changed.has("token") && this.problem) {
      this.#begin();
    } else if (changed.has("send") && this.send && this.page) {
      this.go(this.send);
    }
  }

  async #begin() {
    this.poll.stop();
    this.problem = null;
    if (!this.invoice) return;
    const { signal } = this.asking;
    await this.#ask();
    if (this.isConnected && !signal.aborted && this.#mayAskAgain) this.poll.start();
  }

  again = () => this.#begin();

  async refresh() {
    this.said = "";
    await this.#begin();
    if (!this.problem) this.said = "Up to date.";
  }

  /** Whether another answer may come where the last one was a failure. */
  get #mayAskAgain() {
    return !this.problem || this.problem.mayPass;
  }

  get #path() {
    return `v1/invoices/${encodeURIComponent(this.invoice)}/emails`;
  }

  /** @param {AbortController} [own] what else ends a request */
  #signal(own) {
    const signals = [this.asking.signal, this.untilRemoved.signal];
    return AbortSignal.any(own ? [...signals, own.signal] : signals);
  }

  /** Asks for the latest sends; whether something was new. */
  async #ask() {
    // An older answer never comes after this one.
    this.latest.abort();
    this.latest = new AbortController();
    const signal = this.#signal(this.latest);
    try {
      const answer = await this.client.get(this.#path, { limit: SENDS_A_PAGE }, { signal });
      if (signal.aborted) return false;
      this.problem = null;
      return this.#take(answer);
    } catch (error) {
      const problem = this.problemOf(error);
      if (problem && !signal.aborted) this.problem = problem;
      // Asking again would be refused again.
      if (!this.#mayAskAgain) this.poll.stop();
      return false;
    }
  }

  /** @param {import("../shared/statuses.js").History} answer */
  #take(answer) {
    const before = this.page;
    const page = before ? before.renewed(answer) : new Page(answer);
    if (before && JSON.stringify(before) === JSON.stringify(page)) return false;
    this.page = page;
    this.#decideOpen(before === null);
    if (before) this.herald.add(changes(before.sends, page.sends));
    else if (this.send) this.go(this.send);
    return true;
  }

  /** @param {boolean} isFirst */
  #decideOpen(isFirst) {
    let index = 0;
    for (const { send } of this.sends) {
      const isNewest = isFirst ? index < OPEN_AT_FIRST : index === 0;
      if (!this.openSends.has(send)) this.openSends.set(send, isNewest);
      index += 1;
    }
  }

  async #loadOlder() {
    const { page } = this;
    if (!page?.next_cursor || this.isLoadingOlder) return;
    this.isLoadingOlder = true;
    this.olderProblem = null;
    const signal = this.#signal();
    const last = page.sends.at(-1)?.send;
    try {
      const answer = await this.client.get(this.#path, { limit: SENDS_A_PAGE, cursor: page.next_cursor }, { signal });
      if (signal.aborted) return;
      this.page = (this.page ?? page).followed(answer);
      this.#decideOpen(false);
      await this.#focusAfter(last);
    } catch (error) {
      this.olderProblem = this.problemOf(error);
    } finally {
      this.isLoadingOlder = false;
    }
  }

  /** The button may be gone: on to the first of the sends that came. @param {string | undefined} last */
  async #focusAfter(last) {
    await this.updateComplete;
    const next = this.sends[this.sends.findIndex(({ send }) => send === last) + 1];
    if (next) this.#sendButton(next.send)?.focus();
  }

  /** @returns {Send[]} */
  get sends() {
    return this.page?.sends ?? [];
  }

  get ruleset() {
    return this.page?.ruleset ?? "";
  }

  /** @param {string} key */
  isExpanded(key) {
    return this.expanded.has(key);
  }

  /** @param {string} key */
  toggle(key) {
    if (!this.expanded.delete(key)) this.expanded.add(key);
    this.requestUpdate();
  }

  /** @param {string} send */
  isSendOpen(send) {
    return this.openSends.get(send) ?? false;
  }

  /** @param {string} send */
  toggleSend(send) {
    this.openSends.set(send, !this.isSendOpen(send));
    this.requestUpdate();
  }

  /** @param {string} send @returns {HTMLElement | null} */
  #sendButton(send) {
    return this.renderRoot.querySelector(`[data-send="${CSS.escape(send)}"] h3 button`);
  }

  /** Opens a send and goes there. @param {string} send */
  go = async (send) => {
    this.openSends.set(send, true);
    this.requestUpdate();
    await this.updateComplete;
    const button = this.#sendButton(send);
    button?.scrollIntoView({ block: "center" });
    button?.focus({ preventScroll: true });
  };

  /** Lets somebody have what is known of a send as a file. @param {string} send */
  async prove(send) {
    try {
      await loadForms();
      this.proving = send;
    } catch {
      this.problem = new Problem("offline");
    }
  }

  /** @param {Send} send @param {Recipient} recipient @param {"same" | "correct"} mode */
  resend(send, recipient, mode) {
    this.resending = { send: send.send, recipient, mode };
  }

  async #resent() {
    const key = `${this.resending?.send} ${this.resending?.recipient.recipient}`;
    this.resending = null;
    await this.#begin();
    await this.updateComplete;
    // The button that had the focus is gone where the recipient was replaced.
    if (this.shadowRoot?.activeElement) return;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
  }

  /** Somebody looks: the steps become short again. */
  #looked() {
    if (this.poll.running && this.poll.wait > 10_000) this.poll.start();
  }

  #wantsToSend() {
    if (this.announce("send", { invoice: this.invoice })) this.following = "send";
  }

  render() {
    const { problem, page } = this;
    return html`<div class="view" @pointerenter=${this.#looked} @focusin=${this.#looked}>
        ${header(this)} ${page ? this.#sends() : problem ? nothing : skeleton}
        ${problem ? html`<div class="trouble">${problemNotice(problem, this.again)}</div>` : nothing}
        <p class="unseen" role="status">${this.said}</p>
      </div>
      ${this.#resendDialog()} ${this.#proofDialog()} ${follow(this)}`;
  }

  #sends() {
    if (this.sends.length === 0) {
      return html`<div class="empty">
        ${icon("envelope")}
        <p>This invoice was never e-mailed.</p>
        <button type="button" class="primary" @click=${this.#wantsToSend}>Send by e-mail</button>
      </div>`;
    }
    return html`<ol class="sends">
        ${repeat(this.sends, ({ send }) => send, (send) => sendView(this, send))}
      </ol>
      ${this.olderProblem ? problemNotice(this.olderProblem, () => this.#loadOlder()) : nothing}
      ${this.page?.next_cursor
        ? html`<button type="button" class="older" aria-disabled=${this.isLoadingOlder} @click=${this.#loadOlder}>
            ${this.isLoadingOlder ? "Loading…" : "Show older e-mails"}
          </button>`
        : nothing}`;
  }

  #resendDialog() {
    if (!this.resending) return nothing;
    const { send, recipient, mode } = this.resending;
    return html`<invoice-email-resend
      exportparts="dialog"
      .invoice=${this.invoice}
      .send=${send}
      .recipient=${recipient}
      .mode=${mode}
      .connection=${this.connection}
      @close=${this.#resent}
    ></invoice-email-resend>`;
  }

  #proofDialog() {
    if (!this.proving) return nothing;
    return html`<invoice-email-proof
      exportparts="dialog"
      .invoice=${this.invoice}
      .send=${this.proving}
      .connection=${this.connection}
      @close=${() => (this.proving = "")}
    ></invoice-email-proof>`;
  }
}

const skeleton = html`<div class="skeleton" aria-busy="true">
  <span class="unseen">Loading…</span><i></i><i></i><i></i><i></i>
</div>`;

customElements.get("invoice-communications") ?? customElements.define("invoice-communications", InvoiceEmailCommunications);
