// What is new between two answers, in one sentence for who cannot see it appear.

import { grouped } from "../../shared/statuses.js";
import { SENT_STATUSES, eventWord } from "../../shared/words.js";

/** @typedef {import("../../shared/statuses.js").Send} Send */
/** @typedef {{ address: string, words: string }} Change */

/** More than this would be a flood. */
const MOST_TOLD = 2;

/** Between two sentences; what happens meanwhile is told together. */
const PAUSE_MS = 4_000;

/**
 * @param {readonly Send[]} before @param {readonly Send[]} after
 * @returns {Change[]}
 */
export function changes(before, after) {
  const known = new Map(before.map((send) => [send.send, send]));
  return after.flatMap((send) => {
    const old = known.get(send.send);
    return send.recipients.flatMap((recipient) => {
      const { address, sent_status: status } = recipient;
      const former = old?.recipients.find((other) => other.recipient === recipient.recipient);
      if (!former) return [{ address, words: `New e-mail, ${statusWord(status)}` }];
      const counts = counted(former);
      const grown = [...counted(recipient)].filter(([kind, count]) => count > (counts.get(kind) ?? 0));
      return grown.map(([kind]) => ({ address, words: eventWord(...statusOf(kind)) }));
    });
  });
}

/** @param {string} status */
function statusWord(status) {
  return SENT_STATUSES[/** @type {import("../../shared/words.js").SentStatus} */ (status)] ?? status;
}

/** How often each kind of status occurs. @param {import("../../shared/statuses.js").Recipient} recipient */
function counted(recipient) {
  const { people, machines } = grouped(recipient);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { status, automatic, count } of [...people, ...machines]) {
    const kind = automatic ? `${status} automatic` : status;
    counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return counts;
}

/** @param {string} kind @returns {[string, boolean]} */
function statusOf(kind) {
  const [status, automatic] = kind.split(" ");
  return [status, automatic !== undefined];
}

/** @param {readonly Change[]} list */
export function sentence(list) {
  if (list.length <= MOST_TOLD) return list.map(({ address, words }) => `${address}: ${words}.`).join(" ");
  const people = new Set(list.map(({ address }) => address)).size;
  return `${list.length} new statuses${people > 1 ? ` of ${people} recipients` : ""}.`;
}

/** Gathers what is to be told, and tells it with pauses. */
export class Herald {
  /** @param {(text: string) => void} tell */
  constructor(tell) {
    this.tell = tell;
    /** @type {Change[]} */
    this.waiting = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {readonly Change[]} list */
  add(list) {
    this.waiting.push(...list);
    if (this.timer === undefined) this.#speak();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }

  #speak() {
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.tell(sentence(this.waiting));
    this.waiting = [];
    this.timer = setTimeout(() => this.#speak(), PAUSE_MS);
  }
}
