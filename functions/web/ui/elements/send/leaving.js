// Asks before something that was written is lost: by Escape, by a link of the page, by leaving the page.

/** @typedef {import("../send.js").InvoiceEmailSend} Send */
/** @typedef {import("lit").ReactiveController} ReactiveController */

/**
 * The question whether to leave, as long as nobody has answered it.
 * @implements {ReactiveController}
 */
export class Leaving {
  /** @param {Send} send */
  constructor(send) {
    this.send = send;
    this.isAsking = false;
    /** @type {((mayLeave: boolean) => void) | undefined} */
    this.answer = undefined;
    send.addController(this);
  }

  hostConnected() {
    window.addEventListener("beforeunload", this.#unloading);
  }

  hostDisconnected() {
    window.removeEventListener("beforeunload", this.#unloading);
  }

  /** @returns {Promise<boolean>} whether it may be left */
  ask() {
    // Whoever asked before waits no longer.
    this.settle(false);
    this.isAsking = true;
    return new Promise((resolve) => (this.answer = resolve));
  }

  /** @param {boolean} mayLeave */
  settle(mayLeave) {
    this.isAsking = false;
    this.answer?.(mayLeave);
    this.answer = undefined;
    this.send.requestUpdate();
  }

  /** @param {BeforeUnloadEvent} event */
  #unloading = (event) => {
    if (this.send.unsent) event.preventDefault();
  };
}
