// All clients, to choose one from, or to open one by its id.

import { css, html, nothing } from "lit";

import { InvoiceEmailElement } from "../../shared/element.js";
import { problemNotice } from "../../shared/parts.js";
import { controls, fields, lists, notices, tokens } from "../../shared/styles.js";

/** @typedef {import("../../shared/problem.js").Problem} Problem */
/** @typedef {import("./contacts.js").Contact} Contact */
/** @typedef {{ client: string, name: string | null, email: string, contacts: Contact[] }} Row */

const PAGE = 50;

/** `<invoice-email-client-list>`, used by `<invoice-email-client>`. Fires `open` with an id, unless the page shows the client itself. */
export class InvoiceEmailClientList extends InvoiceEmailElement {
  static properties = {
    rows: { state: true },
    cursor: { state: true },
    busy: { state: true },
    problem: { state: true },
  };

  static styles = [
    tokens,
    controls,
    notices,
    lists,
    fields,
    css`
      :host {
        container: clients / inline-size;
      }
      h2 {
        font-size: 1.25rem;
      }
      h2:focus {
        outline: none;
      }
      form {
        max-inline-size: 26rem;
        margin-block: 0.5rem 1rem;
      }
      .row input {
        flex: 1;
      }
      li {
        border-block-start: 1px solid var(--_line);
      }
      li button {
        display: grid;
        justify-content: stretch;
        inline-size: 100%;
        gap: 0 1rem;
        padding: 0.5rem;
        border: 0;
        border-radius: 0;
        text-align: inherit;
        overflow-wrap: anywhere;
      }
      .name {
        color: var(--_accent);
        font-weight: 600;
      }
      .more {
        margin-block-start: 1rem;
      }
      @container clients (min-width: 40rem) {
        li button {
          grid-template-columns: 2fr 1fr 3fr;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Row[]} */
    this.rows = [];
    /** Where the next page begins: nothing before the first answer, `null` after the last. @type {string | null | undefined} */
    this.cursor = undefined;
    this.busy = false;
    /** @type {Problem | null} */
    this.problem = null;
    this.asking = new AbortController();
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated && this.cursor === undefined) this.#load();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (this.hasUpdated && !changed.has("api") && !this.hasOtherToken(changed)) return;
    this.rows = [];
    this.cursor = undefined;
    this.#load();
  }

  /** The next page. */
  #load = async () => {
    this.asking.abort();
    this.asking = new AbortController();
    const signal = AbortSignal.any([this.asking.signal, this.untilRemoved.signal]);
    this.busy = true;
    this.problem = null;
    try {
      const answer = await this.client.get("v1/clients", { limit: PAGE, cursor: this.cursor }, { signal });
      if (signal.aborted) return;
      this.rows = [...this.rows, ...answer.rows];
      this.cursor = answer.next_cursor;
    } catch (error) {
      const problem = this.problemOf(error);
      if (!signal.aborted) this.problem = problem;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  };

  /** @param {string} client */
  #open(client) {
    if (this.announce("client", { client })) this.dispatchEvent(new CustomEvent("open", { detail: client }));
  }

  /** @param {Event} event */
  #byId(event) {
    event.preventDefault();
    const input = this.renderRoot.querySelector("input");
    const client = (input?.value ?? "").trim();
    // Dots alone would lead elsewhere in a URL.
    if (/^\.{0,2}$/.test(client)) input?.focus();
    else this.#open(client);
  }

  render() {
    return html`<h2 tabindex="-1">Clients</h2>
      <form @submit=${this.#byId}>
        <div class="field">
          <label for="id">Client’s id in your portal</label>
          <span class="row"><input id="id" autocomplete="off" spellcheck="false" /><button type="submit">Open</button></span>
        </div>
      </form>
      <ul aria-busy=${this.busy} aria-label="Clients">
        ${this.rows.map(
          ({ client, name, email }) =>
            html`<li>
              <button type="button" @click=${() => this.#open(client)}>
                <bdi class="name">${name || client}</bdi><bdi class="muted">${client}</bdi><bdi>${email}</bdi>
              </button>
            </li>`,
        )}
      </ul>
      ${this.problem ? problemNotice(this.problem, this.#load) : nothing}
      <p class="muted" role="status">
        ${this.busy ? "Loading…" : ""}
        ${this.rows.length === 0 && this.cursor === null ? "No clients yet. Opened by its id, one can be created." : ""}
      </p>
      ${this.cursor && !this.problem
        ? html`<button type="button" class="more" aria-disabled=${this.busy} @click=${this.#load}>Show more</button>`
        : nothing}`;
  }
}

customElements.get("invoice-email-client-list") ?? customElements.define("invoice-email-client-list", InvoiceEmailClientList);
