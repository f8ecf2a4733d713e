// The report as a CSV file: everything that matches, not only what is on screen.

import { css, html, nothing } from "lit";

import { InvoiceEmailElement } from "../../shared/element.js";
import { icon } from "../../shared/icons.js";
import { Problem } from "../../shared/problem.js";
import { controls, notices, tokens } from "../../shared/styles.js";
import { newCsvFile, recordsIn, removeLeftFiles, withoutHeader } from "./csv-file.js";

/** @typedef {import("./csv-file.js").CsvFile} CsvFile */

/** The most that the API answers at once. */
const PAGE_ROWS = 1_000;

/** The browser reads the file while it saves it, and the reader may want it twice; then it is in the way. */
const KEPT_MS = 5 * 60_000;

/**
 * One download. Its question stays the same when the report's filters change meanwhile.
 * @typedef {object} Download
 * @property {Record<string, string>} query
 * @property {string} days in words
 * @property {string} name of the file
 * @property {number | null} total rows that will come, where that is known
 * @property {CsvFile} file
 * @property {string | null | undefined} cursor
 * @property {number} rows
 */

/**
 * `<invoice-email-report-download>`, a part of the report: the button, and below it what becomes of a download.
 */
export class InvoiceEmailReportDownload extends InvoiceEmailElement {
  static properties = {
    query: { attribute: false },
    days: {},
    total: { attribute: false },
    phase: { state: true },
    problem: { state: true },
  };

  static styles = [
    tokens,
    controls,
    notices,
    css`
      :host {
        display: contents;
      }
      .notice {
        order: 1;
        flex: 1 1 100%;
      }
      .notice p {
        flex: 1 1 12rem;
        font-variant-numeric: tabular-nums;
      }
      progress {
        flex: 1 1 10rem;
        accent-color: var(--_accent);
      }
      @media print {
        button,
        .notice {
          display: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** The report's parameters. @type {Record<string, string>} */
    this.query = {};
    this.days = "";
    /** @type {number | null} */
    this.total = null;
    /** @type {"none" | "running" | "failed" | "done"} */
    this.phase = "none";
    /** @type {Problem | null} */
    this.problem = null;
    /** @type {Download | null} */
    this.download = null;
    this.until = new AbortController();
    this.address = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    void removeLeftFiles();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    void this.#drop();
  }

  async #start() {
    if (this.phase === "running") return;
    const { query, days, total } = this;
    const dropped = this.#drop("running");
    const until = new AbortController();
    this.until = until;
    await dropped;
    const file = await newCsvFile();
    if (until.signal.aborted) return file.discard();
    const narrowed = [query.client, query.invoice, query.status].filter(Boolean).map((text) => `-${text.replaceAll(/[^\w.-]+/g, "-")}`);
    const name = `invoice-emails-${query.from}-${query.to}${narrowed.join("")}.csv`;
    this.download = { query, days, total, name, file, cursor: undefined, rows: 0 };
    await this.#run(this.download);
  }

  /** Goes on where it stands. @param {Download} download */
  async #run(download) {
    this.phase = "running";
    this.problem = null;
    const signal = AbortSignal.any([this.until.signal, this.untilRemoved.signal]);
    try {
      while (download.cursor !== null) {
        await this.#page(download, signal);
        this.requestUpdate();
      }
      const file = await stored(download.file.finish());
      signal.throwIfAborted();
      this.address = URL.createObjectURL(file);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = this.problemOf(error);
      this.phase = "failed";
      return;
    }
    this.phase = "done";
    await this.updateComplete;
    /** @type {HTMLAnchorElement | null} */ (this.renderRoot.querySelector("a[download]"))?.click();
    this.timer = setTimeout(() => this.#close(), KEPT_MS);
  }

  /** @param {Download} download @param {AbortSignal} signal */
  async #page(download, signal) {
    const isFirst = download.cursor === undefined;
    const parameters = { ...download.query, limit: PAGE_ROWS, cursor: download.cursor, format: /** @type {const} */ ("csv") };
    const { text, next } = await this.client.text("v1/reports/invoice-emails", parameters, { signal });
    // The mark tells spreadsheets that it is UTF-8.
    await stored(download.file.write(isFirst ? `\ufeff${text}` : withoutHeader(text)));
    // Only now, so that a page which failed is asked for again.
    download.rows += recordsIn(text) - 1;
    download.cursor = next;
  }

  /** Ends the download, and removes its file. @param {"none" | "running"} [phase] */
  async #drop(phase = "none") {
    clearTimeout(this.timer);
    const { download, address } = this;
    this.download = null;
    this.address = "";
    this.phase = phase;
    this.problem = null;
    if (address) URL.revokeObjectURL(address);
    this.until.abort(new DOMException("Cancelled", "AbortError"));
    await download?.file.discard();
  }

  async #close() {
    const hadFocus = this.shadowRoot?.activeElement?.closest(".notice");
    await this.#drop();
    await this.updateComplete;
    if (hadFocus) this.renderRoot.querySelector("button")?.focus();
  }

  /** After a page that did not come, from there; after a disk that was full, from the beginning. */
  #again() {
    if (this.download && this.problem?.kind !== "unstored") void this.#run(this.download);
    else void this.#start();
  }

  render() {
    const isRunning = this.phase === "running";
    return html`<button type="button" part="download" aria-disabled=${isRunning} @click=${this.#start}>${icon("download")}Download CSV</button>
      ${this.#notice()}`;
  }

  #notice() {
    if (this.phase === "running") return this.#progress();
    if (this.phase === "failed" && this.problem) return this.#failure(this.problem);
    if (this.phase === "done" && this.download) return this.#done(this.download);
    return nothing;
  }

  #progress() {
    const { rows = 0, total: counted = null, days = this.days } = this.download ?? {};
    // E-mails that came since the totals were counted are more than all.
    const total = counted !== null && rows <= counted ? counted : null;
    const count = this.times.number(rows);
    const words = total === null ? `${count} e-mails so far` : `${count} of ${this.times.number(total)} e-mails`;
    return html`<div class="notice" part="download-progress">
      <p>CSV, ${days}: ${words}</p>
      <progress aria-label="Download" max=${total ?? nothing} value=${total === null ? nothing : rows}></progress>
      <button type="button" @click=${this.#close}>Cancel</button>
    </div>`;
  }

  /** @param {Problem} problem */
  #failure({ message }) {
    const rows = this.times.number(this.download?.rows ?? 0);
    return html`<div class="notice problem" part="download-progress" role="alert">
      <p>The download stopped after ${rows} e-mails; there is no file yet. ${message}</p>
      <button type="button" @click=${this.#again}>${icon("refresh")}Try again</button>
      <button type="button" @click=${this.#close}>Cancel</button>
    </div>`;
  }

  /** @param {Download} download */
  #done({ rows, name }) {
    return html`<div class="notice" part="download-progress">
      <p role="status">${name} is complete: ${this.times.number(rows)} e-mails. Times in it are in UTC.</p>
      <a class="button" href=${this.address} download=${name}>${icon("download")}Save again</a>
      <button type="button" class="plain" @click=${this.#close}>Close</button>
    </div>`;
  }
}

/**
 * Waits for the disk.
 * @template T
 * @param {Promise<T>} writing
 */
async function stored(writing) {
  try {
    return await writing;
  } catch {
    throw new Problem("unstored");
  }
}

customElements.get("invoice-email-report-download") ?? customElements.define("invoice-email-report-download", InvoiceEmailReportDownload);
