// A client: its name, its addresses, and the people behind them. Without an id, a list of all clients to choose from.

import { html, nothing } from "lit";

import { LaterElement } from "./later.js";

/** `<invoice-email-client client="client-7">`. Announces `saved` with `{ client }`; in the list, `client` with `{ client }`, an id. */
export class InvoiceEmailClient extends LaterElement {
  static properties = { clientId: { attribute: "client" }, chosen: { state: true } };

  constructor() {
    super();
    this.clientId = "";
    /** The client that was chosen here, where the page has no place of its own for it. */
    this.chosen = "";
  }

  #back = async () => {
    if (await this.mayLeave()) this.chosen = "";
  };

  form() {
    const clientId = this.clientId || this.chosen;
    if (!clientId) {
      return html`<invoice-email-client-list
        exportparts="problem"
        .connection=${this.connection}
        @open=${(/** @type {CustomEvent} */ event) => (this.chosen = event.detail)}
      ></invoice-email-client-list>`;
    }
    return html`${this.clientId ? nothing : html`<button type="button" class="plain" @click=${this.#back}>All clients</button>`}
      <invoice-email-client-form
        data-form
        exportparts="problem, chip"
        .connection=${this.connection}
        .clientId=${clientId}
      ></invoice-email-client-form>`;
  }
}

customElements.get("invoice-email-client") ?? customElements.define("invoice-email-client", InvoiceEmailClient);
