// The work queue: who needs something done, why and since when, and the action on the row. With `badge` only their number.

import { html, nothing } from "lit";

import { InvoiceEmailElement } from "../shared/element.js";
import { icon } from "../shared/icons.js";
import { countsView, problemNotice } from "../shared/parts.js";
import { Poll } from "../shared/poll.js";
import { Problem } from "../shared/problem.js";
import { badges, controls, notices, tokens } from "../shared/styles.js";
import { SENT_STATUSES, SENT_STATUS_MEANINGS } from "../shared/words.js";
import { follow } from "./follow.js";
import { Queue, keyOf } from "./attention/queue.js";
import { badgeStyle, style } from "./attention/style.js";
import { filterView, tableView } from "./attention/view.js";
import "./resend.js";

/** @typedef {import("./attention/queue.js").Counts} Counts */
/** @typedef {import("./attention/queue.js").Row} Row */

/** A screen and a half; further ones on demand. */
const PAGE = 50;

/** More than a badge can tell apart, where only rows tell how many there are. */
const BADGE_PAGE = 100;

/** So often in a row only the number of rows is looked at: it stays the same when one row comes as another one goes. */
const LOOKS = 9;

/** Work comes in over hours, not over seconds. */
const FIRST_POLL_MS = 8_000;

/**
 * `<invoice-email-attention>`. Announces `attention-count` with `{ count, more }`; `more` means that there are further ones beyond
 * `count`. Announces `select` when somebody wants to see a row's e-mails, and `sent` after sending again.
 */
export class InvoiceEmailAttention extends InvoiceEmailElement {
  static properties = {
    badge: { type: Boolean, reflect: true },
    queue: { state: true },
    counts: { state: true },
    problem: { state: true },
    moreProblem: { state: true },
    isLoadingMore: { state: true },
    action: { state: true },
    resending: { state: true },
    following: { state: true },
    said: { state: true },
  };

  static styles = [tokens, controls, badges, notices, style, badgeStyle];

  constructor() {
    super();
    this.badge = false;
    /** @type {Queue | null} */
    this.queue = null;
    /** Of all rows, also of those that were not asked for; null where nobody tells. @type {Counts | null} */
    this.counts = null;
    /** How often it may look at the number alone before it asks for rows. */
    this.looks = 0;
    /** Whether the API tells the number alone; an older one does not. */
    this.tells = true;
    /** @type {Problem | null} */
    this.problem = null;
    /** @type {Problem | null} */
    this.moreProblem = null;
    this.isLoadingMore = false;
    /** Which next action is shown; all if empty. */
    this.action = "";
    /** @type {{ row: Row, mode: "same" | "correct" } | null} */
    this.resending = null;
    /** The invoice that is looked at where the page has no place of its own for it. */
    this.invoice = "";
    /** @type {"" | "select" | "send"} */
    this.following = "";
    this.said = "";
    /** Rows that were dealt with here; the API lists them until it knows how that ended. @type {Set<string>} */
    this.dealtWith = new Set();
    /** The last count that was announced. */
    this.announced = "";
    /** What gets the focus after the next update: a row's key, or a selector. */
    this.focusOn = "";
    this.asking = new AbortController();
    this.poll = new Poll(this, () => this.#ask(), FIRST_POLL_MS);
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this.again();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!this.hasUpdated) {
      this.again();
    } else if (changed.has("api") || this.hasOtherToken(changed)) {
      this.#forget();
      this.again();
    } else if (changed.has("token") && !this.poll.running) {
      // Not at once: a page that gives a new function each time it hears of a refusal would ask without end.
      this.poll.start();
    }
  }

  updated() {
    if (this.focusOn) this.#focus();
  }

  #focus() {
    const target = [`${this.focusOn} .act`, this.focusOn, "h2"].map((selector) => this.renderRoot.querySelector(selector)).find(Boolean);
    /** @type {HTMLElement | null} */ (target)?.focus();
    this.focusOn = "";
  }

  /** For another API, or somebody else. */
  #forget() {
    this.queue = null;
    this.counts = null;
    this.action = "";
    this.resending = null;
    this.following = "";
    this.said = "";
    this.dealtWith.clear();
    this.announced = "";
  }

  /** Asks at once, and from now on; what is shown stays until the answer comes. */
  again() {
    this.problem = null;
    this.moreProblem = null;
    this.isLoadingMore = false;
    this.looks = 0;
    this.tells = true;
    this.poll.start();
    this.#ask();
  }

  #tryAgain = () => {
    // The button goes with the problem.
    this.focusOn = "h2";
    this.again();
  };

  /** Asks once more, only for the number of rows while that stays. @returns {Promise<boolean>} whether something is new */
  async #ask() {
    if (this.isLoadingMore) return false;
    const signal = this.#instead();
    try {
      const isLook = this.badge || this.looks > 0;
      const counts = isLook ? await this.#askCounts(signal) : null;
      const isEnough = counts !== null && (this.badge || this.#fits(counts));
      const isNew = !isEnough && (await this.#refresh(signal));
      this.problem = null;
      this.looks = isEnough ? this.looks - 1 : LOOKS;
      if (this.badge && isEnough) this.queue = null;
      // The rows may be but the first ones.
      this.counts = isLook || !this.queue?.cursor ? counts : await this.#askCounts(signal);
      return this.#tell() || isNew;
    } catch (error) {
      const problem = this.problemOf(error);
      if (!problem || signal.aborted) return false;
      this.problem = problem;
      // Asking again would be refused again.
      if (!problem.mayPass) this.poll.stop();
      return false;
    }
  }

  /** How many rows there are; null where nobody tells. @param {AbortSignal} signal @returns {Promise<Counts | null>} */
  async #askCounts(signal) {
    if (!this.tells) return null;
    try {
      const counts = await this.client.get("v1/attention/summary", {}, { signal });
      signal.throwIfAborted();
      return counts;
    } catch (error) {
      if (!(error instanceof Problem) || error.needsSignIn) throw error;
      this.tells = error.status !== 404;
      return null;
    }
  }

  /** Whether the rows are those that were counted, as far as numbers tell. @param {Counts} counts */
  #fits(counts) {
    const known = this.queue?.cursor ? this.counts : this.queue?.counts;
    return this.dealtWith.size === 0 && Object.entries(counts).every(([name, count]) => count === (known?.[name] ?? 0));
  }

  /** Asks for the rows. @param {AbortSignal} signal @returns {Promise<boolean>} whether they are others */
  async #refresh(signal) {
    const known = this.queue;
    const limit = Math.max(this.badge ? BADGE_PAGE : PAGE, known?.refreshable ?? 0);
    const answer = await this.client.get("v1/attention", { limit }, { signal });
    signal.throwIfAborted();
    return this.#become(known ? known.refreshed(answer) : Queue.of(answer));
  }

  showMore = async () => {
    const { queue } = this;
    if (!queue?.cursor || this.isLoadingMore) return;
    const signal = this.#instead();
    this.isLoadingMore = true;
    // "Try again" goes with the problem.
    if (this.moreProblem) this.focusOn = ".more button";
    this.moreProblem = null;
    try {
      const answer = await this.client.get("v1/attention", { limit: PAGE, cursor: queue.cursor }, { signal });
      if (signal.aborted) return;
      const first = answer.rows.find((/** @type {Row} */ row) => !queue.has(row));
      this.#become(queue.followedBy(answer));
      this.said = `${answer.rows.length} more.`;
      // The button may be gone now.
      if (first) this.focusOn = `[data-key="${keyOf(first)}"]`;
    } catch (error) {
      const problem = this.problemOf(error);
      if (!signal.aborted) this.moreProblem = problem;
    } finally {
      // Who ended it may be loading more by now.
      if (!signal.aborted) this.isLoadingMore = false;
    }
  };

  /** Ends what was asked before, whose answer would be older or somebody else's. @returns {AbortSignal} of what is asked in its stead */
  #instead() {
    this.asking.abort();
    this.asking = new AbortController();
    return AbortSignal.any([this.asking.signal, this.untilRemoved.signal]);
  }

  /** @param {Queue} queue @returns {boolean} whether it is another one */
  #become(queue) {
    const isNew = this.queue?.signature !== queue.signature;
    this.#keepFocus(queue);
    this.queue = queue;
    for (const key of this.dealtWith) if (!queue.keys.has(key)) this.dealtWith.delete(key);
    this.#tell();
    return isNew;
  }

  /** How many wait, and whether there are further ones: as the rows tell if all are there. */
  get total() {
    const { queue, counts } = this;
    const rows = queue?.rows.length ?? 0;
    const count = queue?.cursor === null ? rows : Math.max(rows, counts?.recipients ?? 0);
    return { count, more: Boolean(queue?.cursor) && count === rows };
  }

  /** Tells the page how many wait. @returns {boolean} whether that is something new */
  #tell() {
    const { total } = this;
    const told = JSON.stringify(total);
    const isNew = told !== this.announced;
    this.announced = told;
    if (isNew) this.announce("attention-count", total);
    return isNew;
  }

  /** Whoever is in a row that goes finds the next one. @param {Queue} queue */
  #keepFocus(queue) {
    const root = /** @type {ShadowRoot} */ (this.renderRoot);
    const key = root.activeElement?.closest("[data-key]")?.getAttribute("data-key");
    if (!key || queue.keys.has(key)) return;
    const rows = this.shown;
    const at = rows.findIndex((row) => keyOf(row) === key);
    const next = [...rows.slice(at + 1), ...rows.slice(0, at).reverse()].find((row) => queue.has(row));
    this.focusOn = next ? `[data-key="${keyOf(next)}"]` : "h2";
  }

  /** The rows that the filter lets through. */
  get shown() {
    const rows = this.queue?.rows ?? [];
    return this.action === "" ? rows : rows.filter(({ next_action: action }) => (action ?? "none") === this.action);
  }

  /** @param {Row} row */
  select(row) {
    const { invoice, send, recipient } = row;
    if (!this.announce("select", { invoice, send, recipient })) return;
    this.invoice = invoice;
    this.following = "select";
  }

  /** @param {Row} row @param {"same" | "correct"} mode */
  resend(row, mode) {
    this.resending = { row, mode };
  }

  /** @param {Row} row */
  #sentAgain(row) {
    this.dealtWith.add(keyOf(row));
    this.said = `Sent again to ${row.address}.`;
    this.poll.start();
  }

  #resendClosed() {
    const row = this.resending?.row;
    this.resending = null;
    if (row) this.focusOn = `[data-key="${keyOf(row)}"]`;
  }

  #resendView() {
    if (!this.resending) return nothing;
    const { row, mode } = this.resending;
    return html`<invoice-email-resend
      exportparts="dialog"
      .connection=${this.connection}
      .invoice=${row.invoice}
      .send=${row.send}
      .recipient=${row}
      .mode=${mode}
      @invoice-email:sent=${() => this.#sentAgain(row)}
      @close=${this.#resendClosed}
    ></invoice-email-resend>`;
  }

  /** The number for a portal's menu; nothing while there is none. */
  #badgeView() {
    const { count, more } = this.total;
    if (count === 0) return nothing;
    const number = more || count > 99 ? "99+" : this.times.number(count);
    return html`<span class="count" part="count">${number}<span class="unseen"> need something done</span></span>`;
  }

  #bodyView() {
    if (!this.queue) return this.problem ? nothing : tableView(this, null);
    if (this.queue.rows.length === 0) {
      return html`<div class="empty" part="empty">
        ${icon("empty")}
        <p><strong>Nothing needs you.</strong></p>
        <p class="muted">No e-mail waits for anybody. What fails appears here by itself.</p>
      </div>`;
    }
    return html`${tableView(this, this.shown)}
    ${this.queue.cursor
      ? html`<div class="more">
          <button type="button" aria-disabled=${this.isLoadingMore} @click=${this.showMore}>
            ${this.isLoadingMore ? "Loading…" : "Show more"}
          </button>
        </div>`
      : nothing}
    ${this.moreProblem ? problemNotice(this.moreProblem, this.showMore) : nothing}`;
  }

  render() {
    if (this.badge) return this.#badgeView();
    const { count, more } = this.total;
    const { queue, times } = this;
    const counts = queue?.cursor ? this.counts : queue?.counts;
    const byStatus = countsView(counts ?? {}, SENT_STATUSES, SENT_STATUS_MEANINGS, times);
    return html`<div class="attention">
      <div class="head">
        <h2 tabindex="-1">
          Work queue
          ${count ? html`<span class="count" part="count">${times.number(count)}${more ? "+" : ""}</span>` : nothing}
        </h2>
        ${(queue ? count === 0 : this.problem)
          ? nothing
          : html`<p class="muted"><bdi>${byStatus.length > 1 ? byStatus : nothing}</bdi></p>
              ${filterView(this)}`}
      </div>
      ${this.problem ? problemNotice(this.problem, this.#tryAgain) : nothing} ${this.#bodyView()}
      ${!count ? nothing : html`<p class="muted foot">Oldest first. Times in ${this.times.timezone}.</p>`}
      <p class="unseen" role="status">${this.said}</p>
      ${this.#resendView()} ${follow(this)}
    </div>`;
  }
}

customElements.get("invoice-email-attention") ?? customElements.define("invoice-email-attention", InvoiceEmailAttention);
