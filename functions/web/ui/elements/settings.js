// The firm's settings: what clients see, who writes to them, and how.

import { html } from "lit";

import { LaterElement } from "./later.js";

/** `<invoice-email-settings>`. Announces `saved` with `{ settings }`. */
export class InvoiceEmailSettings extends LaterElement {
  form() {
    return html`<invoice-email-settings-form
      data-form
      exportparts="problem"
      .connection=${this.connection}
    ></invoice-email-settings-form>`;
  }
}

customElements.get("invoice-email-settings") ?? customElements.define("invoice-email-settings", InvoiceEmailSettings);
