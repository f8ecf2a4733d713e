// Why an address is blocked, and what it means to allow it again. No DOM here.

/** @type {Record<string, string>} */
export const REASONS = {
  bounced: "An e-mail bounced for good",
  complained: "Reported an e-mail as spam",
  unsubscribed: "Asked for no further e-mails",
  manual: "Blocked by staff",
};

/** What somebody should know before. @type {Record<string, string>} */
export const BEFORE_ALLOWING = {
  bounced:
    "The recipient’s mail server refused an e-mail for good. Allow this address only if you know that it works again; otherwise the " +
    "next e-mail bounces, too.",
  complained:
    "This person reported an e-mail of yours as spam. Ask them first, by telephone for example: another report makes mail servers " +
    "trust all your e-mails less.",
  unsubscribed: "This person asked for no further e-mails. Allow them only if they have told you that they want them again.",
  manual: "Somebody of your firm blocked this address. Find out why before you allow it.",
};

/** @param {string} reason what the API names later is shown as it names it */
export function reasonWord(reason) {
  return REASONS[reason] ?? reason.replaceAll("_", " ");
}
