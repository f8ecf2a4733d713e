// The addresses that no e-mail goes to, and how staff allow one again.

import { html } from "lit";

import { LaterElement } from "./later.js";

/** `<invoice-email-suppressions>`. Announces `select` with the invoice whose e-mail had an address blocked; what follows: see follow.js. */
export class InvoiceEmailSuppressions extends LaterElement {
  form() {
    return html`<invoice-email-suppressions-list
      exportparts="problem, table, row, dialog"
      .connection=${this.connection}
    ></invoice-email-suppressions-list>`;
  }
}

customElements.get("invoice-email-suppressions") ?? customElements.define("invoice-email-suppressions", InvoiceEmailSuppressions);
