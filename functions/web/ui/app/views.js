// The screens of the page. Lists stay alive while an invoice is looked at, so that the reader finds them as they were left.

import { html, nothing, render } from "lit";

import { isInDialog } from "./session.js";

/** @typedef {import("./route.js").Route} Route */
/** @typedef {import("../elements/send.js").InvoiceEmailSend} Send */
/** @typedef {Pick<Send, "unsent" | "mayLeave">} Written */
/** @typedef {{ view: string, search: string, text: string }} WayBack */

/** Screens that are kept; the others are made anew each time. */
const KEPT = ["report", "attention"];

export class Views {
  /** @param {HTMLElement} place @param {HTMLElement} badge @param {string} timezone */
  constructor(place, badge, timezone) {
    this.place = place;
    this.badge = badge;
    this.timezone = timezone;
    /** @type {Map<string, HTMLElement>} */
    this.sections = new Map();
    /** @type {Route} */
    this.route = { view: "report", invoice: "", send: "", client: "" };
    this.title = "";
    /** @type {WayBack} */
    this.wayBack = { view: "report", search: "", text: "" };
    place.addEventListener("invoice-email:sent", () => this.#communications?.again());
    this.#showBadge();
  }

  /** @param {Route} route @param {string} title @param {WayBack} wayBack @returns {HTMLElement} the screen's heading */
  show(route, title, wayBack) {
    Object.assign(this, { route, title, wayBack });
    for (const [view, section] of this.sections) {
      if (view === route.view && KEPT.includes(view)) continue;
      if (KEPT.includes(view)) this.#hide(section);
      else this.#drop(view);
    }
    const section = this.sections.get(route.view) ?? this.#made(route.view);
    section.inert = false;
    section.classList.remove("kept");
    this.#render();
    return /** @type {HTMLElement} */ (section.querySelector("h1"));
  }

  /** Makes all anew, for somebody else. The screen that is written in, or has a dialog open, stays and asks anew. */
  renew() {
    const isInUse = this.hasUnsent || isInDialog();
    for (const view of [...this.sections.keys()]) if (!isInUse || view !== this.route.view) this.#drop(view);
    if (isInUse) this.#askAgain();
    else this.show(this.route, this.title, this.wayBack);
    render(nothing, this.badge);
    this.#showBadge();
  }

  /** @param {string} timezone */
  setTimeZone(timezone) {
    this.timezone = timezone;
    this.#render();
  }

  /** @returns {Send | null} */
  get #send() {
    return this.place.querySelector("invoice-email-send");
  }

  /** What is written in and neither sent nor saved. */
  get #unsent() {
    const written = /** @type {NodeListOf<HTMLElement & Written>} */ (
      this.place.querySelectorAll("invoice-email-send, invoice-email-settings, invoice-email-client")
    );
    return [...written].find(({ unsent }) => unsent);
  }

  get hasUnsent() {
    return this.#unsent !== undefined;
  }

  mayLeave() {
    return this.#unsent?.mayLeave() ?? Promise.resolve(true);
  }

  /** Opens the dialog of the invoice that is looked at; false if that is another one. @param {string} invoice */
  openSend(invoice) {
    if (this.route.view !== "invoice" || this.route.invoice !== invoice) return false;
    this.#send?.show();
    return true;
  }

  /** @param {string} view */
  #made(view) {
    const section = document.createElement("section");
    section.className = view;
    section.setAttribute("aria-labelledby", `heading-${view}`);
    this.place.append(section);
    this.sections.set(view, section);
    return section;
  }

  /** @param {string} view */
  #drop(view) {
    this.sections.get(view)?.remove();
    this.sections.delete(view);
  }

  /** @param {HTMLElement} section */
  #hide(section) {
    section.inert = true;
    section.classList.add("kept");
  }

  #render() {
    const templates = {
      report: () => this.#report(),
      attention: () => this.#attention(),
      invoice: () => this.#invoice(),
      send: () => this.#write(),
      settings: () => this.#settings(),
      blocked: () => this.#blocked(),
      client: () => this.#client(),
    };
    for (const [view, section] of this.sections) render(templates[/** @type {Route["view"]} */ (view)](), section);
  }

  #report() {
    // A report that is not looked at has no say in the page's address.
    const filtersInUrl = this.route.view === "report" ? "" : null;
    return html`<h1 class="unseen" id="heading-report" tabindex="-1">Report</h1>
      <invoice-email-report .filtersInUrl=${filtersInUrl} .timezone=${this.timezone}></invoice-email-report>`;
  }

  #attention() {
    return html`<h1 class="unseen" id="heading-attention" tabindex="-1">Work queue</h1>
      <invoice-email-attention .timezone=${this.timezone}></invoice-email-attention>`;
  }

  #invoice() {
    const { invoice, send } = this.route;
    const { view, search, text } = this.wayBack;
    return html`<h1 class="unseen" id="heading-invoice" tabindex="-1">${this.title}</h1>
      <div class="bar">
        <a class="back" href=${search || "./"} data-view=${view}>${text}</a>
        <invoice-email-send invoice=${invoice} .timezone=${this.timezone}>Send an e-mail</invoice-email-send>
      </div>
      <invoice-communications .invoice=${invoice} .send=${send || null} .timezone=${this.timezone}></invoice-communications>`;
  }

  #write() {
    return html`<h1 id="heading-send" tabindex="-1">${this.title}</h1>
      <invoice-email-send inline invoice=${this.route.invoice} .timezone=${this.timezone}></invoice-email-send>`;
  }

  #settings() {
    return html`<h1 class="unseen" id="heading-settings" tabindex="-1">Settings</h1>
      <invoice-email-settings .timezone=${this.timezone}></invoice-email-settings>
      <invoice-email-client .timezone=${this.timezone}></invoice-email-client>`;
  }

  #blocked() {
    return html`<h1 class="unseen" id="heading-blocked" tabindex="-1">Blocked addresses</h1>
      <invoice-email-suppressions .timezone=${this.timezone}></invoice-email-suppressions>`;
  }

  #client() {
    return html`<h1 class="unseen" id="heading-client" tabindex="-1">${this.title}</h1>
      <div class="bar"><a class="back" href="?view=settings" data-view="settings">Back to the settings</a></div>
      <invoice-email-client client=${this.route.client} .timezone=${this.timezone}></invoice-email-client>`;
  }

  #showBadge() {
    render(html`<invoice-email-attention badge></invoice-email-attention>`, this.badge);
  }

  /** @returns {import("../elements/communications.js").InvoiceEmailCommunications | null} */
  get #communications() {
    return this.place.querySelector("invoice-communications");
  }

  /** A screen that was refused asks no more by itself. */
  #askAgain() {
    /** @type {import("../elements/attention.js").InvoiceEmailAttention | null} */
    const attention = this.place.querySelector("invoice-email-attention");
    attention?.again();
    this.#communications?.again();
  }
}
