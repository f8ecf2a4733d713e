// The one place that speaks HTTP with the API.

import { Problem, isAbort } from "./problem.js";

/** @typedef {import("./configuration.js").Token} Token */

/** API Gateway answers within 30 seconds or never. */
const TIMEOUT_MS = 35_000;

/** Together with the first. Only what may be repeated is: reading, replacing, and what carries an Idempotency-Key. */
const ATTEMPTS = 3;

/** A wait that a person still waits for. */
const LONGEST_WAIT_MS = 5_000;

/**
 * @typedef {object} Options
 * @property {AbortSignal} [signal] ends the request; it then rejects with an AbortError
 * @property {string} [idempotencyKey] the same key for the same action: it happens once, however often it is asked for
 * @property {string | null} [ifMatch] the version that is replaced; another one is not
 * @property {boolean} [isNew] it is only written if it is not there yet
 */

/**
 * A thing that can be replaced, and its version: `null` where a portal's CORS keeps it back.
 * @typedef {{ body: any, etag: string | null }} Versioned
 */

/** @typedef {Record<string, string | number | null | undefined>} Parameters */

/** A client of one API, with one token. */
export class Client {
  /** @param {{ api: string, token: Token | null }} options */
  constructor({ api, token }) {
    // Relative to the page, as a portal that passes requests on writes it: `/mail-api`.
    this.base = new URL(api.endsWith("/") ? api : `${api}/`, document.baseURI).href;
    this.token = token;
  }

  /**
   * @param {string} path such as `v1/attention`
   * @param {Parameters} [parameters] empty ones are left out
   * @param {Options} [options]
   * @returns {Promise<any>}
   */
  async get(path, parameters = {}, options = {}) {
    const response = await this.#ask("GET", path, parameters, undefined, options);
    return json(response);
  }

  /**
   * What is no JSON: a page to print, or one of CSV with the cursor of the next one.
   * @param {string} path @param {Parameters & { format: "csv" | "html" }} parameters @param {Options} [options]
   * @returns {Promise<{ text: string, next: string | null }>}
   */
  async text(path, parameters, options = {}) {
    const response = await this.#ask("GET", path, parameters, undefined, options);
    const link = /<([^>]*)>; rel="next"/.exec(response.headers.get("Link") ?? "");
    const next = link ? new URL(link[1], this.base).searchParams.get("cursor") : null;
    return { text: await whole(response.text()), next };
  }

  /**
   * @param {string} path @param {unknown} body @param {Options} [options]
   * @returns {Promise<any>}
   */
  async post(path, body, options = {}) {
    return json(await this.#ask("POST", path, {}, body, options));
  }

  /** @param {string} path @param {Options} [options] @returns {Promise<Versioned>} */
  async read(path, options = {}) {
    return versioned(await this.#ask("GET", path, {}, undefined, options));
  }

  /** @param {string} path @param {unknown} body @param {Options} [options] @returns {Promise<Versioned>} */
  async put(path, body, options = {}) {
    return versioned(await this.#ask("PUT", path, {}, body, options));
  }

  /** @param {string} path @param {Options} [options] @returns {Promise<boolean>} whether it is done; otherwise it goes on by itself */
  async delete(path, options = {}) {
    return (await this.#ask("DELETE", path, {}, undefined, options)).status !== 202;
  }

  /**
   * @param {string} method @param {string} path @param {Parameters} parameters @param {unknown} body
   * @param {Options} options
   */
  async #ask(method, path, parameters, body, options) {
    const url = new URL(path, this.base);
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, String(value));
    }
    const repeatable = method !== "POST" || options.idempotencyKey !== undefined;
    let renew = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(method, url, body, options, renew);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.status === 401 && typeof this.token === "function" && !renew) {
          renew = true;
          continue;
        }
        if (!repeatable || !error.mayPass || attempt >= ATTEMPTS) throw error;
        await pause(Math.min(error.retryAfterMs || 400 * 3 ** (attempt - 1), LONGEST_WAIT_MS), options.signal);
      }
    }
  }

  /**
   * @param {string} method @param {URL} url @param {unknown} body @param {Options} options @param {boolean} renew
   */
  async #once(method, url, body, options, renew) {
    const format = url.searchParams.get("format");
    /** @type {Record<string, string>} */
    const headers = { Accept: format ? `text/${format}` : "application/json" };
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const token = await this.#authorization(renew, signal);
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
    if (options.ifMatch) headers["If-Match"] = options.ifMatch;
    else if (options.isNew) headers["If-None-Match"] = "*";
    const payload = body === undefined ? undefined : JSON.stringify(body);
    // Credentials of the page's own (cookies) are none of the API's business.
    const request = fetch(url, { method, headers, body: payload, signal, credentials: "omit", cache: "no-store" });
    const response = await whole(request, "offline");
    if (!response.ok) throw await refusal(response);
    return response;
  }

  /** The token; what a portal's function throws, and that it never answers, is a problem like others. @param {boolean} renew @param {AbortSignal} signal */
  async #authorization(renew, signal) {
    const { token } = this;
    if (typeof token !== "function") return token;
    const asked = (async () => token(renew ? { renew } : undefined))();
    return whole(Promise.race([asked, ended(signal)]), "unsigned");
  }
}

/** Rejects when the signal ends. @param {AbortSignal} signal @returns {Promise<never>} */
function ended(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/**
 * Waits for an answer, or a part of it.
 * @template T
 * @param {Promise<T>} promise @param {"offline" | "unreadable" | "unsigned"} [kind] what a broken connection means at this point
 * @returns {Promise<T>}
 */
async function whole(promise, kind = "unreadable") {
  try {
    return await promise;
  } catch (error) {
    if (isAbort(error)) throw error;
    if (error instanceof DOMException && error.name === "TimeoutError") throw new Problem("slow");
    throw new Problem(kind);
  }
}

/** @param {Response} response */
async function json(response) {
  return whole(response.json());
}

/** @param {Response} response @returns {Promise<Versioned>} */
async function versioned(response) {
  return { body: await json(response), etag: response.headers.get("ETag") };
}

/** The problem that the API describes (RFC 9457); API Gateway's own refusals are `{ "message": … }`. @param {Response} response */
async function refusal(response) {
  const retryAfterMs = Number(response.headers.get("Retry-After") ?? 0) * 1000 || 0;
  /** @type {{ detail?: unknown, message?: unknown, errors?: unknown }} */
  let problem = {};
  try {
    problem = (await response.json()) ?? {};
  } catch {
    // The status says enough.
  }
  const detail = typeof problem.detail === "string" ? problem.detail : "";
  const errors = Array.isArray(problem.errors) ? problem.errors : [];
  return new Problem("refused", { status: response.status, detail, errors, retryAfterMs });
}

/** @param {number} ms @param {AbortSignal} [signal] @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** A key for one action of one person. */
export function newIdempotencyKey() {
  return crypto.randomUUID();
}
