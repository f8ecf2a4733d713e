// A modal dialog: the browser's own, with a heading and a way out. Focus moves in, stays, and goes back where it was.

import { LitElement, css, html } from "lit";

import { icon } from "./icons.js";
import { controls, tokens } from "./styles.js";

/**
 * `<invoice-email-dialog heading="…">`, used by the elements of this module only. Fires `close` when it was closed, and
 * `cancel` before a person closes it by Escape or the button: prevented, it stays. What carries `data-autofocus` among its
 * content has the focus first; without it the button that closes has.
 */
export class InvoiceEmailDialog extends LitElement {
  static properties = { heading: {}, wide: { type: Boolean } };

  static styles = [
    tokens,
    controls,
    css`
      :host {
        display: contents;
      }
      dialog {
        inline-size: min(34rem, 100vw - 1rem);
        /* From a fixed line downwards: in the middle, each line that comes or goes would move all others. */
        --_above: clamp(0.5rem, 9dvh, 8rem);
        margin-block-start: var(--_above);
        max-block-size: calc(100dvh - var(--_above) - 0.5rem);
        padding: 0;
        border: 1px solid var(--_line);
        border-radius: calc(var(--_radius) * 2);
        background: var(--_surface);
        color: var(--_text);
        overflow: auto;
        /* What has the focus never lies below the heading, nor below buttons that stick to the edge. */
        scroll-padding-block-start: 4rem;
        scroll-padding-block-end: 4.5rem;
      }
      :host([wide]) dialog {
        inline-size: min(60rem, 100vw - 1rem);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 50%);
      }
      header {
        position: sticky;
        inset-block-start: 0;
        z-index: 3;
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.75rem 1rem;
        border-block-end: 1px solid var(--_line);
        background: var(--_surface);
      }
      h2 {
        min-inline-size: 0;
        font-size: 1.125rem;
        overflow-wrap: anywhere;
      }
      .content {
        padding: 1rem;
      }
    `,
  ];

  constructor() {
    super();
    this.heading = "";
    this.wide = false;
    /** Whether it closes because it was told to. */
    this.isAsked = false;
  }

  firstUpdated() {
    this.renderRoot.querySelector("dialog")?.showModal();
    // The browser's own `autofocus` does not look into slots.
    /** @type {HTMLElement | null} */ (this.querySelector("[data-autofocus]"))?.focus();
  }

  /** Closes it; `close` follows. */
  close() {
    this.isAsked = true;
    this.renderRoot.querySelector("dialog")?.close();
  }

  #mayClose() {
    return this.dispatchEvent(new CustomEvent("cancel", { cancelable: true }));
  }

  #leave() {
    if (this.#mayClose()) this.close();
  }

  /** @param {Event} event */
  #cancelled(event) {
    // A file picker or another thing inside may be cancelled too.
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    this.#leave();
  }

  /** Browsers close a dialog at the second Escape whatever the page says; the key itself can be held back. @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    this.#leave();
  }

  #closed() {
    // A browser may have ways of its own to close it.
    if (!this.isAsked && !this.#mayClose()) {
      this.renderRoot.querySelector("dialog")?.showModal();
      return;
    }
    this.dispatchEvent(new CustomEvent("close"));
  }

  render() {
    return html`<dialog
      aria-labelledby="heading"
      part="dialog"
      @close=${this.#closed}
      @cancel=${this.#cancelled}
      @keydown=${this.#pressed}
    >
      <header>
        <h2 id="heading">${this.heading}</h2>
        <button type="button" class="plain" aria-label="Close" @click=${this.#leave}>${icon("close")}</button>
      </header>
      <div class="content"><slot></slot></div>
    </dialog>`;
  }
}

customElements.get("invoice-email-dialog") ?? customElements.define("invoice-email-dialog", InvoiceEmailDialog);
