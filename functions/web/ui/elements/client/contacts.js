// The people behind a client's addresses: how far each has come, and times as fields take them. No DOM here.

/**
 * @typedef {object} Contact
 * @property {string} address
 * @property {string | null} name
 * @property {string | null} invited_at
 * @property {string | null} accepted_at
 * @property {string | null} login_created_at
 */

/** @typedef {"invited_at" | "accepted_at" | "login_created_at"} Step */

/** In the order in which they are taken. @type {Record<Step, string>} */
export const STEPS = { invited_at: "Invited", accepted_at: "Accepted", login_created_at: "Login created" };

/** An invitation is good for so long. */
const INVITATION_MS = 7 * 86_400_000;

/** Behind it, and where nothing was written, is no time that could be meant. */
const YEAR_3000_MS = 32_503_680_000_000;

/** @typedef {"uninvited" | "pending" | "expired" | "no_login" | "ready"} State */

/** Whether a contact gets automatic e-mails, or what is missing. @param {Contact} contact @param {number} now in ms @returns {State} */
export function stateOf({ invited_at: invited, accepted_at: accepted, login_created_at: login }, now) {
  if (!invited) return "uninvited";
  if (!accepted) return now - Date.parse(invited) < INVITATION_MS ? "pending" : "expired";
  return login ? "ready" : "no_login";
}

/** A time as a field for times takes it, such as `2026-11-22T14:05`. @param {string | null} iso @param {string} timeZone */
export function localTime(iso, timeZone) {
  if (!iso) return "";
  return wallClock(new Date(iso), timeZone).slice(0, 16);
}

/** The other way round. @param {string} local @param {string} timeZone */
export function instant(local, timeZone) {
  const wanted = Date.parse(`${local}Z`);
  if (!(wanted < YEAR_3000_MS)) return null;
  let at = wanted;
  // Twice, as the clocks may be changed in between.
  for (let round = 0; round < 2; round += 1) at += wanted - Date.parse(`${wallClock(new Date(at), timeZone)}Z`);
  return new Date(at).toISOString();
}

/**
 * As Swedes write it, who write it as the field does. To the second: long ago, zones differed by seconds.
 * @param {Date} date @param {string} timeZone
 */
function wallClock(date, timeZone) {
  const text = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(date);
  // A year that is still being typed has few digits.
  return text.padStart(19, "0").replace(" ", "T");
}
