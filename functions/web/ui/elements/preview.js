// Shows a mail's HTML as its recipients see it, in a frame where nothing of it can run, load or lead away.

import { css, html, nothing } from "lit";

import { InvoiceEmailElement } from "../shared/element.js";
import { styleProperties } from "../shared/style-properties.js";
import { controls, notices, tokens } from "../shared/styles.js";

/** The frame is as high as its mail within these; a longer mail scrolls in it. */
const LOWEST_PX = 160;
const HIGHEST_PX = 1_600;

/** A frame that has not answered by then will not: the network is gone, or the page around forbids frames. */
const ANSWERS_WITHIN_MS = 10_000;

/** `<invoice-email-mail-frame>`, used by the elements of this module only. */
export class InvoiceEmailMailFrame extends InvoiceEmailElement {
  static properties = {
    html: { attribute: false },
    scheme: {},
    height: { state: true },
    omitted: { state: true },
    failed: { state: true },
  };

  static styles = [
    tokens,
    controls,
    notices,
    css`
      iframe {
        display: block;
        /* Within its border it is as high as its mail. */
        box-sizing: content-box;
        inline-size: calc(100% - 2px);
        border: 1px solid var(--_line);
        border-radius: var(--_radius);
        background: #fff;
      }
      [hidden] {
        display: none;
      }
      p {
        margin-block-start: 0.375rem;
        font-size: 0.875em;
      }
    `,
  ];

  constructor() {
    super();
    /** The mail. */
    this.html = "";
    /** As which the mail is shown. @type {"light" | "dark"} */
    this.scheme = "light";
    this.height = 320;
    /** How many pictures were not loaded. */
    this.omitted = 0;
    this.failed = false;
    /** @type {MessagePort | undefined} */
    this.port = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.patience = undefined;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.patience);
    this.#hangUp();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("html") || changed.has("scheme")) this.#show();
  }

  /** @param {Event} event */
  #loaded(event) {
    this.#hangUp();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = ({ data }) => this.#heard(data);
    // The frame's origin is opaque and has no name; the port goes to the very document that has just been loaded.
    const frame = /** @type {HTMLIFrameElement} */ (event.target);
    frame.contentWindow?.postMessage("invoice-email:mail", "*", [port2]);
    clearTimeout(this.patience);
    this.patience = setTimeout(() => (this.failed = true), ANSWERS_WITHIN_MS);
    this.#show();
  }

  #hangUp() {
    this.port?.close();
    this.port = undefined;
  }

  #show() {
    this.port?.postMessage({ html: this.html, scheme: this.scheme });
  }

  /** @param {{ height?: unknown, omitted?: unknown, failed?: unknown }} said by a frame that shows what others wrote: it is not trusted */
  #heard({ height, omitted, failed }) {
    clearTimeout(this.patience);
    if (failed === true) this.failed = true;
    if (typeof height === "number") this.height = Math.min(Math.max(height, LOWEST_PX), HIGHEST_PX);
    if (typeof omitted !== "number") return;
    this.omitted = omitted;
    this.failed = false;
  }

  render() {
    const address = new URL("ui/mail.html", this.client.base).href;
    return html`${this.failed
        ? html`<div class="notice problem" role="alert">
            The preview cannot be shown here. What is sent is not affected; the text shows the same.
          </div>`
        : nothing}<iframe
        part="mail"
        title="The e-mail as its recipients see it"
        sandbox="allow-scripts"
        referrerpolicy="no-referrer"
        src=${address}
        style=${styleProperties({ "block-size": `${this.height}px`, "color-scheme": this.scheme })}
        ?hidden=${this.failed}
        @load=${this.#loaded}
      ></iframe>
      ${this.omitted > 0 ? html`<p class="muted">Pictures from the internet are not loaded here.</p>` : nothing}`;
  }
}

customElements.get("invoice-email-mail-frame") ?? customElements.define("invoice-email-mail-frame", InvoiceEmailMailFrame);
