// The totals of a period, asked for once, however the rows are filtered.

/** @typedef {import("../../shared/api.js").Client} Client */
/** @typedef {import("../../shared/problem.js").Problem} Problem */
/** @typedef {import("./filters.js").Filters} Filters */
/** @typedef {import("./filters.js").Span} Span */
/** @typedef {import("./totals.js").Summary} Summary */

/** Totals that are there, on their way, or not to be had. */
export class Totals {
  /** @type {Summary | null} */
  summary = null;
  /** @type {Problem | null} */
  problem = null;
  loading = false;
  /** Whether the numbers are those of an older question. */
  stale = false;

  #key = "";
  #until = new AbortController();

  /**
   * @param {object} does
   * @param {(error: unknown) => Problem | null} does.problemOf
   * @param {() => void} does.changed
   */
  constructor({ problemOf, changed }) {
    this.problemOf = problemOf;
    this.changed = changed;
  }

  /** Whether the period has more e-mails than the API counts at once. */
  get tooMany() {
    return this.problem?.status === 400;
  }

  /**
   * Loads the totals, unless they are there.
   * @param {Client} client @param {Span & { timezone: string }} query @param {boolean} isAnew
   */
  async load(client, { from, to, timezone }, isAnew) {
    const key = [client.base, from, to, timezone].join(" ");
    if (key === this.#key && !isAnew && !this.problem) return;
    this.stop();
    this.stale ||= key !== this.#key && this.summary !== null;
    this.#key = key;
    const { signal } = this.#until;
    this.loading = true;
    this.problem = null;
    this.changed();
    try {
      const summary = await client.get("v1/reports/invoice-emails/summary", { from, to, timezone }, { signal });
      signal.throwIfAborted();
      this.summary = summary;
      this.stale = false;
    } catch (error) {
      if (signal.aborted) return;
      // Numbers of another period would be taken for those of this one.
      this.summary = null;
      this.stale = false;
      this.problem = this.problemOf(error);
    }
    this.loading = false;
    this.changed();
  }

  /** Ends the request. */
  stop() {
    this.#until.abort(new DOMException("No longer wanted", "AbortError"));
    this.#until = new AbortController();
    if (this.loading) this.#key = "";
    this.loading = false;
  }

  /** How many e-mails match, where the totals tell it: they know neither client nor recipient nor invoice. @param {Filters} filters */
  matching({ day, status, client, recipient, invoice }) {
    const { summary } = this;
    if (!summary || this.stale || client || recipient || invoice) return null;
    const counts = day ? summary.days.find((one) => one.day === day) : summary.total;
    if (!counts) return null;
    const names = /** @type {import("../../shared/words.js").SentStatus[]} */ (status);
    return names.length > 0 ? names.reduce((sum, name) => sum + (counts[name] ?? 0), 0) : counts.recipients;
  }
}
