// What is known of one send as a file: a page to print, or data.

import { css, html, nothing } from "lit";

import { InvoiceEmailElement } from "../../shared/element.js";
import { icon } from "../../shared/icons.js";
import { problemNotice } from "../../shared/parts.js";
import { controls, lists, notices, tokens } from "../../shared/styles.js";

/** @typedef {import("../../shared/problem.js").Problem} Problem */
/** @typedef {"html" | "json"} Format */

/** Browsers read a file after it was offered, each when it likes. */
const KEPT_MS = 5 * 60_000;

/**
 * `<invoice-email-proof>`, used by the communications view. Fires `close`.
 *
 * The page is saved rather than shown in a new tab: it comes with a request that needs the token, after which browsers take a new
 * tab for one that nobody asked for; a tab with a blob's address would have the page's own policy, which forbids the proof's styles;
 * and what proves something is kept as a file.
 */
export class InvoiceEmailProof extends InvoiceEmailElement {
  static properties = {
    invoice: {},
    send: {},
    busy: { state: true },
    problem: { state: true },
    said: { state: true },
  };

  static styles = [
    tokens,
    controls,
    notices,
    lists,
    css`
      :host {
        display: contents;
      }
      .content,
      ul {
        display: grid;
        gap: 0.75rem;
      }
      ul {
        gap: 0.25rem;
        padding-inline-start: 1.25rem;
        list-style: disc;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      [role="status"] {
        min-block-size: 1.45em;
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    this.invoice = "";
    this.send = "";
    /** @type {"" | Format} */
    this.busy = "";
    /** @type {Problem | null} */
    this.problem = null;
    /** What was asked for last. @type {Format} */
    this.format = "html";
    this.said = "";
  }

  /** @param {Format} format */
  async #save(format) {
    if (this.busy) return;
    this.format = format;
    this.busy = format;
    this.problem = null;
    this.said = "Loading…";
    try {
      const path = `v1/invoices/${encodeURIComponent(this.invoice)}/emails/${encodeURIComponent(this.send)}/proof`;
      const { signal } = this.untilRemoved;
      const isPage = format === "html";
      const text = isPage
        ? (await this.client.text(path, { format }, { signal })).text
        : `${JSON.stringify(await this.client.get(path, {}, { signal }), null, 2)}\n`;
      const name = `invoice-${this.invoice.replaceAll(/[^\w.-]+/g, "-")}-proof.${format}`;
      give(new Blob([text], { type: isPage ? "text/html" : "application/json" }), name);
      this.said = `Saved as ${name}.`;
    } catch (error) {
      this.said = "";
      this.problem = this.problemOf(error);
    } finally {
      this.busy = "";
    }
  }

  /** @param {Format} format @param {string} words @param {string} look */
  #button(format, words, look) {
    return html`<button
      type="button"
      class=${look}
      ?data-autofocus=${format === "html"}
      aria-disabled=${this.busy !== ""}
      @click=${() => this.#save(format)}
    >
      ${icon("download")}${words}
    </button>`;
  }

  #again = () => {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`button.${this.format === "html" ? "primary" : "data"}`))?.focus();
    this.#save(this.format);
  };

  render() {
    return html`<invoice-email-dialog
      exportparts="dialog"
      heading="Proof of sending"
      @close=${() => this.dispatchEvent(new CustomEvent("close"))}
    >
      <div class="content">
        <p>What is recorded of this e-mail, to be kept or handed on:</p>
        <ul>
          <li>what was sent, when, by whom and to whom;</li>
          <li>what the recipients’ mail servers answered;</li>
          <li>opens and clicks, and why each is taken for a person’s or a machine’s.</li>
        </ul>
        <p class="muted">It shows what was sent and what became of it. That somebody has read it, nothing proves.</p>
        ${this.problem ? problemNotice(this.problem, this.#again) : nothing}
        <div class="row">
          ${this.#button("html", "Save as a page to print", "primary")} ${this.#button("json", "Save as data (JSON)", "data")}
        </div>
        <p class="muted" role="status">${this.said}</p>
      </div>
    </invoice-email-dialog>`;
  }
}

/** Has the browser save a file. @param {Blob} file @param {string} name */
function give(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

customElements.get("invoice-email-proof") ?? customElements.define("invoice-email-proof", InvoiceEmailProof);
