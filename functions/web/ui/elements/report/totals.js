// How many e-mails have which status, as a whole and by day. Its tiles are filters and legend in one.

import { html, nothing } from "lit";

import { InvoiceEmailElement } from "../../shared/element.js";
import { icon } from "../../shared/icons.js";
import { countsView } from "../../shared/parts.js";
import { styleProperties } from "../../shared/style-properties.js";
import { controls, tokens } from "../../shared/styles.js";
import { EVIDENCE, EVIDENCE_MEANINGS, SENT_STATUSES, SENT_STATUS_MEANINGS } from "../../shared/words.js";
import { STACK, bars, dayInWords, dayLabels, gridLines, patterns, scaleOf, swatch } from "./chart.js";
import { totalsStyles } from "./totals-styles.js";

/** @typedef {import("./chart.js").Counts} Counts */
/** @typedef {import("./chart.js").Day} Day */
/** @typedef {import("../../shared/words.js").SentStatus} SentStatus */
/** @typedef {import("../../shared/words.js").Evidence} Evidence */
/** @typedef {{ from: string, to: string, total: Counts, days: Day[], evidence?: Record<Evidence, number> }} Summary */
/** @typedef {{ day?: string, status: string[] }} Pick */

const LISTED = /** @type {SentStatus[]} */ (Object.keys(SENT_STATUSES));

/** What the arrow keys do among days, in bars. A week is seven, whatever the screen. @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -Infinity, End: Infinity };

/**
 * `<invoice-email-report-totals>`, a part of the report. Fires `pick` with the day and the statuses that somebody chose.
 */
export class InvoiceEmailReportTotals extends InvoiceEmailElement {
  static properties = {
    summary: { attribute: false },
    day: {},
    status: { attribute: false },
    loading: { type: Boolean },
    stale: { type: Boolean, reflect: true },
    note: {},
    current: { state: true },
    segment: { state: true },
    hovered: { state: true },
    showsTable: { state: true },
  };

  static styles = [tokens, controls, totalsStyles];

  constructor() {
    super();
    /** Counts of the period; `null` while there are none. @type {Summary | null} */
    this.summary = null;
    /** The day that the report is narrowed to. */
    this.day = "";
    /** The statuses that it is narrowed to. @type {string[]} */
    this.status = [];
    this.loading = false;
    /** Whether the numbers are those of another period, until its own are there. */
    this.stale = false;
    /** Why the numbers are missing, or do not tell all. */
    this.note = "";
    this.current = 0;
    /** @type {SentStatus | null} */
    this.segment = null;
    /** @type {Day | null} */
    this.hovered = null;
    this.showsTable = false;
    this.moveFocus = false;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has("summary") && !changed.has("day")) return;
    const days = this.summary?.days ?? [];
    const picked = days.findIndex(({ day }) => day === this.day);
    if (picked >= 0) this.current = picked;
    else if (changed.has("summary")) this.current = Math.max(days.length - 1, 0);
    this.hovered = null;
    this.segment = null;
  }

  updated() {
    if (!this.moveFocus) return;
    this.moveFocus = false;
    const part = this.segment ? `[data-status="${this.segment}"]` : ".hit";
    /** @type {SVGElement | null} */ (this.renderRoot.querySelector(`${part}[data-index="${this.current}"]`))?.focus();
  }

  /** The numbers of the tiles: of the day that was picked, else of all days. @returns {Counts | null} */
  get counts() {
    const { summary, day } = this;
    return (day ? summary?.days.find((one) => one.day === day) : summary?.total) ?? null;
  }

  /** @param {Pick} pick */
  #pick(pick) {
    this.dispatchEvent(new CustomEvent("pick", { detail: pick }));
  }

  /** @param {SentStatus} status */
  #toggle(status) {
    const others = this.status.filter((other) => other !== status);
    this.#pick({ status: others.length < this.status.length ? others : [...others, status] });
  }

  /**
   * What a press on the chart means; the second one at the same place takes it back.
   * @param {number} index @param {string | undefined} part
   */
  #pickAt(index, part) {
    const day = this.summary?.days[index]?.day ?? "";
    if (!part) return this.#pick({ day: day === this.day ? "" : day, status: this.status });
    const isSame = day === this.day && part === this.status.join(",");
    this.#pick(isSame ? { day: "", status: [] } : { day, status: [part] });
  }

  /** @param {Event} event */
  #placeOf({ target }) {
    const { index, status } = target instanceof SVGElement ? target.dataset : /** @type {DOMStringMap} */ ({});
    return index === undefined ? null : { index: Number(index), part: status };
  }

  /** @param {Event} event */
  #clicked(event) {
    const place = this.#placeOf(event);
    if (place) this.#pickAt(place.index, place.part);
  }

  /** @param {Event} event */
  #pointed(event) {
    const place = this.#placeOf(event);
    this.hovered = (place && this.summary?.days[place.index]) || null;
  }

  #left() {
    this.hovered = null;
  }

  /** @param {Event} event */
  #focused(event) {
    const place = this.#placeOf(event);
    if (!place) return;
    this.current = place.index;
    this.hovered = this.summary?.days[place.index] ?? null;
    this.segment = /** @type {SentStatus | undefined} */ (place.part) ?? null;
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") this.#clicked(event);
    else if (event.key in STEPS) this.#moveBy(STEPS[event.key] * (event.key.startsWith("Arrow") && this.matches(":dir(rtl)") ? -1 : 1));
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.#climb(event.key === "ArrowUp" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  /** @param {number} step */
  #moveBy(step) {
    const last = (this.summary?.days.length ?? 1) - 1;
    this.current = Math.min(Math.max(this.current + step, 0), last);
    this.segment = null;
    this.moveFocus = true;
  }

  /** Up into the parts of the bar, or down to the bar itself. @param {number} step */
  #climb(step) {
    const day = this.summary?.days[this.current];
    const parts = STACK.filter((status) => day && day[status] > 0);
    const at = (this.segment ? parts.indexOf(this.segment) : -1) + step;
    this.segment = parts[Math.min(Math.max(at, -1), parts.length - 1)] ?? null;
    this.moveFocus = true;
    this.requestUpdate();
  }

  render() {
    const days = this.summary?.days ?? [];
    return html`${patterns(days.length)}
      <div class="tiles" role="group" aria-label="Sent Status">${this.#tile(null)} ${LISTED.map((status) => this.#tile(status))}</div>
      ${this.note ? html`<p class="note muted" part="note">${icon("info")} <bdi>${this.note}</bdi></p>` : nothing}
      ${this.summary || this.loading ? this.#chart(days) : nothing} ${this.#evidence()}`;
  }

  /** What is known at best of each e-mail of the period. Its place is there before the numbers are; an older API has none. */
  #evidence() {
    const { summary } = this;
    const evidence = summary?.evidence;
    if (summary ? !evidence : !this.loading) return nothing;
    const counts = countsView(evidence ?? {}, EVIDENCE, EVIDENCE_MEANINGS, this.times);
    // The tiles tell of the day that was picked; this does not.
    const words = `Strongest evidence${this.day ? " in the whole period" : ""}: `;
    return html`<p class="evidence muted" part="evidence"><bdi>${counts.length > 0 ? [words, counts] : nothing}</bdi></p>`;
  }

  /** @param {SentStatus | null} status `null` for all */
  #tile(status) {
    const { counts, times } = this;
    const count = counts?.[status ?? "recipients"];
    const share = count === undefined || !counts || counts.recipients === 0 ? "" : times.percent(count / counts.recipients);
    const isPressed = status ? this.status.includes(status) : this.status.length === 0;
    return html`<button
      type="button"
      part="tile"
      class="tile ${count === 0 ? "zero" : ""}"
      aria-pressed=${isPressed}
      title=${status ? SENT_STATUS_MEANINGS[status] : nothing}
      @click=${() => (status ? this.#toggle(status) : this.#pick({ status: [] }))}
    >
      <span class="word">${status ? swatch(status) : icon("envelope")}${status ? SENT_STATUSES[status] : "All"}</span>
      <span class="count">${count === undefined ? (this.loading ? html`<i class="wait"></i>` : "–") : times.number(count)}</span>
      ${status ? html`<span class="muted share">${share}</span>` : nothing}
    </button>`;
  }

  /** @param {Day[]} days */
  #chart(days) {
    const { times } = this;
    const scale = scaleOf(Math.max(0, ...days.map(({ recipients }) => recipients)));
    const drawing = { days, scale, times, current: this.current, segment: this.segment, picked: this.day, status: this.status };
    return html`<section class="chart" part="chart" aria-labelledby="chart-title">
      <header>
        <h3 id="chart-title">E-mails per day</h3>
        <p class="readout muted" aria-hidden="true"><bdi>${this.#readout(days)}</bdi></p>
        <button type="button" class="plain" aria-expanded=${this.showsTable} @click=${this.#switchTable}>
          As a table${icon("down")}
        </button>
      </header>
      ${/* Listening to focus, the drawing itself would take the focus in Chromium. */ ""}
      <div class="plot ${this.summary ? "" : "waits"}" @focusin=${this.#focused} @focusout=${this.#left}>
        <div class="heights muted" aria-hidden="true">${[scale, scale / 2, 0].map((n) => html`<span>${times.number(n)}</span>`)}</div>
        <svg
          class="bars"
          role="group"
          aria-label="E-mails per day. Left and right arrow keys go to other days, up and down to a day’s parts. Enter shows only these."
          @click=${this.#clicked}
          @keydown=${this.#keyed}
          @pointerover=${this.#pointed}
          @pointerleave=${this.#left}
        >
          ${gridLines()}${bars(drawing)}
        </svg>
        <div class="labels muted" aria-hidden="true">
          ${dayLabels(days, times).map(
            ({ text, at }) => html`<span style=${styleProperties({ "inset-inline-start": `${at}%` })}>${text}</span>`,
          )}
        </div>
      </div>
      ${this.showsTable ? this.#table(days) : nothing}
    </section>`;
  }

  /** What the bar says that the pointer or the focus is at. @param {Day[]} days */
  #readout(days) {
    if (this.hovered) return dayInWords(this.hovered, this.times);
    const picked = days.find((one) => one.day === this.day);
    return picked ? `Only ${dayInWords(picked, this.times)}` : "Choose a day, or a part of it, to see only its e-mails.";
  }

  #switchTable() {
    this.showsTable = !this.showsTable;
  }

  /** The same numbers as text. @param {Day[]} days */
  #table(days) {
    const { times } = this;
    return html`<div class="numbers" role="region" aria-label="E-mails per day, as a table" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            ${LISTED.map((status) => html`<th scope="col">${SENT_STATUSES[status]}</th>`)}
            <th scope="col">All</th>
          </tr>
        </thead>
        <tbody>
          ${days.map(
            (day, index) => html`<tr>
              <th scope="row">
                <button type="button" class="plain" aria-pressed=${this.day === day.day} @click=${() => this.#pickAt(index, undefined)}>
                  ${times.day(day.day)}
                </button>
              </th>
              ${LISTED.map((status) => html`<td class=${day[status] === 0 ? "muted" : ""}>${times.number(day[status])}</td>`)}
              <td>${times.number(day.recipients)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

customElements.get("invoice-email-report-totals") ?? customElements.define("invoice-email-report-totals", InvoiceEmailReportTotals);
