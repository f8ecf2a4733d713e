// What is being written: the fields, the request that they make, and where the API's complaints belong. No DOM here.

import { mailboxKey, mailboxText } from "../../shared/addresses.js";
import { chipName, chipsOf } from "./address-field.js";

/** @typedef {import("./address-field.js").Chip} Chip */
/** @typedef {import("../../shared/problem.js").FieldError} FieldError */
/** @typedef {"to" | "cc" | "bcc"} Kind */
/** @typedef {"number" | "client" | "client_name" | "currency" | "amount" | "balance" | "due_on" | "url"} Fact */
/** @typedef {Partial<Record<Fact, string | number | null>>} Facts */

/** @type {readonly Kind[]} */
export const KINDS = ["to", "cc", "bcc"];

/** Facts about the invoice, as they are called on screen. @type {Record<Fact, string>} */
export const FACTS = {
  number: "Invoice number",
  client_name: "Client’s name",
  amount: "Amount",
  balance: "Balance due",
  currency: "Currency",
  due_on: "Due date",
  url: "Link to the invoice",
  client: "Client’s id in your portal",
};

export const FACT_NAMES = /** @type {Fact[]} */ (Object.keys(FACTS));

/**
 * @typedef {object} Draft
 * @property {string} invoice
 * @property {Chip[]} to
 * @property {Chip[]} cc
 * @property {Chip[]} bcc
 * @property {string} subject
 * @property {string} message
 * @property {boolean} track
 * @property {Partial<Record<Fact, string>>} facts those that are written here
 */

/** @param {{ invoice: string, to: string, cc: string, bcc: string, subject: string, message: string, track: boolean }} given @returns {Draft} */
export function newDraft({ invoice, to, cc, bcc, subject, message, track }) {
  return { invoice, to: chipsOf(to), cc: chipsOf(cc), bcc: chipsOf(bcc), subject, message, track, facts: {} };
}

/** What the draft says, to tell whether it was changed. @param {Draft} draft */
export function contentOf({ invoice, to, cc, bcc, subject, message, track, facts }) {
  const texts = [to, cc, bcc].map((chips) => chips.map(({ text }) => text));
  const written = FACT_NAMES.map((name) => facts[name] ?? "");
  return JSON.stringify([invoice, texts, subject, message, track, written]);
}

/** The request. @param {Draft} draft @param {Facts} given facts that the portal knows */
export function bodyOf(draft, given) {
  /** @type {Record<string, unknown>} */
  const body = { track: draft.track };
  for (const kind of KINDS) {
    if (draft[kind].length > 0) body[kind] = draft[kind].map(({ text }) => text);
  }
  if (draft.subject.trim()) body.subject = draft.subject;
  if (draft.message.trim()) body.message = draft.message;
  const facts = factsOf(draft, given);
  if (Object.keys(facts).length > 0) body.facts = facts;
  return body;
}

/** What is written here outranks what the portal gave, which the API may have refused. @param {Draft} draft @param {Facts} given */
function factsOf(draft, given) {
  /** @type {Partial<Record<Fact, string>>} */
  const facts = {};
  for (const name of FACT_NAMES) {
    const text = (draft.facts[name] ?? givenFact(given, name)).trim();
    if (text) facts[name] = text;
  }
  return facts;
}

/** @param {Facts} given @param {Fact} name */
export function givenFact(given, name) {
  const value = given[name];
  return value === null || value === undefined ? "" : String(value);
}

/**
 * The same mailbox in several places stays in the first, as the API has it.
 * @param {Draft} draft
 * @returns {{ draft: Draft, notes: Partial<Record<Kind, string>> }} and what was left out of which field
 */
export function collapsed(draft) {
  const seen = new Map();
  const next = { ...draft };
  /** @type {Partial<Record<Kind, string>>} */
  const notes = {};
  for (const kind of KINDS) {
    next[kind] = draft[kind].filter((chip) => {
      if (chip.fault) return true;
      const key = mailboxKey(chip.address);
      const first = seen.get(key);
      if (!first) seen.set(key, kind);
      else notes[kind] = `${chipName(chip)} is already in ${LABELS[/** @type {Kind} */ (first)]} and is written to once.`;
      return !first;
    });
  }
  return { draft: next, notes };
}

/** @type {Record<Kind, string>} */
export const LABELS = { to: "To", cc: "Cc", bcc: "Bcc" };

/** The draft with another address in the place of one. @param {Draft} draft @param {string} address @param {string} replacement */
export function replaced(draft, address, replacement) {
  const next = { ...draft };
  for (const kind of KINDS) {
    next[kind] = draft[kind].flatMap((chip) =>
      chip.address === address ? chipsOf(mailboxText({ name: chip.name, address: replacement })) : [chip],
    );
  }
  return next;
}

/**
 * Sorts the API's complaints: those about one address go to its chip, the others to their field.
 * @param {Draft} draft @param {readonly FieldError[]} errors
 * @returns {{ draft: Draft, fields: Record<string, string> }} fields by name: "to", "subject", "facts/due_on", "invoice"; "" for the rest
 */
export function sorted(draft, errors) {
  const next = { ...draft };
  /** @type {Record<string, string>} */
  const fields = {};
  for (const error of errors) {
    const [name, index] = error.pointer.replace(/^\//, "").split("/");
    const kind = KINDS.find((known) => known === name);
    if (kind && index !== undefined && next[kind][Number(index)]) {
      next[kind] = next[kind].map((chip, at) => (at === Number(index) ? { ...chip, fault: error.detail } : chip));
      continue;
    }
    const place = isField(name, index) ? error.pointer.replace(/^\//, "") : "";
    fields[place] = [fields[place], sentence(error, place)].filter(Boolean).join(" ");
  }
  return { draft: next, fields };
}

/** @param {string} name @param {string | undefined} index */
function isField(name, index) {
  if (name === "facts") return FACT_NAMES.includes(/** @type {Fact} */ (index));
  return index === undefined && ["invoice", "to", "cc", "bcc", "subject", "message"].includes(name);
}

/** @param {FieldError} error @param {string} place */
function sentence({ pointer, detail }, place) {
  const subject = place ? "This" : (pointer.split("/").pop() ?? "").replaceAll("_", " ");
  return `${subject} ${detail}.`.trim();
}
