// Forgets a person: takes a name and an address out of all that is recorded, for good.

import { css, html, nothing } from "lit";

import { parseList } from "../../shared/addresses.js";
import { InvoiceEmailElement } from "../../shared/element.js";
import { problemNotice } from "../../shared/parts.js";
import { controls, fields, lists, notices, tokens } from "../../shared/styles.js";

/** @typedef {import("../../shared/problem.js").Problem} Problem */

/** `<invoice-email-forget>`, used by the form for settings: a field for an address, and the question before it is forgotten. */
export class InvoiceEmailForget extends InvoiceEmailElement {
  static properties = {
    fault: { state: true },
    asked: { state: true },
    busy: { state: true },
    problem: { state: true },
    said: { state: true },
  };

  static styles = [
    tokens,
    controls,
    notices,
    lists,
    fields,
    css`
      h4 {
        margin: 0;
        font-size: 1rem;
      }
      form {
        gap: 0.5rem;
      }
      .row input {
        flex: 1 1 14.5rem;
        inline-size: auto;
        min-inline-size: 0;
      }
      .content,
      .content ul {
        display: grid;
        gap: 0.75rem;
        overflow-wrap: anywhere;
      }
      .content ul {
        gap: 0.25rem;
        padding-inline-start: 1.25rem;
        list-style: disc;
      }
      .content .row {
        justify-content: end;
      }
      .grave {
        border-color: var(--_rejected);
        background: var(--_rejected-back);
        color: var(--_rejected);
      }
      .grave:hover {
        background: var(--_surface);
      }
    `,
  ];

  constructor() {
    super();
    /** What is wrong with what was written. */
    this.fault = "";
    /** The address that shall be forgotten, while it is asked whether it shall. */
    this.asked = "";
    this.busy = false;
    /** @type {Problem | null} */
    this.problem = null;
    this.said = "";
  }

  /** @returns {HTMLInputElement} */
  get #field() {
    return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector("#address"));
  }

  /** @param {Event} event */
  #ask = (event) => {
    event.preventDefault();
    const [part, more] = parseList(this.#field.value);
    this.said = "";
    this.problem = null;
    this.fault = !part || more || part.fault ? "Give one address, such as ann@example.com." : "";
    if (this.fault) this.#field.focus();
    else this.asked = part.address;
  };

  #written = () => {
    this.fault = "";
    this.said = "";
  };

  #dismiss = () => {
    /** @type {import("../../shared/dialog.js").InvoiceEmailDialog | null} */ (
      this.renderRoot.querySelector("invoice-email-dialog")
    )?.close();
  };

  #closed = () => {
    this.asked = "";
  };

  #forget = async () => {
    if (this.busy) return;
    const address = this.asked;
    this.busy = true;
    this.problem = null;
    try {
      // Nothing ends this request: what is deleted half-way cannot be brought back.
      const isDone = await this.client.delete(`v1/recipients/${encodeURIComponent(address)}`);
      this.#forgotten(
        isDone
          ? `${address} is forgotten.`
          : `${address} is being forgotten. There is much to go through; it goes on by itself, also when you leave this page.`,
      );
    } catch (error) {
      const problem = this.problemOf(error);
      if (problem?.status === 404) this.#forgotten(`Nobody of the address ${address} is known, or no longer: there is nothing to forget.`);
      else this.problem = problem;
    } finally {
      this.busy = false;
    }
  };

  /** @param {string} words */
  #forgotten(words) {
    this.said = words;
    this.#field.value = "";
    this.#dismiss();
  }

  #question() {
    if (!this.asked) return nothing;
    return html`<invoice-email-dialog exportparts="dialog" heading="Forget this person?" @close=${this.#closed}>
      <div class="content">
        <p><strong><bdi>${this.asked}</bdi></strong></p>
        <p>What is deleted: this person’s name and address, wherever an e-mail to them is recorded.</p>
        <p>
          What stays: which invoices were e-mailed and when, their statuses and counts. In the place of the name and address stands one
          that is nobody’s, such as forgotten-…@forgotten.invalid.
        </p>
        <p><strong>This cannot be undone.</strong> A proof that this person got an e-mail can no longer be given.</p>
        ${this.problem ? problemNotice(this.problem) : nothing}
        <div class="row">
          <button type="button" data-autofocus @click=${this.#dismiss}>Keep</button>
          <button type="button" class="grave" aria-disabled=${this.busy} @click=${this.#forget}>
            ${this.busy ? "Forgetting…" : "Forget for good"}
          </button>
        </div>
      </div>
    </invoice-email-dialog>`;
  }

  render() {
    return html`<form novalidate @submit=${this.#ask}>
        <h4>Forget a person</h4>
        <div class="field">
          <label for="address">Address of who asks to be forgotten</label>
          <span class="row"
            ><input
              id="address"
              inputmode="email"
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              dir="ltr"
              aria-describedby="error hint"
              aria-invalid=${this.fault ? "true" : "false"}
              @input=${this.#written}
            /><button type="submit">Forget…</button></span
          >
          <p class="error" id="error" ?hidden=${!this.fault}>${this.fault}</p>
          <p class="hint" id="hint">In all of your firm’s e-mails. You are asked once more before anything is deleted.</p>
        </div>
        <p role="status">${this.said}</p>
      </form>
      ${this.#question()}`;
  }
}

customElements.get("invoice-email-forget") ?? customElements.define("invoice-email-forget", InvoiceEmailForget);
