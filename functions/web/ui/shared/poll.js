// Asks again in growing steps, as long as somebody may be looking.

const FIRST_MS = 1_500;
const LONGEST_MS = 60_000;
const GROWTH = 1.6;

/** @typedef {import("lit").ReactiveController} ReactiveController */
/** @typedef {import("lit").ReactiveControllerHost} ReactiveControllerHost */

/**
 * A reactive controller. It rests in a hidden tab and while its element is not on the page; coming back asks at once.
 * @implements {ReactiveController}
 */
export class Poll {
  /**
   * @param {ReactiveControllerHost} host
   * @param {() => Promise<boolean>} ask whether something was new: then the steps are short again
   * @param {number} [firstMs] the shortest step
   */
  constructor(host, ask, firstMs = FIRST_MS) {
    this.ask = ask;
    this.firstMs = firstMs;
    this.wait = firstMs;
    this.running = false;
    this.asking = false;
    this.isOnPage = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    host.addController(this);
  }

  /** Begins, or begins anew with short steps. */
  start() {
    this.running = true;
    this.wait = this.firstMs;
    this.#plan();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
  }

  hostConnected() {
    this.isOnPage = true;
    document.addEventListener("visibilitychange", this.#seen);
    if (this.running) this.#plan();
  }

  hostDisconnected() {
    this.isOnPage = false;
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.timer);
  }

  #seen = () => {
    clearTimeout(this.timer);
    if (this.running && !document.hidden) {
      this.wait = this.firstMs;
      this.#run();
    }
  };

  #plan() {
    clearTimeout(this.timer);
    // The host may have left while it was asking.
    if (this.running && this.isOnPage && !document.hidden) this.timer = setTimeout(() => this.#run(), this.wait);
  }

  async #run() {
    if (this.asking) return;
    this.asking = true;
    try {
      this.wait = (await this.ask()) ? this.firstMs : Math.min(this.wait * GROWTH, LONGEST_MS);
    } finally {
      this.asking = false;
      this.#plan();
    }
  }
}
