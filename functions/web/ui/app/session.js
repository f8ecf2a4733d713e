// The token that the API is asked with. A portal gives it to the elements itself; on this page it can be pasted.

import { html, nothing, render } from "lit";

/** It lives as long as the tab. Other tabs do not see it, except that a duplicate of this one begins with a copy. */
const KEY = "invoice-email-token";

export class Session {
  /** @param {HTMLElement} panel @param {HTMLElement} note @param {() => void} changed */
  constructor(panel, note, changed) {
    this.panel = panel;
    this.note = note;
    this.changed = changed;
    this.isOpen = false;
    this.token = stored();
    this.#render();
  }

  /** The API takes no request without a token, or refuses the one there is. */
  refused() {
    const wasOpen = this.isOpen;
    this.isOpen = true;
    this.#render();
    const dialog = this.panel.querySelector("dialog");
    if (wasOpen || !dialog) return;
    // What is written in a dialog must not be lost, and nothing behind it can be reached.
    if (isInDialog()) dialog.showModal();
    else dialog.setAttribute("open", "");
    // Whoever is writing is not interrupted.
    const isIdle = document.activeElement === document.body || document.activeElement?.localName === "h1";
    if (isIdle) dialog.querySelector("input")?.focus();
  }

  /** @param {SubmitEvent} event */
  #signIn = (event) => {
    event.preventDefault();
    const input = this.panel.querySelector("input");
    // With "Bearer" is how it is often copied.
    const token = (input?.value ?? "").trim().replace(/^Bearer\s+/i, "");
    if (!token) {
      input?.focus();
      return;
    }
    const dialog = this.panel.querySelector("dialog");
    const isModal = dialog?.matches(":modal") ?? false;
    // It gives the focus back to where it was.
    dialog?.close();
    this.#use(token);
    if (!isModal) focusHeading();
  };

  /** Escape closes it where it is modal; the next refusal opens it again. */
  #closed = () => {
    this.isOpen = false;
    this.#render();
  };

  #forget = () => {
    this.#use("");
    focusHeading();
  };

  /** @param {string} token */
  #use(token) {
    this.token = token;
    this.isOpen = false;
    store(token);
    this.#render();
    this.changed();
  }

  #render() {
    render(this.isOpen ? this.#form() : nothing, this.panel);
    const note = html`Signed in with a pasted token. <button type="button" @click=${this.#forget}>Forget it</button>`;
    render(this.token ? note : nothing, this.note);
  }

  #form() {
    return html`<dialog class="sign-in" aria-labelledby="sign-in" @close=${this.#closed}><form @submit=${this.#signIn}>
      <h2 id="sign-in">${this.token ? "The token is not accepted" : "Sign in"}</h2>
      <p>
        ${this.token ? "It may have expired. " : ""}Portals that embed these screens give them the firm’s token themselves. Here you
        can paste one: it is kept for this tab until the tab is closed, and goes to this service only.
      </p>
      <div class="row">
        <label for="token">Token</label>
        <input id="token" type="password" autocomplete="off" spellcheck="false" required />
        <button type="submit" class="primary">Use this token</button>
      </div>
    </form></dialog>`;
  }
}

function focusHeading() {
  /** @type {HTMLElement | null} */ (document.querySelector("section:not([inert]) h1"))?.focus();
}

/** Whether the focus is in a dialog of an element. */
export function isInDialog() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  /** @type {Node | null} */
  let node = element;
  while (node && node.nodeName !== "INVOICE-EMAIL-DIALOG") node = node.parentNode ?? (node instanceof ShadowRoot ? node.host : null);
  return node !== null;
}

function stored() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} token */
function store(token) {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage may be forbidden: then it is good until the page is left.
  }
}
