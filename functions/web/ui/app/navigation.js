// Follows links, the browser's own buttons and what elements announce. Nothing that was written is left without asking.

import { routeOf, searchOf, titleOf } from "./route.js";

/** @typedef {import("./route.js").Route} Route */
/** @typedef {import("./views.js").Views} Views */

const PRODUCT = "Invoice e-mails";

const LISTS = { attention: "work queue", blocked: "blocked addresses" };

/** What the browser keeps with each address: where the reader was in it, and which one was before. */
/** @typedef {{ scrollTop?: number, cameFrom?: string }} Kept */

export class Navigation {
  /** @param {Views} views */
  constructor(views) {
    this.views = views;
    /** The query that is shown. */
    this.search = location.search;
    /** Where a list was left, so that its filters are found again. @type {Record<string, string>} */
    this.left = {};
  }

  start() {
    // Lists grow after they were loaded: only the page knows when there is something to scroll to.
    history.scrollRestoration = "manual";
    window.addEventListener("popstate", () => this.#travelled());
    document.addEventListener("click", (event) => this.#clicked(event));
    this.#on("select", ({ invoice, send = "" }) => this.go(searchOf({ view: "invoice", invoice, send })));
    this.#on("client", ({ client }) => this.go(searchOf({ view: "client", client })));
    this.#on("send", ({ invoice }) => this.#write(invoice));
    // The report writes its filters into the address right after it has told them.
    document.addEventListener("invoice-email:filter", () => queueMicrotask(() => (this.search = location.search)));
    this.#show(false);
  }

  /** @param {string} name @param {(detail: any) => void} action which takes the place of what the element would do */
  #on(name, action) {
    document.addEventListener(`invoice-email:${name}`, (event) => {
      event.preventDefault();
      action(/** @type {CustomEvent} */ (event).detail);
    });
  }

  /** @param {string} search */
  async go(search) {
    if (!(await this.views.mayLeave())) return;
    /** @type {Kept} */
    const before = history.state ?? {};
    if (before.cameFrom === search) {
      // A way back is no further step forward.
      history.back();
      return;
    }
    this.#keepPlace();
    /** @type {Kept} */
    const kept = { cameFrom: location.search };
    history.pushState(kept, "", location.pathname + search);
    this.#show(true);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
    if (!(link instanceof HTMLAnchorElement) || !link.dataset.view) return;
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { view } = link.dataset;
    // A link to where the reader is already would only throw the filters away.
    if (view === routeOf(location.search).view && view !== "send") return;
    const search = link.search || this.left[view] || "";
    if (search !== location.search) this.go(search);
  }

  /** @param {string} invoice */
  #write(invoice) {
    if (!this.views.openSend(invoice)) this.go(searchOf({ view: "send", invoice }));
  }

  /** The reader went back or forward. */
  async #travelled() {
    const target = location.search;
    if (this.#sameView(target)) {
      // The report follows its filters itself.
      this.search = target;
      return;
    }
    if (this.views.hasUnsent) {
      // Back to where the reader was, until it is clear that what was written may be lost.
      history.pushState({ cameFrom: target }, "", location.pathname + this.search);
      if (!(await this.views.mayLeave())) return;
      history.replaceState({}, "", location.pathname + target);
    }
    this.#show(true);
  }

  /** @param {string} search */
  #sameView(search) {
    return JSON.stringify(routeOf(search)) === JSON.stringify(routeOf(this.search));
  }

  #keepPlace() {
    /** @type {Kept} */
    const kept = { ...history.state, scrollTop: document.documentElement.scrollTop };
    history.replaceState(kept, "");
    this.left[routeOf(location.search).view] = location.search;
  }

  /** @param {boolean} isMove whether somebody moved there, who is told by the focus */
  #show(isMove) {
    const route = routeOf(location.search);
    const before = routeOf(this.search);
    if (before.view === "report" && route.view !== "report") this.left.report = this.search;
    this.search = location.search;
    const title = titleOf(route);
    document.title = `${title} – ${PRODUCT}`;
    for (const link of document.querySelectorAll("nav a")) {
      const isCurrent = /** @type {HTMLElement} */ (link).dataset.view === route.view;
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const heading = this.views.show(route, title, this.#wayBack());
    if (isMove) heading.focus({ preventScroll: true });
    /** @type {Kept} */
    const kept = history.state ?? {};
    document.documentElement.scrollTop = kept.scrollTop ?? 0;
  }

  /** The list that an invoice was chosen from. */
  #wayBack() {
    /** @type {Kept} */
    const { cameFrom = "" } = history.state ?? {};
    const { view } = routeOf(cameFrom);
    if (view === "attention" || view === "blocked") return { view, search: searchOf({ view }), text: `Back to the ${LISTS[view]}` };
    return { view: "report", search: this.left.report ?? "", text: "Back to the report" };
  }
}
