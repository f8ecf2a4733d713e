// Where elements find the API, and how they write dates, unless their own attributes say otherwise.

/**
 * A token, or a function that gets one. It is asked again, with `{ renew: true }`, when the API refuses a token.
 * @typedef {string | ((ask?: { renew: boolean }) => string | null | undefined | Promise<string | null | undefined>)} Token
 */

/**
 * @typedef {object} Configuration
 * @property {string} api base URL of the API
 * @property {Token | null} token the JWT, without "Bearer"
 * @property {string} locale BCP 47; dates and numbers are written so
 * @property {string} timezone IANA name of the firm's time zone
 */

/** Where it lies: two parts of a portal may load this module from two addresses, and elements are defined by the first. */
const PLACE = Symbol.for("invoice-email configuration");

/** @type {Record<symbol, Configuration | undefined>} */
const everywhere = /** @type {any} */ (globalThis);

const configuration = (everywhere[PLACE] ??= {
  // This module lies under /ui/ of the API.
  api: new URL("..", import.meta.url).href,
  token: null,
  locale: globalThis.navigator?.language ?? "en",
  timezone: "UTC",
});

/**
 * Sets what all elements on the page share, so that a table of hundreds of icons need not repeat it. Call it before the
 * elements appear; an element's own attributes outrank it.
 * @param {Partial<Configuration>} given
 */
export function configure(given) {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  Object.assign(configuration, Object.fromEntries(said));
}

/** @returns {Readonly<Configuration>} */
export function configured() {
  return configuration;
}
