// The fields that narrow the report. They apply when a field is left or Enter is pressed, never while somebody types.

import { LitElement, css, html, nothing } from "lit";
import { live } from "lit/directives/live.js";

import { icon } from "../../shared/icons.js";
import { controls, tokens } from "../../shared/styles.js";
import { PERIODS, TEXTS, isDay, isUnfiltered, noFilters } from "./filters.js";

/** @typedef {import("./filters.js").Filters} Filters */

/** @type {Record<string, string>} */
const LABELS = { from: "First day", to: "Last day", client: "Client id", recipient: "Recipient’s address", invoice: "Invoice" };

/** A year of two digits is year 26 to a browser; nothing was e-mailed then. */
const EARLIEST_DAY = "2000-01-01";

/**
 * `<invoice-email-report-filters>`, a part of the report. Fires `change` with the filters that somebody chose.
 */
export class InvoiceEmailReportFilters extends LitElement {
  static properties = {
    value: { attribute: false },
    span: { attribute: false },
    errors: { attribute: false },
    unfolded: { state: true },
  };

  static styles = [
    tokens,
    controls,
    css`
      :host {
        container-type: inline-size;
      }
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
        align-items: start;
        gap: 0.5rem 0.75rem;
        max-inline-size: 100rem;
      }
      .actions {
        display: flex;
        grid-column-end: span 2;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-block-start: 1.35rem;
      }
      .fold {
        display: none;
      }
      .error {
        font-size: 0.875em;
      }
      @container (max-width: 40rem) {
        .fold {
          display: inline-flex;
        }
        .folded .text,
        .folded .apply {
          display: none;
        }
        .actions {
          grid-column: 1 / -1;
          margin-block-start: 0;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Filters} */
    this.value = noFilters();
    /** The days that are shown. */
    this.span = { from: "", to: "" };
    /** What the API says about a field. @type {Record<string, string>} */
    this.errors = {};
    this.unfolded = false;
    /** Whether the keys are used in a field, and not its calendar. */
    this.types = false;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    const focused = /** @type {HTMLElement | null} */ (/** @type {ShadowRoot} */ (this.renderRoot).activeElement);
    // Only who is at the fields is led to the mistake.
    if (changed.has("errors") && focused) {
      /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('[aria-invalid="true"]'))?.focus();
    }
  }

  /** @param {Partial<Filters>} patch */
  #change(patch) {
    const value = { ...this.value, ...patch };
    if (JSON.stringify(value) !== JSON.stringify(this.value)) this.dispatchEvent(new CustomEvent("change", { detail: value }));
  }

  /** @param {Event} event */
  #picked(event) {
    const period = /** @type {HTMLSelectElement} */ (event.target).value;
    // A custom period begins as the one that was shown, so that nothing moves until a day is changed.
    this.#change({ period, day: "", ...(period === "custom" ? this.span : {}) });
  }

  /** @param {Event} event */
  #typed(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    // While its parts are typed a date is already one, but not yet the one that is meant.
    if (field.type === "date" && (this.types || !field.validity.valid)) return;
    this.#change({ [field.name]: field.value.trim() });
  }

  #types() {
    this.types = true;
  }

  /** @param {Event} event */
  #left(event) {
    this.types = false;
    this.#typed(event);
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const texts = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
    this.#change(Object.fromEntries(texts));
  }

  #clear() {
    this.#change(noFilters());
  }

  #fold() {
    this.unfolded = !this.unfolded;
  }

  render() {
    const { value } = this;
    const typed = TEXTS.filter((name) => value[name]).length;
    const isFolded = !this.unfolded && !TEXTS.some((name) => this.errors[name]);
    return html`<form part="filters" novalidate class=${isFolded ? "folded" : ""} @submit=${this.#submitted}>
      <label>
        Period
        <select name="period" .value=${live(value.period)} @change=${this.#picked}>
          ${Object.entries(PERIODS).map(([name, words]) => html`<option value=${name} ?selected=${name === value.period}>${words}</option>`)}
        </select>
      </label>
      ${value.period === "custom" ? [this.#field("from"), this.#field("to")] : nothing} ${TEXTS.map((name) => this.#field(name))}
      <div class="actions">
        <button type="button" class="fold" aria-expanded=${!isFolded} @click=${this.#fold}>
          ${icon("filter")}More filters${typed > 0 ? ` (${typed})` : ""}
        </button>
        <button type="submit" class="apply">Apply</button>
        <button type="button" class="plain" aria-disabled=${isUnfiltered(value)} @click=${this.#clear}>Clear filters</button>
      </div>
    </form>`;
  }

  /** @param {"from" | "to" | "client" | "recipient" | "invoice"} name */
  #field(name) {
    const error = this.errors[name];
    const text = this.value[name];
    const takesDay = name === "from" || name === "to";
    return html`<div class=${takesDay ? "" : "text"}>
      <label>
        ${LABELS[name]}
        <input
          name=${name}
          type=${takesDay ? "date" : "text"}
          min=${takesDay ? EARLIEST_DAY : nothing}
          maxlength=${takesDay ? nothing : 320}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          .value=${live(takesDay && !isDay(text) ? "" : text)}
          aria-invalid=${error ? "true" : nothing}
          aria-describedby=${error ? `${name}-error` : nothing}
          @change=${this.#typed}
          @keydown=${this.#types}
          @focusout=${this.#left}
        />
      </label>
      ${error ? html`<p class="error" id="${name}-error" role="alert">${error}</p>` : nothing}
    </div>`;
  }
}

customElements.get("invoice-email-report-filters") ?? customElements.define("invoice-email-report-filters", InvoiceEmailReportFilters);
