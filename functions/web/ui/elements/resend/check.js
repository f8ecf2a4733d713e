// What the API says of a resend before it happens: one question at a time, and never an old answer over a new one.

import { Problem } from "../../shared/problem.js";

/** @typedef {import("../../shared/warnings.js").Warning} Warning */

/** @typedef {{ address: string, name: string | null, sent_status: string, reason: string | null, warnings: Warning[] }} Person */

/**
 * @typedef {object} Preview
 * @property {string} from
 * @property {string} subject
 * @property {string} html
 * @property {Person[]} recipients
 */

/**
 * @typedef {object} Result
 * @property {"none" | "asking" | "known" | "refused" | "failed"} state `refused`: it would not be accepted as it is;
 *   `failed`: nobody could be asked
 * @property {string} content what was asked about
 * @property {Preview | null} preview
 * @property {Problem | null} problem
 */

/** @type {Result} */
export const UNCHECKED = { state: "none", content: "", preview: null, problem: null };

/** Asks about one content after the other. */
export class Check {
  /**
   * @param {(content: string, signal: AbortSignal) => Promise<Preview>} ask
   * @param {(error: unknown) => Problem | null} problemOf
   * @param {(result: Result) => void} show
   */
  constructor(ask, problemOf, show) {
    this.ask = ask;
    this.problemOf = problemOf;
    this.show = show;
    this.result = UNCHECKED;
    this.ended = new AbortController();
    /** @type {Promise<void>} */
    this.running = Promise.resolve();
  }

  /** Whether there is a lasting answer about this content. @param {string} content */
  knows(content) {
    return this.result.content === content && (this.result.state === "known" || this.result.state === "refused");
  }

  /**
   * The result for a content: the one that is there, or that is on its way, or else a new one.
   * @param {string} content
   * @returns {Promise<Result>}
   */
  async of(content) {
    const isAsking = this.result.content === content && this.result.state === "asking";
    if (!this.knows(content) && !isAsking) {
      this.forget();
      this.running = this.#run(content, this.ended.signal);
    }
    await this.running;
    return this.result;
  }

  /** Ends what is on its way. What was known stays on screen until the next answer. */
  forget() {
    this.ended.abort();
    this.ended = new AbortController();
    this.#become({ ...this.result, state: "none", content: "", problem: null });
  }

  /** @param {string} content @param {AbortSignal} signal */
  async #run(content, signal) {
    this.#become({ ...this.result, state: "asking", content, problem: null });
    try {
      const preview = await this.ask(content, signal);
      if (!signal.aborted) this.#become({ state: "known", content, preview, problem: null });
    } catch (error) {
      const problem = this.problemOf(error);
      if (!problem || signal.aborted) return;
      const isOfTheContent = !problem.mayPass && problem.status !== 401 && problem.status !== 403;
      this.#become({ ...this.result, state: isOfTheContent ? "refused" : "failed", problem });
    }
  }

  /** @param {Result} result */
  #become(result) {
    this.result = result;
    this.show(result);
  }
}
