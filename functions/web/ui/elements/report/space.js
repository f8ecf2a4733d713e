// Watches which part of a long list is in view, whatever it is that scrolls: the page or something in it.

/** @typedef {import("lit").ReactiveController} ReactiveController */
/** @typedef {import("lit").ReactiveControllerHost} ReactiveControllerHost */

/** Rows are there that much before they come into view. */
const AHEAD_PX = 1_200;

/** The first is about the page, the other, which not all browsers know, about what scrolls in it. */
const OPTIONS = { rootMargin: `${AHEAD_PX}px 0px`, scrollMargin: `${AHEAD_PX}px 0px` };

/**
 * A reactive controller. After each update of its host it looks at what is rendered then.
 * @implements {ReactiveController}
 */
export class Space {
  /** @type {IntersectionObserver | null} */
  #observer = null;
  /** @type {Set<Element>} */
  #watched = new Set();

  /**
   * @param {ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment }} host
   * @param {object} does
   * @param {string} does.selector what to watch; that which follows it when scrolling must be among it
   * @param {(inView: Set<Element>) => void} does.look something came into view, or left it
   */
  constructor(host, { selector, look }) {
    this.host = host;
    this.selector = selector;
    this.look = look;
    /** @type {Set<Element>} */
    this.inView = new Set();
    host.addController(this);
  }

  hostDisconnected() {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#watched.clear();
    this.inView.clear();
  }

  hostUpdated() {
    this.#observer ??= new IntersectionObserver(this.#seen, OPTIONS);
    const rendered = new Set(this.host.renderRoot.querySelectorAll(this.selector));
    for (const element of this.#watched) {
      // Whatever was watched is watched anew, because an observer is silent while it stays in view though it has grown.
      this.#observer.unobserve(element);
      if (!rendered.has(element)) this.inView.delete(element);
    }
    this.#watched = rendered;
    for (const element of rendered) this.#observer.observe(element);
  }

  /** What is in view or soon will be, measured from the upper edge of an element. @param {Element} element */
  static rangePx(element) {
    const { top } = element.getBoundingClientRect();
    return { fromPx: -top - AHEAD_PX, untilPx: window.innerHeight - top + AHEAD_PX };
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen = (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.inView.add(target);
      else this.inView.delete(target);
    }
    this.look(this.inView);
  };
}
