// The form for the firm's settings.

import { css, html, nothing } from "lit";

import { styleProperties } from "../../shared/style-properties.js";
import { RecordForm } from "../record.js";
import { idOf, valueOf } from "../record.view.js";
import "./forget.js";
import { LOCALES, example, languageName, textColorOn } from "./looks.js";

/** @typedef {"display_balances" | "allow_account_history" | "send_automatic_invoice_emails"} Switch */

/** The API's defaults. */
const BLANK = {
  firm_name: null,
  from_name: null,
  reply_to: null,
  timezone: "UTC",
  locale: "en-GB",
  display_balances: false,
  allow_account_history: false,
  send_automatic_invoice_emails: false,
  open_tracking: "individual",
  retention_days: null,
  payment_url: null,
  brand_color: null,
};

/** @type {Record<keyof typeof BLANK, string>} */
const LABELS = {
  firm_name: "Firm name",
  from_name: "Sender’s name",
  reply_to: "Reply-to",
  timezone: "Time zone",
  locale: "Language of amounts and dates",
  display_balances: "Display balances",
  allow_account_history: "Allow clients to view their account history?",
  send_automatic_invoice_emails: "Send automatic invoice notification emails?",
  open_tracking: "Open tracking",
  retention_days: "Keep details of opens and clicks for",
  payment_url: "Payment page’s address",
  brand_color: "Brand colour",
};

/** What clients see and get, and what each switch means. @type {[Switch, string][]} */
const SWITCHES = [
  ["display_balances", "Clients see the remaining balance in e-mails and on the invoice’s page."],
  [
    "allow_account_history",
    "Signed-in clients see all their invoices, payments and the whole outstanding amount; otherwise only the linked invoice.",
  ],
  [
    "send_automatic_invoice_emails",
    "When an invoice is finalized, it is e-mailed at once to the client’s addresses whose owner was invited, accepted and has a " +
      "login; others are skipped, and the history says why.",
  ],
];

/** @type {Record<string, string>} */
const TRACKING = {
  individual: "Each recipient’s opens and clicks are shown, but for clients with tracking off.",
  off: "Nobody sees opens and clicks of later e-mails.",
};

/** In days. */
const LONGEST_RETENTION = 3_650;

/** A start for choosing a colour, where there is none. */
const FIRST_COLOR = "#1f5fbf";

/** `<invoice-email-settings-form>`, what `<invoice-email-settings>` consists of. */
export class InvoiceEmailSettingsForm extends RecordForm {
  static styles = [
    ...RecordForm.styles,
    css`
      form {
        max-inline-size: 52rem;
      }
      .with [type="color"] {
        flex: none;
        inline-size: 3.5rem;
        padding: 0.125rem;
      }
      .sample {
        padding: 0.375rem 1rem;
        border-radius: var(--_radius);
        font-weight: 600;
      }
    `,
  ];

  noun = "the settings";
  announced = "settings";
  labels = LABELS;
  blank = BLANK;

  get path() {
    return "v1/settings";
  }

  /** @param {typeof BLANK} draft in the order of the fields, without what is not set */
  bodyOf(draft) {
    const names = /** @type {(keyof typeof BLANK)[]} */ (Object.keys(BLANK));
    const body = Object.fromEntries(names.map((name) => [name, draft[name] === "" ? null : draft[name]]));
    return { ...body, retention_days: daysOf(draft.retention_days) };
  }

  checked() {
    const days = daysOf(this.draft.retention_days);
    const isRight = typeof days === "number" ? days >= 1 && days <= LONGEST_RETENTION : !days;
    /** @type {Record<string, string>} */
    const faults = isRight ? {} : { "/retention_days": `Give a whole number of days from 1 to ${LONGEST_RETENTION}, or nothing.` };
    return faults;
  }

  heading() {
    return "Settings";
  }

  /** @param {string} name @param {unknown} value */
  #set(name, value) {
    this.draft[name] = value;
    this.write(`/${name}`);
  }

  /** @param {keyof typeof LABELS} name @param {{ inputmode?: "email" | "url", hint?: unknown, list?: string }} [more] */
  #text(name, more) {
    return this.input(`/${name}`, LABELS[name], this.draft[name] ?? "", (value) => (this.draft[name] = value), more);
  }

  /** @param {"timezone" | "open_tracking"} name @param {[value: string, words: string][]} options @param {string} [hint] */
  #select(name, options, hint) {
    const pointer = `/${name}`;
    return html`<div class="field">
      <label for=${name}>${LABELS[name]}</label>
      <select
        id=${name}
        data-field=${pointer}
        aria-describedby="${name}-error ${name}-hint"
        aria-invalid=${this.faults[pointer] ? "true" : "false"}
        @change=${(/** @type {Event} */ event) => this.#set(name, valueOf(event))}
      >
        ${options.map(([value, words]) => html`<option value=${value} .selected=${value === this.draft[name]}>${words}</option>`)}
      </select>
      ${this.notes(pointer, hint)}
    </div>`;
  }

  #color() {
    const color = this.draft.brand_color;
    const pointer = "/brand_color";
    const id = idOf(pointer);
    return html`<div class="field">
      <label for=${id}>${LABELS.brand_color}</label>
      <span class="row with">
        <input
          id=${id}
          data-field=${pointer}
          type="color"
          aria-describedby="${id}-error ${id}-hint"
          aria-invalid=${this.faults[pointer] ? "true" : "false"}
          .value=${color ?? FIRST_COLOR}
          @input=${(/** @type {Event} */ event) => this.#set("brand_color", valueOf(event))}
        />
        <span>${color ?? "None"}</span>
        ${color
          ? html`<button type="button" @click=${this.#noColor}>None</button>
              <span class="sample" style=${styleProperties({ background: color, color: textColorOn(color) })}>View invoice</span>`
          : nothing}
      </span>
      ${this.notes(pointer, "Of the e-mail’s button. Its text is black or white, whichever is easier to read.")}
    </div>`;
  }

  #noColor = () => {
    this.#set("brand_color", null);
    // The button goes.
    this.focusOn = "#brand_color";
  };

  fields() {
    const { timezone, locale, open_tracking: tracking, retention_days: days } = this.draft;
    const zones = [...new Set(["UTC", timezone, ...Intl.supportedValuesOf("timeZone")])];
    return html`<div class="group">
        <h3>For clients</h3>
        <div>
          ${SWITCHES.map(([name, hint]) => this.switch(`/${name}`, LABELS[name], this.draft[name], (on) => (this.draft[name] = on), hint))}
        </div>
      </div>
      <div class="group">
        <h3>Sender</h3>
        <div>
          ${this.#text("firm_name")} ${this.#text("from_name")}
          ${this.#text("reply_to", { inputmode: "email", hint: "Where answers go: an address, or Name <address>." })}
        </div>
      </div>
      <div class="group">
        <h3>Language and time</h3>
        <div>
          ${this.#text("locale", { list: "locales", hint: example(locale) })}
          <datalist id="locales">
            ${LOCALES.map((name) => html`<option value=${name}>${languageName(name)}</option>`)}
          </datalist>
          ${this.#select("timezone", zones.map((zone) => [zone, zone.replaceAll("_", " ")]))}
        </div>
      </div>
      <div class="group">
        <h3>E-mails</h3>
        <div>
          ${this.#select("open_tracking", [["individual", "Individual"], ["off", "Off"]], TRACKING[tracking])}
          ${this.#text("payment_url", {
            inputmode: "url",
            hint: "{invoice} stands for the invoice’s id, such as https://pay.example.com/{invoice}.",
          })}
          ${this.#color()}
        </div>
      </div>
      <div class="group">
        <h3>Data protection</h3>
        <div>
          ${this.input("/retention_days", LABELS.retention_days, String(days ?? ""), (value) => (this.draft.retention_days = value), {
            inputmode: "numeric",
            after: html`<span>days</span>`,
            hint:
              "After so many days the details of opens and clicks are deleted: with which program, from which network, each single " +
              "time. Statuses and counts stay. Empty: the details are kept.",
          })}
          <invoice-email-forget exportparts="problem, dialog" .connection=${this.connection}></invoice-email-forget>
        </div>
      </div>`;
  }
}

/** What is written in the field for days, as the API takes it; what is no number stays what it is. @param {unknown} written */
function daysOf(written) {
  if (typeof written !== "string") return written;
  const text = written.trim();
  if (text === "") return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}

customElements.get("invoice-email-settings-form") ?? customElements.define("invoice-email-settings-form", InvoiceEmailSettingsForm);
