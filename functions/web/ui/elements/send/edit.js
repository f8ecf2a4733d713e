// The first step: what is written.

import { html, nothing } from "lit";

import { icon } from "../../shared/icons.js";
import { problemNotice } from "../../shared/parts.js";
import { FACTS, FACT_NAMES, KINDS, LABELS, givenFact } from "./draft.js";
import { heading } from "./steps.js";

/** @typedef {import("../send.js").InvoiceEmailSend} Send */
/** @typedef {import("./draft.js").Fact} Fact */

/** The API's limits. */
const MAX_SUBJECT_CHARS = 255;
const MAX_MESSAGE_CHARS = 20_000;

/** @type {Partial<Record<Fact, { type?: string, inputmode?: "decimal" | "url", hint?: string }>>} */
const INPUTS = {
  amount: { inputmode: "decimal", hint: "Such as 1250.00" },
  balance: { inputmode: "decimal", hint: "Such as 1250.00" },
  currency: { hint: "Such as USD" },
  due_on: { type: "date" },
  url: { type: "url", inputmode: "url", hint: "Where the e-mail’s button leads" },
};

/** @param {Send} send */
export function editStep(send) {
  return html`<form novalidate @submit=${send.check} @input=${send.giveUpPreviewing}>
    ${heading(send, "Write the e-mail", true)}
    ${send.problem ? problemNotice(send.problem) : nothing} ${send.invoice ? nothing : invoiceField(send)}
    <div class="people">${KINDS.map((kind) => addressField(send, kind))}</div>
    ${subjectField(send)} ${messageField(send)} ${givenFacts(send)} ${missingFacts(send)} ${trackField(send)}
    <div class="actions">
      ${send.inline ? nothing : html`<button type="button" @click=${send.dismiss}>Cancel</button>`}
      <button type="submit" class="primary turns" aria-disabled=${send.busy !== ""}>
        ${send.busy === "previewing" ? "Checking…" : html`Check and preview${icon("next")}`}
      </button>
    </div>
  </form>`;
}

/** @param {Send} send */
function invoiceField(send) {
  return html`<div class="field">
    <label for="invoice">Invoice</label>
    <input
      id="invoice"
      autocomplete="off"
      spellcheck="false"
      maxlength="64"
      .value=${send.draft.invoice}
      aria-describedby="invoice-error invoice-hint"
      aria-invalid=${send.fields.invoice ? "true" : "false"}
      @input=${(/** @type {InputEvent} */ event) => send.write({ invoice: valueOf(event).trim() })}
    />
    ${fieldError(send, "invoice")}
    <p class="hint" id="invoice-hint">Its id in your portal.</p>
  </div>`;
}

/** @param {Send} send @param {import("./draft.js").Kind} kind */
function addressField(send, kind) {
  const hints = { to: "Name <address>, separated by ; or ,", cc: "Seen by all", bcc: "Seen by nobody else" };
  return html`<invoice-email-address-field
    id=${kind}
    class=${kind}
    ?data-autofocus=${kind === "to"}
    label=${LABELS[kind]}
    hint=${hints[kind]}
    .chips=${send.draft[kind]}
    .problem=${send.fields[kind] ?? ""}
    .note=${send.notes[kind] ?? ""}
    @change=${(/** @type {CustomEvent} */ event) => send.write({ [kind]: event.detail })}
  ></invoice-email-address-field>`;
}

/** @param {Send} send */
function subjectField(send) {
  const number = send.draft.facts.number?.trim() || givenFact(send.known, "number");
  return html`<div class="field">
    <label for="subject">Subject</label>
    <input
      id="subject"
      autocomplete="off"
      maxlength=${MAX_SUBJECT_CHARS}
      .value=${send.draft.subject}
      placeholder=${number ? `Invoice ${number} from …` : nothing}
      aria-describedby="subject-error subject-hint"
      aria-invalid=${send.fields.subject ? "true" : "false"}
      @input=${(/** @type {InputEvent} */ event) => send.write({ subject: valueOf(event) })}
    />
    ${fieldError(send, "subject")}
    <p class="hint" id="subject-hint">
      ${number ? "Left empty, it names the invoice and your firm." : "Needed, unless the invoice number is given below."}
    </p>
  </div>`;
}

/** @param {Send} send */
function messageField(send) {
  return html`<div class="field">
    <label for="message">Message</label>
    <textarea
      id="message"
      rows="7"
      maxlength=${MAX_MESSAGE_CHARS}
      .value=${send.draft.message}
      aria-describedby="message-error"
      aria-invalid=${send.fields.message ? "true" : "false"}
      @input=${(/** @type {InputEvent} */ event) => send.write({ message: valueOf(event) })}
    ></textarea>
    ${fieldError(send, "message")}
  </div>`;
}

/** What the portal gave can be written here only where the API refuses it. @param {Send} send @param {Fact} name */
function isGiven(send, name) {
  const isRefused = send.fields[`facts/${name}`] !== undefined || send.draft.facts[name] !== undefined;
  return givenFact(send.known, name) !== "" && !isRefused;
}

/** What the e-mail itself need not say: the client's id and the balance are for the report; the currency stands beside the amount. @type {readonly Fact[]} */
const UNSAID = ["client", "balance", "currency"];

/** @param {Send} send */
function givenFacts(send) {
  const given = FACT_NAMES.filter((name) => !UNSAID.includes(name) && isGiven(send, name));
  if (given.length === 0) return nothing;
  return html`<dl class="facts" part="facts" aria-label="What the e-mail says about the invoice">
    ${given.map(
      (name) =>
        html`<div>
          <dt>${FACTS[name]}</dt>
          <dd><bdi>${factText(send, name)}</bdi></dd>
        </div>`,
    )}
  </dl>`;
}

/** @param {Send} send @param {Fact} name */
function factText(send, name) {
  const text = givenFact(send.known, name);
  if (name === "due_on" && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))) return send.times.day(text);
  if (name === "amount") return `${givenFact(send.known, "currency")} ${text}`;
  return text;
}

/** @param {Send} send */
function missingFacts(send) {
  const missing = FACT_NAMES.filter((name) => !isGiven(send, name));
  if (missing.length === 0) return nothing;
  // Whoever is writing here goes on, also when what was refused is put right.
  const isInUse = missing.some((name) => send.fields[`facts/${name}`] || send.draft.facts[name] !== undefined);
  return html`<details class="missing" ?open=${isInUse || givenFact(send.known, "number") === ""}>
    <summary>${missing.length === FACT_NAMES.length ? "About the invoice" : "More about the invoice"}</summary>
    <p class="hint">
      What is filled in is kept with the e-mail. The e-mail itself shows the number, the client’s name, the amount, the due date
      and the link.
    </p>
    <div class="grid">${missing.map((name) => factField(send, name))}</div>
  </details>`;
}

/** @param {Send} send @param {Fact} name */
function factField(send, name) {
  const { type = "text", inputmode, hint = "" } = INPUTS[name] ?? {};
  const id = `facts-${name}`;
  const text = send.draft.facts[name] ?? givenFact(send.known, name);
  // What is no date cannot be shown in a field for dates.
  const value = type === "date" && !/^\d{4,6}-\d{2}-\d{2}$/.test(text) ? "" : text;
  return html`<div class="field">
    <label for=${id}>${FACTS[name]}</label>
    <input
      id=${id}
      type=${type}
      inputmode=${inputmode ?? nothing}
      autocomplete="off"
      .value=${value}
      aria-describedby="${id}-error ${id}-hint"
      aria-invalid=${send.fields[`facts/${name}`] ? "true" : "false"}
      @input=${(/** @type {InputEvent} */ event) => send.writeFact(name, valueOf(event))}
    />
    ${fieldError(send, `facts/${name}`)}
    <p class="hint" id="${id}-hint" ?hidden=${!hint}>${hint}</p>
  </div>`;
}

/** @param {Send} send */
function trackField(send) {
  return html`<div class="field">
    <label class="check">
      <input
        type="checkbox"
        aria-describedby="track-hint"
        .checked=${send.draft.track}
        @change=${(/** @type {Event} */ event) =>
          send.write({ track: /** @type {HTMLInputElement} */ (event.target).checked })}
      />
      Show whether it is opened
    </label>
    <p class="hint" id="track-hint">
      ${send.draft.track
        ? "Each copy has its own invisible picture and its own links."
        : "No picture and no links of ours: opens and clicks are “not tracked”."}
    </p>
  </div>`;
}

/** @param {Send} send @param {string} name */
function fieldError(send, name) {
  const error = send.fields[name];
  return html`<p class="error" id="${name.replace("/", "-")}-error" ?hidden=${!error}>${error}</p>`;
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLTextAreaElement} */ (event.target).value;
}
