// An invoice's history as the API answers it, and how the lines of one recipient are gathered so that they stay readable.

import { html } from "lit";

import { eventIcon } from "./icons.js";
import { eventMeaning, eventWord } from "./words.js";

/** @typedef {{ status: string, at: string, detail: string | null, automatic?: boolean, rule?: string }} Line `rule`: by which one a fetch was judged */

/**
 * @typedef {object} Recipient
 * @property {string} recipient such as `to:0`
 * @property {string} kind
 * @property {string} address
 * @property {string | null} name
 * @property {string} sent_status
 * @property {string} evidence
 * @property {number} opens
 * @property {number} automatic_opens
 * @property {number} clicks
 * @property {number} automatic_clicks
 * @property {string | null} first_opened_at
 * @property {string | null} last_opened_at
 * @property {boolean} possibly_forwarded
 * @property {string | null} supersedes the earlier send in whose place this one is
 * @property {string | null} superseded_by
 * @property {string | null} reason
 * @property {string | null} next_action
 * @property {string | null} wait_until
 * @property {Line[]} statuses by time
 */

/**
 * @typedef {object} Send
 * @property {string} send ids sort by time
 * @property {string} submitted_at
 * @property {string} subject
 * @property {string} source
 * @property {string | null} sent_by
 * @property {boolean} tracked
 * @property {Recipient[]} recipients
 * @property {import("./skipped.js").Skipped[]} [skipped] automatic sends only
 */

/**
 * @typedef {object} History
 * @property {string} invoice
 * @property {string | null} sent_status
 * @property {string} evidence
 * @property {string} ruleset the version of the rules by which fetches were judged
 * @property {Send[]} sends latest first
 * @property {string | null} next_cursor
 */

/**
 * Lines of one kind.
 * @typedef {object} Group
 * @property {string} key
 * @property {string} status
 * @property {boolean} automatic
 * @property {Line[]} lines by time
 * @property {number} count of a long log the API keeps not every line, but counts all
 */

/** From how many lines of a kind on they are one group. Opens and clicks say little one by one; what a server did says more. */
const FOLDED_FROM = 4;

/**
 * The lines of a recipient in groups, in the order in which each began.
 * @param {Recipient} recipient
 * @returns {{ people: Group[], machines: Group[] }}
 */
export function grouped(recipient) {
  /** @type {Map<string, Line[]>} */
  const kinds = new Map();
  for (const line of recipient.statuses) {
    const key = `${line.status}${line.automatic ? " automatic" : ""}`;
    kinds.set(key, [...(kinds.get(key) ?? []), line]);
  }
  const groups = [...kinds].flatMap(([key, lines]) => {
    const { status, automatic = false } = lines[0];
    const count = Math.max(lines.length, counted(recipient, status, automatic));
    const isFolded = status === "opened" || status === "clicked" || lines.length >= FOLDED_FROM;
    if (isFolded) return [{ key, status, automatic, lines, count }];
    return lines.map((line, index) => ({ key: `${key} ${index}`, status, automatic, lines: [line], count: 1 }));
  });
  groups.sort((one, other) => (one.lines[0].at < other.lines[0].at ? -1 : Number(one.lines[0].at > other.lines[0].at)));
  return { people: groups.filter(({ automatic }) => !automatic), machines: groups.filter(({ automatic }) => automatic) };
}

/** @param {Recipient} recipient @param {string} status @param {boolean} automatic */
function counted(recipient, status, automatic) {
  if (status === "opened") return automatic ? recipient.automatic_opens : recipient.opens;
  if (status === "clicked") return automatic ? recipient.automatic_clicks : recipient.clicks;
  return 0;
}

/**
 * When a group happened: with its day only where that is another than the one before it.
 * @param {import("./times.js").Times} times @param {Group} group @param {string} before the time that stands before it
 */
export function groupTimes(times, group, before) {
  const first = group.lines[0].at;
  const last = group.lines[group.lines.length - 1].at;
  const begin = times.element(first, isSameDay(times, first, before) ? "time" : "dateTime");
  if (times.dateTime(first) === times.dateTime(last)) return begin;
  return html`${begin} – ${times.element(last, isSameDay(times, first, last) ? "time" : "dateTime")}`;
}

/** @param {import("./times.js").Times} times @param {string} one @param {string} other */
function isSameDay(times, one, other) {
  return times.date(one) === times.date(other);
}

/** Why lines are taken for a machine's or a person's: each sentence once, with its rule. @param {Line[]} lines */
function judged(lines) {
  return new Map(lines.flatMap(({ detail, rule }) => (detail && rule ? [[detail, rule]] : [])));
}

/** The same to read. @param {Group[]} groups @param {string} ruleset */
export function verdicts(groups, ruleset) {
  return [...judged(groups.flatMap(({ lines }) => lines))].map(([why, rule]) => html` ${why} ${ruleView(rule, ruleset)}`);
}

/** Small print, for who doubts it. @param {string} rule @param {string} ruleset */
export function ruleView(rule, ruleset) {
  return html`<small class="muted">Rule ${rule}, version ${ruleset}.</small>`;
}

/**
 * What a chip says: "Open ×7 14:05 – 16:10".
 * @param {import("./times.js").Times} times @param {Group} group @param {string} before
 */
export function groupText(times, group, before) {
  const { status, automatic, count, lines } = group;
  const why = [...judged(lines).keys()].join(" ");
  return html`${eventIcon(status, automatic)}<span title=${why || eventMeaning(status, automatic)}>${eventWord(status, automatic)}</span
    >${count > 1 ? html` <span class="count">×${times.number(count)}</span>` : ""}
    <span class="when">${groupTimes(times, group, before)}</span>`;
}
