// The sends that are known: the latest ones, asked for again and again, and older ones that were asked for once.

/** @typedef {import("../../shared/statuses.js").Send} Send */
/** @typedef {import("../../shared/statuses.js").History} History */

/** The first page is the one that is asked for again and again. */
export const SENDS_A_PAGE = 20;

/** What is on screen of an invoice's history. */
export class Page {
  /** @param {History} answer the first page */
  constructor(answer) {
    this.sent_status = answer.sent_status;
    this.evidence = answer.evidence;
    this.ruleset = answer.ruleset;
    /** Latest first. @type {Send[]} */
    this.sends = answer.sends;
    this.next_cursor = answer.next_cursor;
    this.hasOlder = false;
  }

  /** This page with a newer answer of the first page. @param {History} answer */
  renewed(answer) {
    const page = new Page(answer);
    page.sends = merged(this.sends, answer.sends);
    page.hasOlder = this.hasOlder;
    // A cursor of the first page would lead back to what is there already.
    if (this.hasOlder) page.next_cursor = this.next_cursor;
    return page;
  }

  /** This page with the one after it. @param {History} answer */
  followed(answer) {
    const page = new Page({ ...answer, sent_status: this.sent_status, evidence: this.evidence });
    page.sends = merged(this.sends, answer.sends);
    page.hasOlder = true;
    return page;
  }
}

/** @param {Send[]} known @param {Send[]} newer those that replace known ones of the same id */
function merged(known, newer) {
  const all = new Map(known.map((send) => [send.send, send]));
  for (const send of newer) all.set(send.send, send);
  return [...all.values()].sort((one, other) => (one.send < other.send ? 1 : -1));
}
