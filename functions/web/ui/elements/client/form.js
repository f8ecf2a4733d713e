// The form for a client.

import { css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { mailboxKey, parseList } from "../../shared/addresses.js";
import { icon } from "../../shared/icons.js";
import { addressView } from "../../shared/parts.js";
import { chipName, chipsOf } from "../send/address-field.js";
import { RecordForm } from "../record.js";
import { STEPS, instant, localTime, stateOf } from "./contacts.js";

/** @typedef {import("./contacts.js").Contact} Contact */
/** @typedef {import("./contacts.js").State} State */
/** @typedef {import("./contacts.js").Step} Step */
/** @typedef {import("../send/address-field.js").Chip} Chip */
/** @typedef {Contact & { key: number }} Person */
/** @typedef {{ name: string, chips: Chip[], contacts: Person[], open_tracking: "individual" | "off" }} Draft */

/** Word, icon and colour. @type {Record<State, [word: string, icon: string, look: string]>} */
const STATES = {
  uninvited: ["Not invited", "hand", ""],
  pending: ["Invitation pending since", "queued", "deferred"],
  expired: ["Invitation expired", "delayed", "bounced"],
  no_login: ["No login yet", "queued", "deferred"],
  ready: ["Gets automatic e-mails", "delivered", "opened"],
};

const STEP_NAMES = /** @type {Step[]} */ (Object.keys(STEPS));

let lastKey = 0;

/** `<invoice-email-client-form>`, what `<invoice-email-client>` consists of. */
export class InvoiceEmailClientForm extends RecordForm {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = { clientId: { attribute: false } };

  static styles = [
    ...RecordForm.styles,
    css`
      .people {
        border: 1px solid var(--_line);
        border-radius: var(--_radius);
      }
      .people > li {
        padding: 0.375rem 1rem;
      }
      .people > li + li {
        border-block-start: 1px solid var(--_line);
      }
      .who {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.25rem 1rem;
        /* Beside the triangle. */
        inline-size: calc(100% - 1.25rem);
        min-block-size: 2.5rem;
        vertical-align: middle;
        overflow-wrap: anywhere;
      }
      div.who {
        inline-size: 100%;
        padding-inline-start: 1.25rem;
      }
      .person {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
        gap: 0.75rem 1rem;
        align-items: start;
        padding-block: 0.5rem 1rem;
      }
      .remove {
        align-self: end;
        justify-self: start;
      }
      .add {
        justify-self: start;
      }
    `,
  ];

  labels = { name: "Name", email: "E-mail addresses", contacts: "Contacts", open_tracking: "Tracking" };
  announced = "client";
  noun = "this client";
  blank = { name: null, email: "", contacts: [], open_tracking: "individual" };

  constructor() {
    super();
    this.clientId = "";
  }

  get path() {
    return `v1/clients/${encodeURIComponent(this.clientId)}`;
  }

  /** @param {{ name: string | null, email: string, contacts: Contact[], open_tracking: "individual" | "off" }} record @returns {Draft} */
  draftOf({ name, email, contacts, open_tracking }) {
    // Who stays is the same as before, so that what is open stays open.
    const before = /** @type {Draft | null} */ (this.draft)?.contacts ?? [];
    const people = contacts.map((contact, index) => ({ ...contact, key: before[index]?.key ?? (lastKey += 1) }));
    return { name: name ?? "", chips: chipsOf(email), contacts: people, open_tracking };
  }

  /** @param {Draft} draft */
  bodyOf({ name, chips, contacts, open_tracking }) {
    return {
      name: name.trim() || null,
      email: chips.map(({ text }) => text.trim()).join("; "),
      contacts: contacts.map(({ key: _, ...contact }) => ({
        ...contact,
        address: contact.address.trim(),
        name: contact.name?.trim() || null,
      })),
      open_tracking,
    };
  }

  get unsent() {
    return super.unsent || (this.#box?.pending ?? false);
  }

  /** @returns {import("../send/address-field.js").InvoiceEmailAddressField | null} */
  get #box() {
    return this.renderRoot?.querySelector("invoice-email-address-field") ?? null;
  }

  checked() {
    this.#box?.commit();
    const { chips, contacts } = /** @type {Draft} */ (this.draft);
    /** @type {Record<string, string>} */
    const faults = {};
    if (chips.some(({ fault }) => fault)) faults["/email"] = "Put right or remove what is marked.";
    contacts.forEach(({ address }, index) => {
      const [part, more] = parseList(address);
      if (!part || more || part.fault) faults[`/contacts/${index}/address`] = "Give one address, such as ann@example.com.";
    });
    return faults;
  }

  heading() {
    return html`Client <bdi>${this.clientId}</bdi>`;
  }

  /** @param {string} address @param {string | null} name */
  #add(address, name) {
    const key = (lastKey += 1);
    const index = this.draft.contacts.push({ address, name, invited_at: null, accepted_at: null, login_created_at: null, key }) - 1;
    this.write("/contacts");
    this.focusOn = `#contacts-${index}-${address ? "invited_at" : "address"}`;
  }

  /** @param {number} index */
  #remove(index) {
    this.draft.contacts.splice(index, 1);
    this.write("/contacts");
    this.said = "Removed.";
    this.focusOn = ".add";
  }

  /** @param {State} state @param {string | null} [since] */
  #chip(state, since = null) {
    const [word, shape, look] = STATES[state];
    const when = state === "pending" ? this.times.element(since, "date") : nothing;
    return html`<span class="chip ${look}" part="chip">${icon(shape)}<span>${word} ${when}</span></span>`;
  }

  /** @param {Person} person @param {number} index @param {Set<string>} listed */
  #person(person, index, listed) {
    const pointer = `/contacts/${index}`;
    const [part] = parseList(person.address);
    // A new one is not blamed for what is still to be written.
    const isListed = person.address === "" || listed.has(mailboxKey(part?.address ?? ""));
    const state = stateOf(person, Date.now());
    return html`<li>
      <details>
        <summary>
          <span class="who">
            <span>
              ${person.name ? html`<strong><bdi>${person.name}</bdi></strong> ` : nothing}${person.address
                ? addressView(person.address)
                : person.name
                  ? nothing
                  : "New contact"}
            </span>
            <span class="row">
              ${isListed ? nothing : html`<span class="hint">Not among the addresses above</span>`}
              ${isListed || state !== "ready" ? this.#chip(state, person.invited_at) : nothing}
            </span>
          </span>
        </summary>
        <div class="person">
          ${this.input(`${pointer}/address`, "Address", person.address, (value) => (person.address = value), { inputmode: "email" })}
          ${this.input(`${pointer}/name`, "Name", person.name ?? "", (value) => (person.name = value))}
          ${STEP_NAMES.map((step) => this.#step(person, step, `${pointer}/${step}`))}
          <button type="button" class="remove" @click=${() => this.#remove(index)}>
            ${icon("close")}Remove<span class="unseen"> ${person.address}</span>
          </button>
        </div>
      </details>
    </li>`;
  }

  /** @param {Person} person @param {Step} step @param {string} pointer */
  #step(person, step, pointer) {
    const { timezone } = this.times;
    const at = person[step];
    const toggle = () => {
      person[step] = at ? null : new Date().toISOString();
      this.write(pointer);
    };
    return this.input(pointer, STEPS[step], localTime(at, timezone), (local) => (person[step] = instant(local, timezone)), {
      type: "datetime-local",
      after: html`<button type="button" aria-label="${STEPS[step]}: ${at ? "clear" : "now"}" @click=${toggle}>
        ${at ? "Clear" : "Now"}
      </button>`,
    });
  }

  #contacts() {
    const { chips, contacts } = /** @type {Draft} */ (this.draft);
    const listed = new Set(chips.map(({ address }) => mailboxKey(address)));
    const known = new Set(contacts.flatMap(({ address }) => parseList(address).map((part) => mailboxKey(part.address))));
    const others = chips.filter(({ address, fault }) => !fault && !known.has(mailboxKey(address)));
    return html`<div class="group">
      <h3>Contacts</h3>
      <div>
        <p class="hint">
          Automatic e-mails go to those of the addresses whose owner was invited, accepted and has a login. Times in
          ${this.times.timezone}.
        </p>
        ${contacts.length + others.length > 0
          ? html`<ul class="people">
              ${repeat(contacts, ({ key }) => key, (person, index) => this.#person(person, index, listed))}
              ${others.map(
                (chip) =>
                  html`<li>
                    <div class="who">
                      <span>${chip.name ? html`<strong><bdi>${chip.name}</bdi></strong> ` : nothing}${addressView(chip.address)}</span>
                      <span class="row">
                        ${this.#chip("uninvited")}
                        <button type="button" @click=${() => this.#add(chip.address, chip.name)}>
                          Add<span class="unseen"> ${chipName(chip)} as a contact</span>
                        </button>
                      </span>
                    </div>
                  </li>`,
              )}
            </ul>`
          : nothing}
        <button type="button" class="add" @click=${() => this.#add("", null)}>Add a contact</button>
      </div>
    </div>`;
  }

  fields() {
    const { name, chips, open_tracking: tracking } = /** @type {Draft} */ (this.draft);
    return html`${this.isNew ? html`<p class="notice">There is no such client yet. Saving creates it.</p>` : nothing}
      <div class="group">
        <h3>Client</h3>
        <div>
          ${this.input("/name", "Name", name, (value) => (this.draft.name = value))}
          <invoice-email-address-field
            id="email"
            data-field="/email"
            label="E-mail addresses"
            hint="Several addresses separated by semicolons"
            .chips=${chips}
            .problem=${this.faults["/email"] ?? ""}
            @change=${(/** @type {CustomEvent} */ event) => {
              this.draft.chips = event.detail;
              this.write("/email");
            }}
          ></invoice-email-address-field>
        </div>
      </div>
      ${this.#contacts()}
      <div class="group">
        <h3>Tracking</h3>
        <div>${this.switch(
          "/open_tracking",
          "Track opens and clicks in this client’s e-mails",
          tracking !== "off",
          (isOn) => (this.draft.open_tracking = isOn ? "individual" : "off"),
          "Off, nobody sees opens and clicks of later e-mails to this client. Where the settings have open tracking off, it is off " +
            "for every client.",
        )}</div>
      </div>`;
  }
}

customElements.get("invoice-email-client-form") ?? customElements.define("invoice-email-client-form", InvoiceEmailClientForm);
