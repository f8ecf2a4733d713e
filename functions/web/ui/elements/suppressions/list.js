// The list of blocked addresses, and of those that staff have allowed again.

import { html, nothing } from "lit";

import { InvoiceEmailElement } from "../../shared/element.js";
import { problemNotice } from "../../shared/parts.js";
import { controls, lists, notices, tokens } from "../../shared/styles.js";
import { follow } from "../follow.js";
import { style } from "./style.js";
import { questionView, tableView } from "./view.js";

/** @typedef {import("../../shared/problem.js").Problem} Problem */

/**
 * @typedef {object} Row
 * @property {string} address
 * @property {string} reason
 * @property {string} since
 * @property {string | null} invoice whose e-mail showed it
 * @property {string | null} send
 * @property {string} [removed_at]
 * @property {string | null} [removed_by]
 */

const PAGE = 50;

/** `<invoice-email-suppressions-list>`, what `<invoice-email-suppressions>` consists of. */
export class InvoiceEmailSuppressionsList extends InvoiceEmailElement {
  static properties = {
    rows: { state: true },
    removed: { state: true },
    cursor: { state: true },
    busy: { state: true },
    problem: { state: true },
    asked: { state: true },
    allowing: { state: true },
    refused: { state: true },
    said: { state: true },
    following: { state: true },
  };

  static styles = [tokens, controls, notices, lists, style];

  constructor() {
    super();
    /** @type {Row[]} */
    this.rows = [];
    /** Whether those are shown that were allowed again. */
    this.removed = false;
    /** Where the next page begins: nothing before the first answer, `null` after the last. @type {string | null | undefined} */
    this.cursor = undefined;
    this.busy = false;
    /** @type {Problem | null} */
    this.problem = null;
    /** The row that somebody wants to allow. @type {Row | null} */
    this.asked = null;
    this.allowing = false;
    /** Why it could not be allowed. @type {Problem | null} */
    this.refused = null;
    this.said = "";
    /** See follow.js. @type {"" | "select" | "send"} */
    this.following = "";
    this.invoice = "";
    /** @type {string | undefined} */
    this.followed = undefined;
    this.asking = new AbortController();
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated && this.cursor === undefined) this.load();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!this.hasUpdated || changed.has("api") || this.hasOtherToken(changed)) this.#show(this.removed);
  }

  /** @param {boolean} removed */
  #show(removed) {
    this.removed = removed;
    this.rows = [];
    this.cursor = undefined;
    this.said = "";
    this.asked = null;
    this.load();
  }

  /** The next page. */
  load = async () => {
    this.asking.abort();
    this.asking = new AbortController();
    const signal = AbortSignal.any([this.asking.signal, this.untilRemoved.signal]);
    this.busy = true;
    this.problem = null;
    const known = this.rows.length;
    try {
      const parameters = { limit: PAGE, cursor: this.cursor, removed: this.removed ? "true" : null };
      const answer = await this.client.get("v1/suppressions", parameters, { signal });
      if (signal.aborted) return;
      this.rows = [...this.rows, ...answer.rows];
      this.cursor = answer.next_cursor;
      // The button may be gone: on to the first of those that came.
      if (known > 0 && !this.cursor) this.#focus(`tbody tr:nth-child(${known + 1}) button`);
    } catch (error) {
      const problem = this.problemOf(error);
      if (!signal.aborted) this.problem = problem;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  };

  #again = () => {
    // The button goes with the problem.
    this.#focus("h2");
    this.load();
  };

  /** @param {string} selector */
  async #focus(selector) {
    await this.updateComplete;
    const target = this.renderRoot.querySelector(selector) ?? this.renderRoot.querySelector("h2");
    /** @type {HTMLElement | null} */ (target)?.focus();
  }

  /** Somebody wants to see the invoice whose e-mail had an address blocked. @param {Row} row */
  select({ invoice, send }) {
    this.invoice = invoice ?? "";
    this.followed = send ?? undefined;
    if (this.announce("select", { invoice, send })) this.following = "select";
  }

  /** @param {Row} row */
  ask(row) {
    this.asked = row;
    this.refused = null;
  }

  dismiss = () => {
    /** @type {import("../../shared/dialog.js").InvoiceEmailDialog | null} */ (
      this.renderRoot.querySelector("invoice-email-dialog")
    )?.close();
  };

  answered = () => {
    this.asked = null;
  };

  allow = async () => {
    const row = this.asked;
    if (!row || this.allowing) return;
    this.allowing = true;
    this.refused = null;
    try {
      // Whoever closes the dialog meanwhile does not take it back.
      await this.client.delete(`v1/suppressions/${encodeURIComponent(row.address)}`);
    } catch (error) {
      const problem = this.problemOf(error);
      // Whoever is not on the list any more is allowed.
      if (problem?.status !== 404) this.refused = problem;
    } finally {
      this.allowing = false;
    }
    if (!this.refused) this.#allowed(row);
  };

  /** @param {Row} row */
  async #allowed(row) {
    const index = this.rows.indexOf(row);
    this.rows = this.rows.filter((other) => other !== row);
    this.said = `${row.address} is allowed again.`;
    if (this.asked !== row) return;
    this.dismiss();
    await this.updateComplete;
    // The button that opened the dialog went with its row.
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (this.renderRoot.querySelectorAll(".allow"));
    (buttons[index] ?? buttons[index - 1] ?? this.renderRoot.querySelector("h2")).focus();
  }

  #choice() {
    return html`<div class="choice" role="group" aria-label="Which addresses">
      ${[false, true].map(
        (removed) =>
          html`<button type="button" aria-pressed=${removed === this.removed} @click=${() => this.#show(removed)}>
            ${removed ? "Allowed again" : "Blocked"}
          </button>`,
      )}
    </div>`;
  }

  #body() {
    if (this.rows.length > 0) return tableView(this);
    if (this.problem) return nothing;
    if (this.cursor === undefined) {
      return html`<div class="skeleton" aria-busy="true"><span class="unseen">Loading…</span><i></i><i></i><i></i></div>`;
    }
    // Pages may be empty before the last one.
    if (this.cursor) return nothing;
    return html`<p class="empty">
      ${this.removed ? "Staff have allowed no address again." : "No address is blocked: e-mails go to everybody."}
    </p>`;
  }

  render() {
    return html`<div class="all">
        <h2 tabindex="-1">Blocked addresses</h2>
        <p class="about muted">
          ${this.removed
            ? "E-mails go to these addresses again, until something new happens."
            : "No e-mail goes to these addresses, until somebody allows them again."}
          Times in ${this.times.timezone}.
        </p>
        ${this.#choice()} ${this.#body()} ${this.problem ? problemNotice(this.problem, this.#again) : nothing}
        <p class="muted" role="status">${this.said}</p>
        ${this.cursor && !this.problem
          ? html`<div><button type="button" aria-disabled=${this.busy} @click=${this.load}>${this.busy ? "Loading…" : "Show more"}</button></div>`
          : nothing}
      </div>
      ${this.asked ? questionView(this, this.asked, this.refused ? problemNotice(this.refused) : nothing) : nothing}
      ${follow(this)}`;
  }
}

customElements.get("invoice-email-suppressions-list") ?? customElements.define("invoice-email-suppressions-list", InvoiceEmailSuppressionsList);
