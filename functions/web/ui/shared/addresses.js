// E-mail addresses as people type and paste them, read by the same rules as the API reads them (shared/domain/src/address.rs).
// addresses.cases.json holds both to the same answers. The API has the last word: what slips through here is refused there.

/** The most recipients of one send, in To, Cc and Bcc together. */
export const MAX_RECIPIENTS = 50;

const MAX_ADDRESS_CHARS = 254;
const MAX_LOCAL_PART_CHARS = 64;
const MAX_DOMAIN_CHARS = 253;
const MAX_NAME_CHARS = 200;

/** What is wrong with one address; each completes the sentence that begins with the address. */
const FAULTS = {
  notAnAddress: "is not an e-mail address",
  controlCharacter: "contains a line break or another control character",
  nonAsciiLocalPart: "has a character before the @ that is not ASCII, which cannot be delivered",
  group: "is a group of addresses; give the addresses themselves",
  unclosed: "has a quote, a bracket or a comment that is not closed",
  missingSeparator: "seems to be two addresses; put ; or , between them",
  textBesideAddress: "has text beside the address; write Name <address>",
  angleBrackets: "must have one address in one pair of angle brackets",
  domainLiteral: "has an IP address for a domain",
  domain: "has no valid domain after the @, such as example.com",
  tooLong: `is longer than ${MAX_ADDRESS_CHARS} characters`,
  nameTooLong: `has a name longer than ${MAX_NAME_CHARS} characters`,
};

/** A part that is no address; the message says why. */
class AddressFault extends Error {}

/** @param {keyof typeof FAULTS} fault @returns {never} */
function refuse(fault) {
  throw new AddressFault(FAULTS[fault]);
}

/**
 * One part of a list: an address, or what is wrong with it.
 * @typedef {object} Part
 * @property {string} text as it was typed
 * @property {string} address with a lower-case ASCII domain; empty if there is a fault
 * @property {string | null} name
 * @property {string | null} fault completes the sentence that begins with the text
 */

/**
 * Reads addresses as people write them: `ann@example.com; "Roe; Bob" <bob@example.com>, carl@example.com (Carl)`.
 * @param {string} list
 * @returns {Part[]} without the empty parts
 */
export function parseList(list) {
  return splitList(list)
    .map(trimmed)
    .filter((part) => part !== "")
    .map(parsePart);
}

/** @param {string} text one part of a list @returns {Part} */
function parsePart(text) {
  try {
    return { text, fault: null, ...parseOne(text) };
  } catch (error) {
    if (!(error instanceof AddressFault)) throw error;
    return { text, fault: error.message, address: "", name: null };
  }
}

/**
 * The parts of a list, which end at `;` and `,` outside quotes, comments and angle brackets.
 * @param {string} list
 */
export function splitList(list) {
  const parts = [];
  let start = 0;
  for (const { at, char, region } of regions(list)) {
    if (region === "text" && (char === ";" || char === ",")) {
      parts.push(list.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(list.slice(start));
  return parts;
}

/** The same for two spellings of one mailbox: without case, and without quotes that are not needed. @param {string} address */
export function mailboxKey(address) {
  const at = address.lastIndexOf("@");
  return `${plainLocalPart(address.slice(0, at))}${address.slice(at)}`;
}

/** A form that is read back as the same mailbox. @param {{ name: string | null, address: string }} mailbox */
export function mailboxText({ name, address }) {
  if (!name) return address;
  // `=` too: a name that looks like an encoded word (RFC 2047) must not be decoded a second time.
  return `"${name.replaceAll(/["\\=]/g, "\\$&")}" <${address}>`;
}

/** @typedef {"text" | "quote" | "comment" | "angle" | "angleQuote"} Region */

/** @type {Record<Exclude<Region, "comment">, Region>} */
const BEHIND_A_QUOTE = { text: "quote", quote: "text", angle: "angleQuote", angleQuote: "angle" };

/**
 * Tells what each character of a list belongs to; delimiters belong to what they delimit. Returns the region at the end,
 * which is not "text" where something was opened and not closed.
 * @param {string} text
 * @returns {Generator<{ at: number, char: string, region: Region }, Region>}
 */
function* regions(text) {
  /** @type {Region} */
  let region = "text";
  let depth = 0;
  let escaped = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    /** @type {Region} */
    const before = region;
    /** @type {Region} */
    let belongsTo = before;
    if (escaped) {
      escaped = false;
    } else if (char === "\\" && (before === "quote" || before === "comment" || before === "angleQuote")) {
      escaped = true;
    } else if (char === '"' && before !== "comment") {
      region = BEHIND_A_QUOTE[before];
      if (before === "text") belongsTo = "quote";
      if (before === "angle") belongsTo = "angleQuote";
    } else if (char === "<" && before === "text") {
      region = belongsTo = "angle";
    } else if (char === ">" && before === "angle") {
      region = "text";
    } else if (char === "(" && (before === "text" || before === "comment")) {
      depth += 1;
      region = belongsTo = "comment";
    } else if (char === ")" && before === "comment") {
      depth -= 1;
      if (depth === 0) region = "text";
    }
    yield { at, char, region: belongsTo };
  }
  return region;
}

/** Where the pieces of one part are. @param {string} part */
function dissect(part) {
  const found = {
    /** The first `<` and what follows its `>`. */
    angle: { start: -1, end: -1 },
    angles: 0,
    colon: false,
    strayBracket: false,
    /** What stands outside angle brackets and comments. */
    words: { start: -1, end: -1 },
    runs: 0,
    /** An `@` outside quotes, comments and angle brackets. */
    atSigns: 0,
    /** White space within the words, outside quotes. */
    spaced: false,
    wordsAfterAngle: false,
  };
  let inRun = false;
  let spacePending = false;
  const walk = regions(part);
  let step = walk.next();
  for (; !step.done; step = walk.next()) {
    const { at, char, region } = step.value;
    if (region === "comment") {
      inRun = false;
    } else if (region === "angle" || region === "angleQuote") {
      inRun = false;
      if (found.angle.start < 0) found.angle.start = at;
      if (found.angles <= 1) found.angle.end = at + 1;
      if (char === "<" && region === "angle") found.angles += 1;
    } else if (region === "text" && char === " ") {
      spacePending = true;
    } else {
      found.wordsAfterAngle ||= found.angle.start >= 0;
      if (inRun) found.spaced ||= spacePending;
      else found.runs += 1;
      inRun = true;
      spacePending = false;
      if (found.words.start < 0) found.words.start = at;
      found.words.end = at + 1;
      if (region === "text") {
        found.colon ||= char === ":";
        found.strayBracket ||= char === ">" || char === ")";
        if (char === "@") found.atSigns += 1;
      }
    }
  }
  if (step.value !== "text") refuse("unclosed");
  return found;
}

/** @typedef {ReturnType<typeof dissect>} Anatomy */

/** @param {string} part @returns {{ address: string, name: string | null }} */
function parseOne(part) {
  if (hasControls(part)) refuse("controlCharacter");
  const found = dissect(part);
  if (found.colon) refuse("group");
  if (found.strayBracket) refuse("angleBrackets");
  return found.angle.start >= 0 ? parseBracketed(part, found) : parseBare(part, found);
}

/** `Name <address>`, with comments anywhere outside the brackets. @param {string} part @param {Anatomy} found */
function parseBracketed(part, { angle, angles, words, atSigns, wordsAfterAngle }) {
  const inner = part.slice(angle.start + 1, angle.end - 1);
  if (angles > 1 || inner.startsWith("<") || inner.endsWith(">")) refuse("angleBrackets");
  if (wordsAfterAngle) refuse(atSigns > 0 ? "missingSeparator" : "textBesideAddress");
  const address = parseAddress(trimmed(inner));
  if (atSigns > 0) {
    // Some programs repeat the address as its own name. Any other address there lacks a separator.
    const repeated = trimmed(part.slice(words.start, words.end)).replaceAll(/^'+|'+$/g, "");
    if (!sameMailbox(repeated, address)) refuse("missingSeparator");
    return { address, name: null };
  }
  return { address, name: readName(`${part.slice(0, angle.start)} ${part.slice(angle.end)}`) };
}

/** An address without angle brackets: comments may stand before and after it, a name may not. @param {string} part @param {Anatomy} found */
function parseBare(part, { words, spaced, runs, atSigns }) {
  if (words.start < 0) refuse("notAnAddress");
  if (spaced || runs > 1) {
    refuse(atSigns === 0 ? "notAnAddress" : atSigns === 1 ? "textBesideAddress" : "missingSeparator");
  }
  const address = parseAddress(part.slice(words.start, words.end));
  return { address, name: readName(`${part.slice(0, words.start)} ${part.slice(words.end)}`) };
}

/** @param {string} text an address that may be wrong @param {string} address one that is not */
function sameMailbox(text, address) {
  try {
    return mailboxKey(parseAddress(text.trim().replace(/\.+$/, ""))) === mailboxKey(address);
  } catch {
    return false;
  }
}

const ATOM = /^[\w!#$%&'*+\-/=?^`{|}~]+$/;
const QUOTED = /^"(?:[\t !#-[\]-~]|\\[!-~])+"$/;

/** @param {string} text */
function parseAddress(text) {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = text.slice(at + 1);
  if (local === "" || domain === "") refuse("notAnAddress");
  if (domain.startsWith("[")) refuse("domainLiteral");
  if (!isAscii(local)) refuse("nonAsciiLocalPart");
  if (!isLocalPart(local)) refuse("notAnAddress");
  const ascii = asciiDomain(domain) ?? refuse("domain");
  const address = `${local}@${ascii}`;
  if (address.length > MAX_ADDRESS_CHARS) refuse("tooLong");
  return address;
}

/** @param {string} local ASCII */
function isLocalPart(local) {
  if (local.length > MAX_LOCAL_PART_CHARS) return false;
  return QUOTED.test(local) || local.split(".").every((atom) => ATOM.test(atom));
}

/** The local part in lower case, its quotes removed where it is valid without them. @param {string} local */
function plainLocalPart(local) {
  const lower = local.toLowerCase();
  if (!/^".*"$/.test(lower) || lower.length < 2) return lower;
  const content = lower.slice(1, -1).replaceAll(/\\(.)/g, "$1");
  if (!content.startsWith('"') && isLocalPart(content)) return content;
  return `"${content.replaceAll(/["\\]/g, "\\$&")}"`;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The domain as a lower-case ASCII host name of two labels or more, if it is one. @param {string} domain */
function asciiDomain(domain) {
  const lower = domain.toLowerCase();
  const ascii = isAscii(lower) && !/(^|\.)xn--/.test(lower) ? lower : punycode(lower);
  if (ascii === null || ascii.length > MAX_DOMAIN_CHARS) return null;
  const labels = ascii.split(".");
  const valid = labels.every((label) => LABEL.test(label) && hyphensFit(label));
  // `a@192.0.2.1`: no top-level domain is a number.
  return valid && labels.length > 1 && !/^\d+$/.test(labels[labels.length - 1]) ? ascii : null;
}

/** Not at either end, nor third and fourth except in Punycode. @param {string} label */
function hyphensFit(label) {
  return !/^-|-$/.test(label) && (label.startsWith("xn--") || label.slice(2, 4) !== "--");
}

/** An internationalised domain as host names are looked up. @param {string} domain */
function punycode(domain) {
  // Only what is part of a host name: a URL's parser would take a user, a port, a path or %41 as well.
  if (/[\0-,/:-`{-\x7f]/.test(domain) || !domain.normalize("NFKC").split(/[.。]/).every(hyphensFit)) return null;
  try {
    return new URL(`http://${domain}/`).hostname;
  } catch {
    return null;
  }
}

/** The name that stands beside an address: words, quoted strings, comments and encoded words (RFC 5322, 2047). @param {string} phrase */
function readName(phrase) {
  const reader = new PhraseReader(phrase);
  const name = reader.name().trim();
  if (hasControls(name)) refuse("controlCharacter");
  if ([...name].length > MAX_NAME_CHARS) refuse("nameTooLong");
  return name === "" ? null : name;
}

/** Reads a phrase from the start to the end. Its quotes and comments are known to be closed. */
class PhraseReader {
  /** @param {string} phrase */
  constructor(phrase) {
    this.phrase = phrase;
    this.at = 0;
    /** @type {string[]} */
    this.words = [];
    /** @type {string[]} */
    this.comments = [];
  }

  name() {
    while (this.at < this.phrase.length) {
      const char = this.phrase[this.at];
      if (char === " ") this.at += 1;
      else if (char === '"') this.words.push(this.delimited('"'));
      else if (char === "(") this.comments.push(this.delimited(")").trim());
      else this.words.push(this.run());
    }
    const words = this.words.filter(Boolean).join(" ");
    const comments = this.comments.filter(Boolean).join(" ");
    return words && comments ? `${words} (${comments})` : words || comments;
  }

  /** Words up to the next quote or comment. */
  run() {
    const end = /["(]/.exec(this.phrase.slice(this.at));
    const text = end ? this.phrase.slice(this.at, this.at + end.index) : this.phrase.slice(this.at);
    this.at += text.length;
    return decodedWords(text).trim();
  }

  /** What stands between the delimiter here and the one that ends it. @param {string} close */
  delimited(close) {
    this.at += 1;
    let text = "";
    let unescaped = "";
    for (let depth = 1; this.at < this.phrase.length; this.at += 1) {
      const char = this.phrase[this.at];
      if (char === "\\") {
        // What is escaped is no part of an encoded word.
        text += decodedWords(unescaped) + (this.phrase[this.at + 1] ?? "");
        unescaped = "";
        this.at += 1;
        continue;
      }
      if (char === "(" && close === ")") depth += 1;
      if (char === close) depth -= 1;
      if (depth === 0) break;
      unescaped += char;
    }
    this.at += 1;
    return text + decodedWords(unescaped);
  }
}

/** An encoded word, and the white space between it and the next one, which is none. */
const ENCODED_WORD = /(?<=^| )=\?([^?*\s]{2,})(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=(?: +(?==\?[^?\s]+\?[bq]\?[^?]*\?=))?/giu;

/** Decodes the encoded words of RFC 2047. @param {string} text */
function decodedWords(text) {
  return text.replaceAll(ENCODED_WORD, (whole, charset, encoding, data) => {
    const bytes = encoding.toLowerCase() === "q" ? fromQ(data) : fromBase64(data);
    return bytes ? decoded(bytes, charset) : whole;
  });
}

/** @param {Uint8Array} bytes @param {string} charset */
function decoded(bytes, charset) {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** @param {string} data */
function fromQ(data) {
  const bytes = new TextEncoder().encode(data.replaceAll("_", " "));
  const out = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const hex = bytes[at] === 0x3d ? String.fromCharCode(...bytes.slice(at + 1, at + 3)) : "";
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      out.push(parseInt(hex, 16));
      at += 2;
    } else {
      out.push(bytes[at]);
    }
  }
  return new Uint8Array(out);
}

/** @param {string} data */
function fromBase64(data) {
  try {
    return Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** @param {string} text */
function hasControls(text) {
  return /\p{Cc}/u.test(text);
}

/** @param {string} text */
function isAscii(text) {
  return /^[\0-\x7f]*$/.test(text);
}

/** Without the blanks around it; other white space is left, and refused. @param {string} text */
function trimmed(text) {
  return text.replaceAll(/^ +| +$/g, "");
}
