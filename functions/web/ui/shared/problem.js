// What can go wrong between a screen and the API: each with a sentence, and a way on.

/**
 * @typedef {"offline" | "slow" | "unreadable" | "unsigned" | "refused" | "unstored"} Kind
 * `refused` has a status; `unstored` is about this device's disk; `unsigned` means that the page could give no token; the others never got a whole answer.
 */

/** A mistake in one place of a request, as the API names it. */
/** @typedef {{ in: string, pointer: string, detail: string }} FieldError */

/** A request that failed. */
export class Problem extends Error {
  /**
   * @param {Kind} kind
   * @param {{ status?: number, detail?: string, errors?: FieldError[], retryAfterMs?: number }} [more]
   */
  constructor(kind, { status = 0, detail = "", errors = [], retryAfterMs = 0 } = {}) {
    super(sentence(kind, status, detail, errors));
    this.name = "Problem";
    this.kind = kind;
    this.status = status;
    /** The server's own words. */
    this.detail = detail;
    this.errors = errors;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get mayPass() {
    return this.kind !== "refused" || this.status === 429 || this.status >= 500;
  }

  /** Whether a new sign-in helps. */
  get needsSignIn() {
    return this.kind === "refused" && this.status === 401;
  }
}

/** @param {unknown} error @returns {error is DOMException} */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/**
 * @param {Kind} kind @param {number} status @param {string} detail @param {FieldError[]} errors
 */
function sentence(kind, status, detail, errors) {
  if (kind === "offline") return "There is no connection to the service. Check the network, then try again.";
  if (kind === "slow") return "The service has not answered in time. Try again.";
  if (kind === "unreadable") return "The answer broke off on its way. Try again.";
  if (kind === "unsigned") return "Your sign-in could not be renewed. Check the network, or sign in again, then try again.";
  if (kind === "unstored") return "This device has no room for the file. Make some, then try again.";
  if (status === 401) return "You are signed out, or your session has ended. Sign in again, then try again.";
  if (status === 403) return joined("You are not allowed to do this.", detail);
  if (status === 404) return detail || "This does not exist, or no longer.";
  if (status === 412) return "Somebody else has changed this since you opened it. Reload it, then make your change again.";
  if (status === 413) return "This is too large to be sent.";
  if (status === 429) return "Too many requests at once. Wait a moment, then try again.";
  if (status >= 500) return joined("The service cannot answer at the moment. Try again.", status === 503 ? detail : "");
  if (errors.length > 0) return errors.map((error) => `${place(error)} ${error.detail}`.trim()).join(". ");
  return detail || `The service refused this (${status}).`;
}

/** @param {string} first @param {string} second */
function joined(first, second) {
  return second ? `${first} ${second}` : first;
}

/** The place of a mistake, in words: `/facts/due_on` is "due on". @param {FieldError} error */
function place(error) {
  const last = error.pointer.split("/").filter((part) => part && !/^\d+$/.test(part)).pop() ?? "";
  const words = last.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
