// The firm's settings: what clients see, who writes to them, and how.

import { html } from "lit";

import { LaterElement } from "./later.js";

/** `<invoice-email-settings>`. Announces `saved` with `{ settings }`. */
export class InvoiceEmailSettings extends LaterElement {
  form() {
    const { api, token, locale, timezone } = this.connection;
    return html`<invoice-email-settings-form
      data-form
      exportparts="problem"
      .api=${api}
      .token=${token}
      .locale=${locale}
      .timezone=${timezone}
    ></invoice-email-settings-form>`;
  }
}

customElements.get("invoice-email-settings") ?? customElements.define("invoice-email-settings", InvoiceEmailSettings);
