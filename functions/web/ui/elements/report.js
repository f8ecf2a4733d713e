// The Invoice Email report: who was e-mailed which invoice, and what became of it.

import { html, nothing } from "lit";

import { InvoiceEmailElement } from "../shared/element.js";
import { badges, controls, notices, tokens } from "../shared/styles.js";
import { follow } from "./follow.js";
import { noFilters, periodOf, readFilters, spanInWords, spanOf, withinPeriod } from "./report/filters.js";
import { PAGE_ROWS, RowList } from "./report/list.js";
import { FiltersInUrl } from "./report/location.js";
import { narrowStyles } from "./report/narrow-styles.js";
import { keyOf } from "./report/rows.js";
import { barView, footView, headView, insteadOfTable, paperView, proofView, totalsView } from "./report/screens.js";
import { Space } from "./report/space.js";
import { printStyles, reportStyles } from "./report/styles.js";
import { Totals } from "./report/summary.js";
import { tableStyles, wideStyles } from "./report/table-styles.js";
import { tableView } from "./report/table.js";
import "../shared/dialog.js";
import "./history.js";
import "./report/download.js";
import "./report/filter-form.js";
import "./report/totals.js";

/** @typedef {import("../shared/problem.js").Problem} Problem */
/** @typedef {import("./report/filters.js").Filters} Filters */
/** @typedef {import("./report/list.js").Page} Page */
/** @typedef {import("./report/rows.js").Row} Row */

/** Pages that come by themselves when somebody scrolls; then the reader is asked, so that what is below can be reached. */
const PAGES_UNASKED = 10;

/** Properties that are filters to begin with; their attributes are called as the filters are. */
const INITIAL = {
  period: {},
  from: {},
  to: {},
  status: {},
  // `client` is what speaks with the API.
  clientId: { attribute: "client" },
  recipient: {},
  invoice: {},
};

/** Fields that can show what is wrong with them. */
const FIELDS = ["from", "to", "client", "recipient", "invoice"];

/**
 * `<invoice-email-report>`: announces `select` when an invoice is chosen, and `filter` when filters are. The attributes `period`,
 * `from`, `to`, `status`, `client`, `recipient` and `invoice` are the filters to begin with. `filters-in-url` keeps them in the
 * page's address, each parameter's name after the attribute's value, which may be empty.
 */
export class InvoiceEmailReport extends InvoiceEmailElement {
  static properties = {
    ...INITIAL,
    filtersInUrl: { attribute: "filters-in-url" },
    filters: { state: true },
    errors: { state: true },
    explains: { state: true },
    selected: { state: true },
  };

  static styles = [tokens, controls, badges, notices, reportStyles, tableStyles, wideStyles, narrowStyles, printStyles];

  /** Rows whose details are unfolded. @type {Set<string>} */
  #unfolded = new Set();
  #unfoldings = 0;
  #pagesUnasked = PAGES_UNASKED;
  #url = new FiltersInUrl(this, () => this.filtersInUrl ?? null, () => this.#moved());
  #totals = new Totals({ problemOf: (error) => this.problemOf(error), changed: () => this.requestUpdate() });
  #list = new RowList({
    ask: (cursor, signal) => this.#ask(cursor, signal),
    problemOf: (error) => this.#listProblem(error),
    changed: () => this.requestUpdate(),
    replaced: () => void this.#toStart(),
  });

  constructor() {
    super();
    /** Prefix of the filters' names in the page's address. @type {string | null | undefined} */
    this.filtersInUrl = undefined;
    this.filters = noFilters();
    /** In the firm's zone, when the rows were asked for. */
    this.today = "";
    /** The parameters of the rows. @type {Record<string, string>} */
    this.query = {};
    /** When the rows were asked for, as RFC 3339. */
    this.loadedAt = "";
    /** What the API says about a field. @type {Record<string, string>} */
    this.errors = {};
    this.explains = false;
    /** The invoice that was chosen, unless the page shows it. */
    this.selected = "";
    new Space(this, { selector: ".page, .space, .end", look: (inView) => this.#look(inView) });
  }

  connectedCallback() {
    super.connectedCallback();
    // What was under way ended when the element left the page.
    if (this.hasUpdated) this.refresh();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#list.stop();
    this.#totals.stop();
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    const isFirst = !this.hasUpdated;
    if (isFirst || Object.keys(INITIAL).some((name) => changed.has(name))) this.filters = (isFirst && this.#url.read()) || this.#given();
    // Meanwhile the address may have become another.
    if (!isFirst && changed.has("filtersInUrl")) this.#reread();
    const hasOtherToken = this.hasOtherToken(changed);
    if (isFirst || hasOtherToken || ["api", "timezone", "filters"].some((name) => changed.has(name))) this.#load(hasOtherToken);
  }

  /** Asks for everything anew. */
  refresh() {
    this.#load(true);
  }

  /** @param {boolean} isAnew whether totals that are known are asked for, too */
  #load(isAnew) {
    const { client, times } = this;
    this.today = times.today(Date.now());
    this.filters = withinPeriod(this.filters, this.today);
    const { status, client: clientId, recipient, invoice } = this.filters;
    const { timezone } = times;
    this.query = { ...spanOf(this.filters, this.today), timezone, status: status.join(","), client: clientId, recipient, invoice };
    this.errors = {};
    this.#pagesUnasked = PAGES_UNASKED;
    void this.#list.restart();
    void this.#totals.load(client, { ...periodOf(this.filters, this.today), timezone }, isAnew);
  }

  /** @param {string | undefined} cursor @param {AbortSignal} signal */
  async #ask(cursor, signal) {
    const answer = await this.client.get("v1/reports/invoice-emails", { ...this.query, limit: PAGE_ROWS, cursor }, { signal });
    if (cursor === undefined) this.loadedAt = new Date().toISOString();
    return answer;
  }

  /** The filters to begin with. */
  #given() {
    const given = /** @type {Record<string, any>} */ (/** @type {unknown} */ (this));
    return readFilters((name) => given[name === "client" ? "clientId" : name]);
  }

  /** @param {unknown} error */
  #listProblem(error) {
    const problem = this.problemOf(error);
    const errors = (problem?.errors ?? []).filter(({ pointer }) => FIELDS.includes(pointer));
    this.errors = Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, `This ${detail}`]));
    return problem;
  }

  /** The reader went back or forward. */
  #moved() {
    this.#take(this.#url.read() ?? this.#given());
  }

  /** The filters are kept in the address again, or under other names. */
  #reread() {
    const filters = this.filtersInUrl == null ? null : withinPeriod(this.#url.read() ?? this.#given(), this.today);
    if (filters && JSON.stringify(filters) !== JSON.stringify(this.filters)) this.filters = filters;
  }

  /** @param {Partial<Filters>} patch */
  #filter(patch) {
    if (this.#take({ ...this.filters, ...patch })) this.#url.write(this.filters);
  }

  /** @param {Filters} given @returns {boolean} whether they are others than before */
  #take(given) {
    const filters = withinPeriod(given, this.today);
    if (JSON.stringify(filters) === JSON.stringify(this.filters)) return false;
    this.filters = filters;
    this.announce("filter", { ...filters, ...spanOf(filters, this.today) });
    return true;
  }

  /** All of the period, from a button that goes away by that. @param {Partial<Filters>} patch */
  #widen(patch) {
    this.#filter(patch);
    this.#focus(".body");
  }

  #showAll() {
    const { period, from, to } = this.filters;
    this.#widen({ ...noFilters(), period, from, to });
  }

  /** After a failure, from a button that goes away by that. */
  #again() {
    const isCursorRefused = this.#list.problem?.errors.some(({ pointer }) => pointer === "cursor");
    if (isCursorRefused || this.#totals.problem) this.refresh();
    else void this.#list.more();
    this.#focus(".body");
  }

  /** Whoever was far down in the old rows begins the new ones at their first. */
  async #toStart() {
    const focused = this.shadowRoot?.activeElement;
    await this.updateComplete;
    if (focused && !focused.isConnected) this.#focus(".body");
    const body = this.renderRoot.querySelector(".body");
    if (body && body.getBoundingClientRect().top < 0) this.renderRoot.querySelector(".bar")?.scrollIntoView();
  }

  /**
   * Moves the focus to a place that Tab does not stop at. For as long as it is there it is a stop all the same: from a place that is
   * none and has none after it, Chromium goes on at the first stop of this element, not behind it.
   * @param {string} selector @param {FocusOptions} [options]
   */
  #focus(selector, options = { preventScroll: true }) {
    const place = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(selector));
    if (!place) return;
    place.tabIndex = 0;
    place.addEventListener("blur", () => (place.tabIndex = -1), { once: true });
    place.focus(options);
  }

  /** Something came into view or left it. @param {Set<Element>} inView */
  #look(inView) {
    // A page may keep it out of sight, perhaps without any height: whoever comes back finds it as it was.
    if (!this.checkVisibility({ visibilityProperty: true })) return;
    const pages = /** @type {NodeListOf<HTMLElement & { page: Page }>} */ (this.renderRoot.querySelectorAll("tbody.page"));
    for (const element of pages) {
      if (element.page.rows) element.page.heightPx = element.getBoundingClientRect().height;
    }
    const list = this.#list;
    const start = this.renderRoot.querySelector(".space");
    if (start && !list.stale) {
      const { fromPx, untilPx } = Space.rangePx(start);
      if (list.look(fromPx, untilPx)) void this.#showOthers();
    }
    const goesOn = !list.loading && !list.paused && !list.problem && !list.ended;
    if (goesOn && this.#pagesUnasked > 0 && [...inView].some((element) => element.classList.contains("end"))) {
      this.#pagesUnasked -= 1;
      void list.more();
    }
  }

  /** Shows other pages; the focus must not go with the old ones. */
  async #showOthers() {
    const focused = this.shadowRoot?.activeElement;
    this.requestUpdate();
    await this.updateComplete;
    if (focused && !focused.isConnected) this.#focus("table");
  }

  /** @param {Event} event */
  async #more(event) {
    const list = this.#list;
    const seen = list.count;
    this.#pagesUnasked = PAGES_UNASKED;
    await list.more();
    await this.updateComplete;
    // From the keyboard: on to what came. The button may be gone by then.
    if (/** @type {UIEvent} */ (event).detail !== 0) return;
    const button = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`tr[aria-rowindex="${seen + 2}"] button`));
    if (button) button.focus();
    else this.#focus(".foot", {});
  }

  /** @param {Row} row */
  #toggle(row) {
    const key = keyOf(row);
    if (!this.#unfolded.delete(key)) this.#unfolded.add(key);
    this.#unfoldings += 1;
    this.requestUpdate();
  }

  /** @param {Row} row */
  #select({ invoice, send, recipient }) {
    if (this.announce("select", { invoice, send, recipient })) this.selected = invoice;
  }

  #explain() {
    this.explains = !this.explains;
  }

  #skip() {
    this.#focus(".foot", {});
  }

  render() {
    const { filters, times, connection } = this;
    const list = this.#list;
    const days = spanInWords(spanOf(filters, this.today), times);
    const total = this.#totals.matching(filters);
    const hasMistakes = Object.keys(this.errors).length > 0;
    return html`<section class="report" part="report" aria-labelledby="title">
        ${headView(days, total, {
          query: this.query,
          loadedAt: this.loadedAt && times.time(this.loadedAt),
          connection,
          refresh: () => this.refresh(),
        })}
        ${paperView(days, filters, list, total, times)}
        <invoice-email-report-filters
          exportparts="filters"
          .value=${filters}
          .span=${periodOf(filters, this.today)}
          .errors=${this.errors}
          @change=${(/** @type {CustomEvent<Filters>} */ event) => this.#filter(event.detail)}
        ></invoice-email-report-filters>
        ${totalsView(this.#totals, filters, {
          connection,
          hasMistakes,
          // One failure of both is told once, in the table's place.
          isTold: list.count === 0 && list.problem !== null,
          pick: (pick) => this.#filter(pick),
          again: () => this.#load(true),
        })}
        ${barView(days, filters, { times, explain: () => this.#explain(), allDays: () => this.#widen({ day: "" }) })}
        <button type="button" class="skip" @click=${this.#skip}>Skip the table</button>
        <div class="body" tabindex="-1">
          ${insteadOfTable(list, filters, {
            hasMistakes,
            showAll: () => this.#showAll(),
            again: () => this.#again(),
          }) ?? this.#tableView(days, total)}
        </div>
        <div class="end"></div>
        ${footView(list, { total, times, more: (event) => void this.#more(event), again: () => this.#again() })}
        <div class="on-paper">${proofView()}</div>
      </section>
      ${this.explains
        ? html`<invoice-email-dialog exportparts="dialog" heading="What an open proves" @close=${this.#explain}>${proofView()}</invoice-email-dialog>`
        : nothing}
      ${follow(this.#followed)}`;
  }

  /** @param {string} days @param {number | null} total */
  #tableView(days, total) {
    const { api, token, locale, timezone } = this.connection;
    return tableView({
      list: this.#list,
      total,
      caption: `Invoice e-mails, ${days}, newest first`,
      row: {
        times: this.times,
        connection: this.connection,
        isOpen: (row) => this.#unfolded.has(keyOf(row)),
        toggle: (row) => this.#toggle(row),
        select: (row) => this.#select(row),
        onlyClient: (client) => this.#filter({ client }),
      },
      changes: [this.#unfoldings, this.times, api, token, locale, timezone],
      explain: () => this.#explain(),
    });
  }

  /** What `follow` shows where the page does not show the chosen invoice itself. */
  get #followed() {
    const report = this;
    return {
      connection: this.connection,
      invoice: this.selected,
      get following() {
        return /** @type {"" | "select"} */ (report.selected ? "select" : "");
      },
      set following(what) {
        if (what === "") report.selected = "";
      },
    };
  }
}

customElements.get("invoice-email-report") ?? customElements.define("invoice-email-report", InvoiceEmailReport);
