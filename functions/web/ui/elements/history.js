// The envelope icon of an invoice, and the popup with its e-mail history. A table may hold hundreds: until it is opened, an
// icon asks for nothing and listens to nothing but itself.

import { html, nothing } from "lit";

import { InvoiceEmailElement } from "../shared/element.js";
import { icon } from "../shared/icons.js";
import { badges, controls, lists, notices, tokens } from "../shared/styles.js";
import { SENT_STATUSES } from "../shared/words.js";
import { follow } from "./follow.js";
import { isSheet, watchSight } from "./history/place.js";
import { style } from "./history/style.js";
import { popup } from "./history/view.js";

/** @typedef {import("../shared/problem.js").Problem} Problem */
/** @typedef {import("../shared/statuses.js").History} History */

/** A pointer or a focus that only passes by opens nothing. */
const OPENS_AFTER_MS = 250;

/** Time enough to move from the icon into the popup. */
const CLOSES_AFTER_MS = 400;

/** More than the popup shows, so that it can say how many there are. */
const SENDS = 10;

/**
 * `<invoice-email-history invoice="1042" sent-status="opened">`. `sent-status` is what the page knows already; without it the
 * icon shows a status once it was opened. Announces `select` and `send`; what follows unless the page prevents it: see follow.js.
 */
export class InvoiceEmailHistory extends InvoiceEmailElement {
  /** The one that is open. @type {InvoiceEmailHistory | null} */
  static #shown = null;

  static properties = {
    invoice: {},
    sentStatus: { attribute: "sent-status" },
    isOpen: { state: true },
    answer: { state: true },
    problem: { state: true },
    following: { state: true },
  };

  static styles = [tokens, controls, badges, notices, lists, style];

  constructor() {
    super();
    this.invoice = "";
    /** @type {string | null} */
    this.sentStatus = null;
    /** The later one of what the page and the API have said. @type {string | null} */
    this.status = null;
    this.isOpen = false;
    /** Whether it stays open when pointer and focus leave. */
    this.isPinned = false;
    this.isHovered = false;
    this.wasOpened = false;
    /** Ends the question that is under way. @type {AbortController | null} */
    this.asking = null;
    /** @type {History | null} */
    this.answer = null;
    /** @type {Problem | null} */
    this.problem = null;
    /** What was announced and not taken over by the page. @type {"" | "select" | "send"} */
    this.following = "";
    /** @type {string | undefined} */
    this.followed = undefined;
    /** Focus that comes back by itself, from another window or because the popup was closed, opens nothing. */
    this.ignoresFocus = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** Ends what an open popup listens to. @type {AbortController | null} */
    this.whileOpen = null;
    this.addEventListener("pointerenter", this.#entered);
    this.addEventListener("pointerleave", this.#left);
    this.addEventListener("focusout", this.#blurred);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.close();
  }

  /** @param {import("lit").PropertyValues<this>} changed */
  willUpdate(changed) {
    if (changed.has("invoice") || changed.has("api") || (this.hasUpdated && this.hasOtherToken(changed))) {
      this.asking?.abort();
      this.asking = null;
      this.answer = null;
      this.problem = null;
      this.status = this.sentStatus;
      // A table that uses its rows again: what is open is about another invoice.
      if (this.isOpen) this.close();
    }
    if (changed.has("sentStatus")) this.status = this.sentStatus;
  }

  /** Whether the keyboard's focus is here; one that a click has left on the icon keeps nothing open. */
  get #holdsFocus() {
    const focused = this.shadowRoot?.activeElement;
    return focused !== null && (focused !== this.#icon || this.#icon.matches(":focus-visible"));
  }

  get #icon() {
    return /** @type {HTMLElement} */ (this.renderRoot.querySelector("#icon"));
  }

  /** @param {PointerEvent} event */
  #entered = (event) => {
    this.isHovered = true;
    clearTimeout(this.timer);
    // A finger does not hover: it taps, which is a click.
    if (event.pointerType !== "touch" && !this.isOpen) this.timer = setTimeout(() => this.open(), OPENS_AFTER_MS);
  };

  /** @param {PointerEvent} event */
  #left = (event) => {
    this.isHovered = false;
    clearTimeout(this.timer);
    if (event.pointerType !== "touch" && !isSheet()) this.#closeSoon();
  };

  #focused() {
    const isIgnored = this.ignoresFocus || this.following !== "";
    this.ignoresFocus = false;
    if (isIgnored || !this.#icon.matches(":focus-visible")) return;
    clearTimeout(this.timer);
    if (!this.isOpen) this.timer = setTimeout(() => this.open(), OPENS_AFTER_MS);
  }

  /** @param {FocusEvent} event */
  #blurred = (event) => {
    if (!document.hasFocus()) this.ignoresFocus = true;
    else if (event.relatedTarget) this.close();
    else this.#closeSoon();
  };

  #closeSoon() {
    clearTimeout(this.timer);
    if (!this.isPinned) {
      this.timer = setTimeout(() => {
        if (!this.isHovered && !this.#holdsFocus) this.close();
      }, CLOSES_AFTER_MS);
    }
  }

  /** @param {MouseEvent} event */
  async #clicked(event) {
    if (this.isOpen && this.isPinned) {
      this.close();
      return;
    }
    this.isPinned = true;
    await this.open();
    // From the keyboard: on into the popup, whose content a screen reader then reads, and arrow keys scroll.
    if (event.detail === 0) this.popup?.focus();
  }

  get popup() {
    return /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("#popup"));
  }

  async open() {
    clearTimeout(this.timer);
    // Its own dialog lies within it: the pointer over that one is over this element, too.
    if (this.isOpen || this.following) return;
    InvoiceEmailHistory.#shown?.close();
    InvoiceEmailHistory.#shown = this;
    this.isOpen = true;
    this.wasOpened = true;
    this.#load();
    await this.updateComplete;
    const popup = this.popup;
    if (!this.isOpen || !popup) return;
    popup.showPopover();
    this.#listen();
  }

  #listen() {
    this.whileOpen = new AbortController();
    const { signal } = this.whileOpen;
    document.addEventListener("keydown", this.#pressed, { signal, capture: true });
    document.addEventListener("pointerdown", this.#pressedElsewhere, { signal, capture: true });
    const stop = watchSight(this.#icon, () => {
      if (!this.#holdsFocus) this.close();
    });
    signal.addEventListener("abort", stop);
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.key !== "Escape") return;
    // What lies below, such as a dialog around the table, stays open.
    event.preventDefault();
    event.stopPropagation();
    this.dismiss();
  };

  /** @param {PointerEvent} event */
  #pressedElsewhere = (event) => {
    if (!event.composedPath().includes(this)) this.close();
  };

  /** Closes it and gives the focus back, if it was inside. */
  dismiss() {
    const hadFocus = this.shadowRoot?.activeElement !== null;
    this.close();
    if (!hadFocus) return;
    this.ignoresFocus = true;
    this.#icon.focus();
    this.ignoresFocus = false;
  }

  close() {
    clearTimeout(this.timer);
    this.isPinned = false;
    if (!this.isOpen) return;
    this.isOpen = false;
    if (InvoiceEmailHistory.#shown === this) InvoiceEmailHistory.#shown = null;
    this.whileOpen?.abort();
    if (this.popup?.matches(":popover-open")) this.popup.hidePopover();
  }

  /** Asks anew; what is known stays on screen meanwhile. */
  async #load() {
    if (this.asking) return;
    const asking = new AbortController();
    this.asking = asking;
    try {
      const path = `v1/invoices/${encodeURIComponent(this.invoice)}/emails`;
      const signal = AbortSignal.any([asking.signal, this.untilRemoved.signal]);
      const answer = await this.client.get(path, { limit: SENDS }, { signal });
      if (asking.signal.aborted) return;
      this.answer = answer;
      this.status = answer.sent_status;
      this.problem = null;
    } catch (error) {
      const problem = this.problemOf(error);
      if (!asking.signal.aborted) this.problem = problem;
    } finally {
      if (this.asking === asking) this.asking = null;
    }
  }

  /** After a failure. The button that was pressed goes away, so that the focus needs another place. */
  again = () => {
    this.popup?.focus();
    this.problem = null;
    this.#load();
  };

  /** @param {"select" | "send"} what @param {string} [send] the one to look at */
  go(what, send) {
    this.dismiss();
    this.followed = send;
    if (this.announce(what, { invoice: this.invoice, send })) this.following = what;
  }

  render() {
    const { status } = this;
    const word = status ? (SENT_STATUSES[/** @type {import("../shared/words.js").SentStatus} */ (status)] ?? status) : "";
    return html`<button
        id="icon"
        type="button"
        part="icon"
        aria-label="E-mail history of invoice ${this.invoice}"
        aria-describedby="status"
        aria-haspopup="dialog"
        aria-expanded=${this.isOpen}
        aria-controls=${this.wasOpened ? "popup" : nothing}
        @click=${this.#clicked}
        @focus=${this.#focused}
      >
        ${icon("envelope")}${status ? html`<span class="mark ${status}">${icon(status)}</span>` : nothing}
      </button>
      <span id="status" class="unseen">${word}</span>
      ${this.wasOpened
        ? html`<div id="popup" part="popup" popover="manual" role="dialog" aria-labelledby="heading" tabindex="-1">
            ${popup(this)}
          </div>`
        : nothing}
      ${follow(this)}`;
  }
}

customElements.get("invoice-email-history") ?? customElements.define("invoice-email-history", InvoiceEmailHistory);
