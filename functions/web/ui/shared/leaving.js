// Asks before something that was written is lost: by Escape, by a link of the page, by leaving the page.

import { html, nothing } from "lit";

/** @typedef {import("lit").ReactiveController} ReactiveController */
/** @typedef {import("lit").ReactiveControllerHost & { unsent: boolean, leave(mayLeave: boolean): void }} Host `leave` hears the answer */

/**
 * The question whether to leave, as long as nobody has answered it.
 * @implements {ReactiveController}
 */
export class Leaving {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.isAsking = false;
    /** @type {((mayLeave: boolean) => void) | undefined} */
    this.answer = undefined;
    host.addController(this);
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
    this.host.requestUpdate();
  }

  /** @param {BeforeUnloadEvent} event */
  #unloading = (event) => {
    if (this.host.unsent) event.preventDefault();
  };

  /** The question, while it is asked. The focus belongs to `#keep`. @param {string} text @param {string} keep @param {string} lose */
  view(text, keep, lose) {
    if (!this.isAsking) return nothing;
    return html`<div class="notice question" role="alertdialog" aria-labelledby="question">
      <span id="question">${text}</span>
      <span class="row">
        <button type="button" id="keep" class="primary" @click=${() => this.host.leave(false)}>${keep}</button>
        <button type="button" @click=${() => this.host.leave(true)}>${lose}</button>
      </span>
    </div>`;
  }
}
