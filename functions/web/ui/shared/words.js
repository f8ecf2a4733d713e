// One word for one thing: what the API's names are called on screen, and what they mean.

/** @typedef {"queued" | "sent" | "rejected" | "delayed" | "marked_spam" | "opened"} SentStatus */
/** @typedef {"none" | "accepted" | "delivered" | "fetched_automatically" | "possibly_opened" | "clicked" | "portal_confirmed"} Evidence */

/** In the order in which they are listed. @type {Record<SentStatus, string>} */
export const SENT_STATUSES = {
  sent: "Sent",
  opened: "Opened",
  delayed: "Delayed",
  rejected: "Rejected",
  marked_spam: "Marked Spam",
  queued: "Queued",
};

/** @type {Record<SentStatus, string>} */
export const SENT_STATUS_MEANINGS = {
  queued: "Waits to be sent.",
  sent: "On its way, or delivered.",
  opened: "Opened or clicked, possibly by a person.",
  delayed: "The recipient's mail server puts it off; Amazon SES keeps trying.",
  rejected: "Refused, blocked or not sent at all; the reason says which.",
  marked_spam: "The recipient reported it as spam.",
};

/** The communications view's words. @type {Record<string, string>} */
export const EVENTS = {
  processed: "Processed",
  dropped: "Dropped",
  deferred: "Deferred",
  bounced: "Bounce",
  blocked: "Block",
  auto_replied: "Auto-reply",
  delivered: "Delivered",
  complained: "Spam report",
  opened: "Open",
  clicked: "Click",
  unsubscribed: "Unsubscribed",
  bounced_elsewhere: "Bounce elsewhere",
  portal_confirmed: "Confirmed in the portal",
};

/** @type {Record<string, string>} */
export const EVENT_MEANINGS = {
  processed: "Amazon SES, which sends the e-mails, took the message.",
  dropped: "The message was not sent.",
  deferred: "The recipient's mail server put the message off; Amazon SES keeps trying.",
  bounced: "The recipient's mail server refused the message for good.",
  blocked: "Amazon SES gave up: the recipient's mail server did not take the message.",
  auto_replied: "An automatic reply came back, such as an out-of-office note.",
  delivered: "The recipient's mail server took the message. It may have put it into the spam folder.",
  complained: "The recipient reported the message as spam.",
  opened: "The mail's image was loaded, possibly by a person who read it.",
  clicked: "A link of the mail was followed.",
  unsubscribed: "The recipient does not want further e-mails.",
  bounced_elsewhere: "It was probably forwarded, and bounced there. It had been delivered here before.",
  portal_confirmed: "The client acted on the invoice's page in the portal.",
};

/** The name of an event; what the API names later is shown as it names it. @param {string} status @param {boolean} [automatic] */
export function eventWord(status, automatic = false) {
  const word = EVENTS[status] ?? capitalised(status.replaceAll("_", " "));
  return automatic ? `${word} (automatic)` : word;
}

/** @param {string} status @param {boolean} [automatic] */
export function eventMeaning(status, automatic = false) {
  if (automatic) return "A machine did this, such as a privacy proxy or a security scanner. It says nothing about a reader.";
  return EVENT_MEANINGS[status] ?? "";
}

/** @type {Record<Evidence, string>} */
export const EVIDENCE = {
  none: "None",
  accepted: "Accepted",
  delivered: "Delivered",
  fetched_automatically: "Fetched automatically",
  possibly_opened: "Possibly opened",
  clicked: "Clicked",
  portal_confirmed: "Confirmed in the portal",
};

/** What each rung of evidence proves, and what it does not. @type {Record<Evidence, string>} */
export const EVIDENCE_MEANINGS = {
  none: "It has not been sent, as far as is known.",
  accepted: "Amazon SES, which sends the e-mails, took the message; no delivery was reported.",
  delivered: "The recipient's mail server took the message. It may lie in the spam folder.",
  fetched_automatically:
    "A machine loaded the mail's image or followed a link, such as Apple's privacy proxy or a scanner. That suggests that it arrived, and says nothing about a reader.",
  possibly_opened:
    "The mail's image was loaded as a mail program does when somebody opens it. A person possibly read it, perhaps somebody else with the same mail.",
  clicked: "A link of the mail was followed, most likely by a person.",
  portal_confirmed: "The client acted on the invoice's page in the portal.",
};

/** @type {Record<string, string>} */
export const NEXT_ACTIONS = {
  correct_address: "Correct the address",
  wait: "Wait",
  call: "Call the client",
  ask_to_allow: "Ask the client to allow your e-mails",
  do_not_email: "Do not e-mail this person",
  send_again: "Send it again",
};

/** The same as a sentence for who has the recipient before them. @type {Record<string, string>} */
export const NEXT_ACTION_ADVICE = {
  correct_address: "Find out the right address, then send again to it.",
  wait: "Nothing to do yet: Amazon SES keeps trying by itself.",
  call: "Call the client, or reach them in another way.",
  ask_to_allow: "Ask the client to let your e-mails in, for example by adding your address to their contacts.",
  do_not_email: "Do not e-mail this person; reach them in another way.",
  send_again: "Send it again.",
};

/** @type {Record<string, string>} */
export const KINDS = { to: "To", cc: "Cc", bcc: "Bcc" };

/** @type {Record<string, string>} */
export const SOURCES = { manual: "Sent by hand", automatic: "Sent automatically", resend: "Sent again" };

/**
 * What is known of opens where none is seen: absence proves nothing, and is never called "unopened".
 * @param {number} opens @param {boolean} tracked
 */
export function notSeen(opens, tracked) {
  if (opens > 0) return "";
  return tracked ? "not seen" : "not tracked";
}

/** What many networks of clicks suggest. */
export const FORWARDED =
  "Possibly forwarded: people's clicks came from three or more networks, days apart: others may have this e-mail.";

/** What an open proves, for the note where people look for it. */
export const WHAT_AN_OPEN_PROVES = [
  "Opened: the mail's image was loaded or a link was followed, possibly by a person. Somebody else with the mail may have done it.",
  "Not seen: proves nothing. Many mail programs load no images.",
  "Not tracked: nothing is known of opens and clicks.",
  "Automatic: machines that show themselves, such as Apple Mail's privacy proxy, Gmail's prefetch and many scanners. They never count as a reader; a scanner that poses as a browser still can.",
  "Delivered: the recipient's mail server took the message; it may lie in the spam folder.",
  "Marked Spam: reported by providers that do so; Gmail does not.",
];

const SERVER_SAID = / The server said: “(?<answer>.*)”$/su;

/**
 * Parts a reason into our plain words and the server's own answer.
 * @param {string | null | undefined} reason
 * @returns {{ words: string, answer: string }}
 */
export function reasonParts(reason) {
  const text = reason ?? "";
  const found = SERVER_SAID.exec(text);
  return found ? { words: text.slice(0, found.index), answer: found.groups?.answer ?? "" } : { words: text, answer: "" };
}

/** @param {string} text */
export function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Why an automatic e-mail did not go to somebody. @type {Record<string, string>} */
export const SKIP_REASONS = {
  not_invited: "not invited into the portal",
  invitation_pending: "invitation pending",
  invitation_expired: "invitation expired",
  no_login: "no login yet",
  suppressed: "blocked address",
};
