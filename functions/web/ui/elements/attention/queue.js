// What is known of the work queue: its first rows, and where the API goes on. Never changed, always made anew.

/**
 * As the API answers it.
 * @typedef {object} Row
 * @property {string} invoice
 * @property {string | null} number
 * @property {string | null} client
 * @property {string | null} client_name
 * @property {string} send
 * @property {string} recipient
 * @property {string} kind
 * @property {string} address
 * @property {string | null} subject
 * @property {string} submitted_at
 * @property {string} sent_status
 * @property {string | null} reason
 * @property {string | null} next_action
 * @property {string | null} [wait_until]
 * @property {string} since
 */

/** @typedef {{ rows: Row[], next_cursor: string | null }} Answer */

/** How many rows there are of each status, and as `recipients` of all. @typedef {Record<string, number>} Counts */

/** The API's longest page. */
const LONGEST_PAGE = 1_000;

/** @param {Row} row */
export function keyOf({ invoice, send, recipient }) {
  return `${invoice} ${send} ${recipient}`;
}

/** The work queue as far as it was asked for, oldest first. */
export class Queue {
  /** @param {Row[]} rows @param {string | null} cursor */
  constructor(rows, cursor) {
    this.rows = rows;
    /** Where the next page begins; null at the end. */
    this.cursor = cursor;
    this.keys = new Set(rows.map(keyOf));
    /** Of these rows; a status that none has is missing. @type {Counts} */
    this.counts = { recipients: rows.length };
    for (const { sent_status: status } of rows) this.counts[status] = (this.counts[status] ?? 0) + 1;
    /** The same for the same content. */
    this.signature = JSON.stringify([rows.map((row) => [keyOf(row), row.sent_status, row.next_action, row.reason]), cursor === null]);
  }

  /** @param {Answer} answer */
  static of({ rows, next_cursor: cursor }) {
    return new Queue(rows, cursor);
  }

  /** How many rows one answer can bring up to date. */
  get refreshable() {
    return Math.min(this.rows.length, LONGEST_PAGE);
  }

  /** @param {Row} row */
  has(row) {
    return this.keys.has(keyOf(row));
  }

  /** With the next page. @param {Answer} answer */
  followedBy({ rows, next_cursor: cursor }) {
    return new Queue([...this.rows, ...rows.filter((row) => !this.has(row))], cursor);
  }

  /** With the first rows as they are now; what lies beyond the longest page stays as it was. @param {Answer} answer */
  refreshed(answer) {
    const first = Queue.of(answer);
    const rest = this.rows.slice(this.refreshable).filter((row) => !first.has(row));
    return rest.length === 0 ? first : new Queue([...first.rows, ...rest], this.cursor);
  }
}
