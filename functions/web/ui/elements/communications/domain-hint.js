// What is known of a recipient's domain: that nearly every first open there is a scanner's, so that nobody waits for one.

import { html, nothing } from "lit";

import { InvoiceEmailElement } from "../../shared/element.js";
import { icon } from "../../shared/icons.js";
import { tokens } from "../../shared/styles.js";

/** Each domain is asked about once for as long as the page is there, and for each who asks. @type {Map<string, Promise<string | null>>} */
const asked = new Map();

/** `<invoice-email-domain-hint>`, used by the communications view: a sentence, or nothing. A hint is no status: failures are silent. */
export class InvoiceEmailDomainHint extends InvoiceEmailElement {
  static properties = { address: { attribute: false }, hint: { state: true } };

  static styles = [tokens];

  constructor() {
    super();
    this.address = "";
    /** @type {string | null} */
    this.hint = null;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("address") || changed.has("api") || this.hasOtherToken(changed)) this.#ask(this.address);
  }

  /** @param {string} address */
  async #ask(address) {
    this.hint = null;
    const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
    try {
      const { client } = this;
      const token = typeof client.token === "function" ? await client.token() : client.token;
      const key = `${client.base} ${token} ${domain}`;
      // Whoever else shows the domain waits for the same answer, so that no single element ends the question.
      if (!asked.has(key)) asked.set(key, client.get(`v1/domains/${encodeURIComponent(domain)}`).then(({ hint }) => hint));
      const hint = await asked.get(key);
      if (address === this.address) this.hint = hint ?? null;
    } catch {
      // The recipient's own lines say enough.
    }
  }

  updated() {
    // It takes no room until there is something to say.
    this.hidden = !this.hint;
  }

  render() {
    return this.hint ? html`${icon("info")} <bdi>${this.hint}</bdi>` : nothing;
  }
}

customElements.get("invoice-email-domain-hint") ?? customElements.define("invoice-email-domain-hint", InvoiceEmailDomainHint);
