// Keeps filters in the address of the page, so that a report can be bookmarked and the browser's Back button undoes a choice.

import { hasFilters, readFilters, withFilters } from "./filters.js";

/** @typedef {import("lit").ReactiveController} ReactiveController */
/** @typedef {import("lit").ReactiveControllerHost} ReactiveControllerHost */
/** @typedef {import("./filters.js").Filters} Filters */

/**
 * A reactive controller that does nothing unless it has a prefix: a portal's address is the portal's own.
 * @implements {ReactiveController}
 */
export class FiltersInUrl {
  /**
   * @param {ReactiveControllerHost} host
   * @param {() => string | null} prefix of the parameters' names, perhaps empty; `null` keeps filters out of the address
   * @param {() => void} moved the reader went back or forward
   */
  constructor(host, prefix, moved) {
    this.prefix = prefix;
    this.moved = moved;
    host.addController(this);
  }

  hostConnected() {
    window.addEventListener("popstate", this.#changed);
  }

  hostDisconnected() {
    window.removeEventListener("popstate", this.#changed);
  }

  /** The filters of the address; `null` where it has none. @returns {Filters | null} */
  read() {
    const prefix = this.prefix();
    const query = new URLSearchParams(location.search);
    return prefix !== null && hasFilters(query, prefix) ? readFilters((name) => query.get(prefix + name)) : null;
  }

  /** Adds an entry to the browser's history, unless nothing changed. @param {Filters} filters */
  write(filters) {
    const prefix = this.prefix();
    if (prefix === null) return;
    const { pathname, search, hash } = location;
    const query = withFilters(filters, search, prefix);
    if (query !== search) history.pushState(history.state, "", pathname + query + hash);
  }

  #changed = () => {
    if (this.prefix() !== null) this.moved();
  };
}
