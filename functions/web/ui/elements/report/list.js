// The rows of the report as pages, of which only those near the reader are in memory. A page that was left keeps its cursor and
// its height: it is fetched again when somebody scrolls back to it.

import { Problem, isAbort } from "../../shared/problem.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {{ rows: Row[], next_cursor: string | null }} Answer */

/**
 * @typedef {object} Page
 * @property {string | undefined} cursor what to ask for; the first page has none
 * @property {string | null} next
 * @property {Row[] | null} rows `null` while it is out of memory
 * @property {Row} last the last row of the page as it was first seen, as a mark
 * @property {number} count
 * @property {number} start how many rows come before
 * @property {number} heightPx as last seen
 * @property {Problem | null} problem why it could not be fetched again
 * @property {AbortController | null} fetching
 */

/** Rows of a request; also of the API's default page. */
export const PAGE_ROWS = 100;

/** Rows that stay in memory around what is in view: five pages, or more of short ones. */
const KEPT_ROWS = 5 * PAGE_ROWS;

/** An answer may be short or empty though more follows: so many requests are made in a row before the reader is asked. */
const REQUESTS_AT_ONCE = 5;

/** The rows that make such a search a success. */
const ENOUGH_ROWS = PAGE_ROWS / 2;

/** What the API looks through at most before it answers with a page that is not full: 16 queries of about 1,000. */
const LOOKED_THROUGH_PER_ANSWER = 16_000;

/** Browsers lay out nothing that is much higher: Firefox ends at 17.9 million pixels. */
const MAX_HEIGHT_PX = 15_000_000;

/** A list that goes on for as long as its reader does. */
export class RowList {
  /** @type {Page[]} */
  pages = [];
  /** The pages that are shown; those before and after are empty space. */
  shown = { first: 0, last: -1 };
  /** Whether the rows answer an older question. */
  stale = false;
  loading = false;
  /** Whether it gave up finding enough rows, until somebody asks to go on. */
  paused = false;
  /** About how many e-mails it looked through for rows that it did not find. */
  lookedThrough = 0;
  /** @type {Problem | null} */
  problem = null;

  /** Where the next page begins: nothing before the first answer, `null` after the last. @type {string | null | undefined} */
  #next = undefined;
  #until = new AbortController();

  /**
   * @param {object} does
   * @param {(cursor: string | undefined, signal: AbortSignal) => Promise<Answer>} does.ask
   * @param {(error: unknown) => Problem | null} does.problemOf
   * @param {() => void} does.changed
   * @param {() => void} does.replaced the answer to another question took the place of the old rows
   */
  constructor({ ask, problemOf, changed, replaced }) {
    this.ask = ask;
    this.problemOf = problemOf;
    this.changed = changed;
    this.replaced = replaced;
  }

  /** How many rows have been seen so far. */
  get count() {
    const last = this.pages.at(-1);
    return last ? last.start + last.count : 0;
  }

  get ended() {
    return this.#next === null;
  }

  /** Whether the list is as long as a browser can show. */
  get full() {
    return heightOf(this.pages) > MAX_HEIGHT_PX;
  }

  /** The rows in memory that are shown, as the first one's number and the last one's. */
  get range() {
    const { first, last } = this.shown;
    const [from, to] = [this.pages[first], this.pages[last]];
    return from && to ? { first: from.start + 1, last: to.start + to.count } : { first: 0, last: 0 };
  }

  /** Asks anew. The old rows stay until the answer is there. */
  async restart() {
    this.stop();
    this.stale = this.pages.length > 0;
    this.paused = false;
    this.lookedThrough = 0;
    this.#next = undefined;
    return this.more();
  }

  /** Ends all requests. */
  stop() {
    this.#until.abort(new DOMException("No longer wanted", "AbortError"));
    this.#until = new AbortController();
    this.loading = false;
    for (const page of this.pages) page.fetching = null;
  }

  /** Fetches what follows, until there is enough to look at. */
  async more() {
    if (this.loading || this.ended || this.full) return;
    this.loading = true;
    this.problem = null;
    this.changed();
    const { signal } = this.#until;
    try {
      await this.#search(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(error);
    } finally {
      if (!signal.aborted) {
        this.loading = false;
        this.changed();
      }
    }
  }

  /** @param {AbortSignal} signal */
  async #search(signal) {
    let found = 0;
    for (let request = 0; request < REQUESTS_AT_ONCE && found < ENOUGH_ROWS && !this.ended; request += 1) {
      const cursor = this.#next ?? undefined;
      const answer = await this.ask(cursor, signal);
      signal.throwIfAborted();
      if (cursor === undefined) this.#clear();
      this.#append(cursor, answer);
      found += answer.rows.length;
      this.changed();
    }
    this.paused = found < ENOUGH_ROWS && !this.ended;
  }

  #clear() {
    if (this.stale) this.replaced();
    this.pages = [];
    this.shown = { first: 0, last: -1 };
    this.stale = false;
  }

  /** @param {unknown} error */
  #failed(error) {
    this.problem = this.problemOf(error);
    // Rows that answer another question would be taken for the answer.
    if (this.stale && this.problem) this.#clear();
  }

  /** @param {string | undefined} cursor @param {Answer} answer */
  #append(cursor, { rows, next_cursor: next }) {
    this.#next = next;
    if (next !== null && rows.length < PAGE_ROWS) this.lookedThrough += LOOKED_THROUGH_PER_ANSWER;
    const last = rows.at(-1);
    if (!last) return;
    const wasAtEnd = this.shown.last === this.pages.length - 1;
    const page = { cursor, next, rows, last, count: rows.length, start: this.count, heightPx: 0, problem: null, fetching: null };
    this.pages.push(page);
    // Whoever is far up sees it later: its height is not known yet, so it is shown once and measured.
    if (wasAtEnd) this.shown = { ...this.shown, last: this.pages.length - 1 };
    else page.heightPx = this.#guessedHeightPx(page.count);
  }

  /** @param {number} rows */
  #guessedHeightPx(rows) {
    return (heightOf(this.pages) / Math.max(this.count, 1)) * rows;
  }

  /**
   * Shows what lies between two heights, and forgets what is far from it.
   * @param {number} fromPx @param {number} untilPx measured from the first row
   * @returns {boolean} whether other pages are shown now
   */
  look(fromPx, untilPx) {
    if (this.pages.length === 0) return false;
    const needed = this.#between(fromPx, untilPx);
    const shown = this.#widened(needed);
    const changed = shown.first !== this.shown.first || shown.last !== this.shown.last;
    this.shown = shown;
    this.pages.forEach((page, index) => {
      const isShown = index >= shown.first && index <= shown.last;
      if (!isShown) this.#forget(page, index);
      else if (index >= needed.first && index <= needed.last && !page.rows && !page.problem) void this.fetchAgain(page);
    });
    return changed;
  }

  /** @param {number} fromPx @param {number} untilPx */
  #between(fromPx, untilPx) {
    let first = this.pages.length - 1;
    let last = 0;
    let topPx = 0;
    this.pages.forEach((page, index) => {
      const bottomPx = topPx + page.heightPx;
      if (bottomPx > fromPx) first = Math.min(first, index);
      if (topPx < untilPx) last = index;
      topPx = bottomPx;
    });
    return { first, last: Math.max(first, last) };
  }

  /** With the neighbours that are in memory anyway. @param {{ first: number, last: number }} needed */
  #widened({ first, last }) {
    let rows = 0;
    for (let index = first; index <= last; index += 1) rows += this.pages[index].count;
    for (let grew = true; grew; ) {
      grew = false;
      const after = this.pages[last + 1];
      if (after?.rows && rows + after.count <= KEPT_ROWS) {
        [last, rows, grew] = [last + 1, rows + after.count, true];
      }
      const before = this.pages[first - 1];
      if (before?.rows && rows + before.count <= KEPT_ROWS) {
        [first, rows, grew] = [first - 1, rows + before.count, true];
      }
    }
    return { first, last };
  }

  /** @param {Page} page @param {number} index */
  #forget(page, index) {
    page.fetching?.abort(new DOMException("Scrolled past", "AbortError"));
    page.fetching = null;
    page.problem = null;
    // The first page has no cursor: asked for again, it would begin with e-mails that came since, and end before the second.
    if (index > 0) page.rows = null;
  }

  /** @param {Page} page */
  async fetchAgain(page) {
    if (page.fetching || this.stale) return;
    const fetching = new AbortController();
    page.fetching = fetching;
    page.problem = null;
    try {
      page.rows = await this.#rowsUpTo(page, AbortSignal.any([fetching.signal, this.#until.signal]));
      this.#recount(page);
    } catch (error) {
      if (isAbort(error)) return;
      page.problem = this.problemOf(error);
    } finally {
      if (page.fetching === fetching) page.fetching = null;
      this.changed();
    }
  }

  /** @param {Page} page */
  #recount(page) {
    const more = (page.rows?.length ?? 0) - page.count;
    page.count += more;
    for (const later of this.pages.slice(this.pages.indexOf(page) + 1)) later.start += more;
  }

  /**
   * The rows from a page's cursor to where the page ended. Statuses have changed since, so that a filter now lets more or
   * fewer rows pass: nothing may be missing before the next page, and nothing may be there twice.
   * @param {Page} page @param {AbortSignal} signal
   */
  async #rowsUpTo({ cursor, next, last }, signal) {
    /** @type {Row[]} */
    const rows = [];
    let from = cursor;
    for (let request = 0; request < REQUESTS_AT_ONCE; request += 1) {
      const answer = await this.ask(from, signal);
      signal.throwIfAborted();
      if (answer.next_cursor === next) return [...rows, ...answer.rows];
      const end = answer.rows.findIndex((row) => comesAfter(row, last));
      rows.push(...(end < 0 ? answer.rows : answer.rows.slice(0, end)));
      if (end >= 0 || answer.next_cursor === null) return rows;
      from = answer.next_cursor;
    }
    // Half a page would look like a whole one.
    throw new Problem("slow");
  }
}

/** Whether a row stands below another: newest send first, in each To, then Cc, then Bcc. @param {Row} row @param {Row} mark */
function comesAfter(row, mark) {
  return row.send === mark.send ? placeIn(row) > placeIn(mark) : row.send < mark.send;
}

/** Of `to:0`, `cc:12` and the like, in their order. @param {Row} row */
function placeIn({ kind, recipient }) {
  return ["to", "cc", "bcc"].indexOf(kind) * 100 + Number(recipient.split(":")[1]);
}

/** @param {Page[]} pages */
export function heightOf(pages) {
  return pages.reduce((sum, page) => sum + page.heightPx, 0);
}
