// What every element has: the connection to the API, the reader's language and zone, and how a failure is told.

import { LitElement } from "lit";

import { Client } from "./api.js";
import { configured } from "./configuration.js";
import { Problem, isAbort } from "./problem.js";
import { Times } from "./times.js";

/** @typedef {import("./configuration.js").Token} Token */

/** The base of all elements. */
export class InvoiceEmailElement extends LitElement {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = {
    api: {},
    token: { attribute: "token" },
    locale: {},
    timezone: {},
  };

  constructor() {
    super();
    /** @type {string | undefined} */
    this.api = undefined;
    /** @type {Token | undefined} */
    this.token = undefined;
    /** @type {string | undefined} */
    this.locale = undefined;
    /** @type {string | undefined} */
    this.timezone = undefined;
    /** @type {AbortController} */
    this.untilRemoved = new AbortController();
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.untilRemoved.signal.aborted) this.untilRemoved = new AbortController();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.untilRemoved.abort(new DOMException("The element left the page", "AbortError"));
  }

  get client() {
    return new Client({ api: this.api || configured().api, token: this.token ?? configured().token });
  }

  get times() {
    return Times.of(this.locale || configured().locale, this.timezone || configured().timezone);
  }

  /** What a nested element of ours is given, so that it works as this one does. */
  get connection() {
    const { api, token, locale, timezone } = this;
    return { api, token, locale, timezone };
  }

  set connection(connection) {
    Object.assign(this, connection);
  }

  /**
   * Whether somebody else may be asking now, who must not see what the one before was shown. Frameworks give a new function at
   * each of their own updates; that alone is no other token.
   * @param {Map<PropertyKey, unknown>} changed
   */
  hasOtherToken(changed) {
    return changed.has("token") && !(typeof this.token === "function" && typeof changed.get("token") === "function");
  }

  /**
   * Tells the page. The event bubbles, also out of shadow roots.
   * @param {string} name without the prefix `invoice-email:` @param {unknown} [detail]
   * @returns {boolean} false if the page prevented what would follow
   */
  announce(name, detail = undefined) {
    const init = { detail, bubbles: true, composed: true, cancelable: true };
    return this.dispatchEvent(new CustomEvent(`invoice-email:${name}`, init));
  }

  /**
   * The problem that an error is; `null` for what was ended on purpose. Defects are thrown on.
   * @param {unknown} error
   * @returns {Problem | null}
   */
  problemOf(error) {
    if (isAbort(error)) return null;
    if (!(error instanceof Problem)) throw error;
    if (error.needsSignIn) this.announce("unauthorized", { problem: error });
    return error;
  }
}
