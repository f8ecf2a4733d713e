// What the forms for settings and clients share: load, edit, save, and what to do when somebody else has saved meanwhile.

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";

import { InvoiceEmailElement } from "../shared/element.js";
import { Leaving } from "../shared/leaving.js";
import { problemNotice } from "../shared/parts.js";
import { badges, controls, fields, lists, notices, tokens } from "../shared/styles.js";
import { skeleton, skeletonStyle } from "./later.js";
import { style } from "./record.style.js";
import { idOf, sentence, theirsView, valueOf } from "./record.view.js";

/** @typedef {import("../shared/problem.js").Problem} Problem */
/** @typedef {import("../shared/problem.js").FieldError} FieldError */
/** @typedef {import("../shared/api.js").Versioned} Versioned */

/** The base of the forms. What is written is in `draft`, which each form changes in place. */
export class RecordForm extends InvoiceEmailElement {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = {
    problem: { state: true },
    faults: { state: true },
    busy: { state: true },
    theirs: { state: true },
    said: { state: true },
  };

  static styles = [tokens, controls, badges, notices, lists, fields, skeletonStyle, style];

  /** How the thing is called in a sentence. */
  noun = "";
  /** Its name among what is announced. */
  announced = "";
  /** What its parts are called. @type {Record<string, string>} */
  labels = {};
  /** What to begin with where there is none yet. @type {any} */
  blank = {};

  constructor() {
    super();
    /** What is written; nothing before something was loaded. @type {any} */
    this.draft = null;
    /** The content of the draft before anybody wrote. */
    this.untouched = "";
    /** @type {string | null} */
    this.etag = null;
    /** @type {Problem | null} */
    this.problem = null;
    /** What is wrong, by JSON pointer. @type {Record<string, string>} */
    this.faults = {};
    /** @type {"" | "loading" | "saving"} */
    this.busy = "";
    /** What somebody else has saved meanwhile. @type {Versioned | null} */
    this.theirs = null;
    this.said = "";
    /** Whether it is saved for the first time. */
    this.isNew = false;
    this.focusOn = "";
    this.asking = new AbortController();
    this.leaving = new Leaving(this);
  }

  get path() {
    return "";
  }

  /** The draft of what the API has. @param {any} record @returns {any} */
  draftOf(record) {
    return structuredClone(record);
  }

  /** What the API is given. @param {any} draft @returns {Record<string, unknown>} */
  bodyOf(draft) {
    return draft;
  }

  /** Takes what is still being typed, and tells what is wrong for sure. @returns {Record<string, string>} */
  checked() {
    return {};
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated && !this.draft) this.load();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    // A new sign-in does not take away what is written.
    const isSomebodyElse = this.hasOtherToken(changed) && !this.unsent;
    if (!this.hasUpdated || changed.has("api") || changed.has("clientId") || isSomebodyElse) this.load();
  }

  updated() {
    if (!this.focusOn) return;
    const target = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(this.focusOn));
    const details = target?.closest("details");
    if (details) details.open = true;
    target?.focus();
    this.focusOn = "";
  }

  /** Whether something was written that is not saved. */
  get unsent() {
    return this.draft !== null && (this.busy === "saving" || this.content !== this.untouched);
  }

  get content() {
    return JSON.stringify(this.bodyOf(this.draft));
  }

  /** @returns {Promise<boolean>} */
  mayLeave() {
    if (!this.unsent) return Promise.resolve(true);
    this.focusOn = "#keep";
    return this.leaving.ask();
  }

  /** @param {boolean} mayLeave */
  leave(mayLeave) {
    this.leaving.settle(mayLeave);
    this.focusOn = "h2";
    // What is discarded is not asked about again.
    if (mayLeave) this.untouched = this.content;
  }

  load = async () => {
    this.asking.abort();
    this.asking = new AbortController();
    const signal = AbortSignal.any([this.asking.signal, this.untilRemoved.signal]);
    this.draft = null;
    this.problem = null;
    this.said = "";
    this.busy = "loading";
    try {
      const found = await this.client.read(this.path, { signal });
      if (!signal.aborted) this.#adopt(found);
    } catch (error) {
      const problem = this.problemOf(error);
      if (signal.aborted) return;
      if (problem?.status === 404) this.#adopt({ body: this.blank, etag: null });
      else this.problem = problem;
      this.isNew = this.draft !== null;
    } finally {
      if (!signal.aborted) this.busy = "";
    }
  };

  #tryAgain = () => {
    // The button goes with the problem.
    this.focusOn = "h2";
    this.load();
  };

  /** @param {Versioned} version */
  #adopt({ body, etag }) {
    this.draft = this.draftOf(body);
    this.untouched = this.content;
    this.etag = etag;
    this.isNew = false;
    this.faults = {};
    this.theirs = null;
  }

  /** Something is written: what was said about it before is no longer so. @param {string} [pointer] */
  write(pointer = "") {
    const isAbout = (/** @type {string} */ name) => name === pointer || name.startsWith(`${pointer}/`);
    this.faults = Object.fromEntries(Object.entries(this.faults).filter(([name]) => !isAbout(name)));
    this.problem = null;
    this.said = "";
    this.requestUpdate();
  }

  /** @param {Event} [event] */
  save = async (event) => {
    event?.preventDefault();
    if (this.busy || this.theirs) return;
    this.#blame(this.checked());
    if (Object.keys(this.faults).length > 0) return;
    const { signal } = this.asking;
    const body = this.bodyOf(this.draft);
    const content = JSON.stringify(body);
    this.busy = "saving";
    this.problem = null;
    this.said = "Saving…";
    try {
      // Leaving the page does not take it back, so that nothing ends this request.
      const answer = await this.client.put(this.path, body, { ifMatch: this.etag, isNew: this.isNew });
      if (!signal.aborted) this.#saved(answer, content);
    } catch (error) {
      if (!signal.aborted) await this.#failed(error, content);
    } finally {
      if (!signal.aborted) this.busy = "";
    }
  };

  /** @param {Versioned} answer @param {string} content what was sent */
  #saved(answer, content) {
    if (this.content === content) {
      this.#adopt(answer);
    } else {
      // Whoever has written on meanwhile keeps it.
      this.untouched = content;
      this.etag = answer.etag;
    }
    this.said = "Saved.";
    // Whoever was asked whether to leave need not be.
    if (!this.unsent) this.leaving.settle(true);
    this.announce("saved", { [this.announced]: answer.body });
  }

  /** @param {unknown} error @param {string} content */
  async #failed(error, content) {
    this.said = "";
    try {
      const problem = this.problemOf(error);
      if (problem?.status === 412) {
        const theirs = await this.client.read(this.path, { signal: this.untilRemoved.signal });
        // An answer was lost on its way, and the request repeated.
        if (JSON.stringify(this.bodyOf(this.draftOf(theirs.body))) === content) this.#saved(theirs, content);
        else this.theirs = theirs;
        this.focusOn = ".question";
      } else {
        this.problem = problem;
        if (problem) this.#sort(problem.errors);
      }
    } catch (other) {
      this.problem = this.problemOf(other);
    }
  }

  /** What the API says about a field stands there, the rest above the buttons. @param {FieldError[]} errors */
  #sort(errors) {
    const known = errors.filter(({ pointer }) => this.renderRoot.querySelector(`[data-field="${CSS.escape(pointer)}"]`));
    this.#blame(Object.fromEntries(known.map(({ pointer, detail }) => [pointer, sentence(detail)])));
    if (errors.length > 0 && known.length === errors.length) this.problem = null;
  }

  /** Shows what is wrong and goes to the first of it. @param {Record<string, string>} faults */
  #blame(faults) {
    this.faults = faults;
    this.said = "";
    const places = /** @type {NodeListOf<HTMLElement>} */ (this.renderRoot.querySelectorAll("[data-field]"));
    const first = [...places].find((place) => faults[place.dataset.field ?? ""]);
    if (first) this.focusOn = `#${first.id}`;
  }

  /** Gives up what was written. */
  useTheirs = () => {
    if (this.theirs) this.#adopt(this.theirs);
    this.said = "This is what the other person saved.";
    this.focusOn = "h2";
  };

  /** Replaces what the other person saved. */
  useMine = () => {
    this.etag = this.theirs?.etag ?? null;
    this.isNew = false;
    this.theirs = null;
    this.focusOn = ".actions .primary";
    this.save();
  };

  /** @param {string} pointer @param {unknown} [hint] */
  notes(pointer, hint = "") {
    const id = idOf(pointer);
    return html`<p class="error" id="${id}-error" ?hidden=${!this.faults[pointer]}>${this.faults[pointer]}</p>
      <p class="hint" id="${id}-hint" ?hidden=${!hint}>${hint}</p>`;
  }

  /**
   * A field for text.
   * @param {string} pointer @param {string} label @param {string} value @param {(value: string) => void} written
   * @param {{ type?: string, inputmode?: "email" | "url" | "numeric", hint?: unknown, list?: string, after?: unknown }} [more]
   */
  input(pointer, label, value, written, { type = "text", inputmode, hint, list, after = nothing } = {}) {
    const id = idOf(pointer);
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <span class="with"
        ><input
          id=${id}
          data-field=${pointer}
          type=${type}
          list=${list ?? nothing}
          max=${type === "datetime-local" ? "2999-12-31T23:59" : nothing}
          autocomplete="off"
          inputmode=${inputmode ?? nothing}
          autocapitalize=${inputmode ? "none" : nothing}
          aria-describedby="${id}-error ${id}-hint"
          aria-invalid=${this.faults[pointer] ? "true" : "false"}
          .value=${live(value)}
          @input=${(/** @type {Event} */ event) => {
            written(valueOf(event));
            this.write(pointer);
          }}
        />${after}</span
      >
      ${this.notes(pointer, hint)}
    </div>`;
  }

  /**
   * Something that is on or off.
   * @param {string} pointer @param {string} label @param {boolean} isOn @param {(isOn: boolean) => void} turned @param {string} hint
   */
  switch(pointer, label, isOn, turned, hint) {
    const id = idOf(pointer);
    return html`<div class="field">
      <label class="check switch">
        ${label}
        <input
          id=${id}
          data-field=${pointer}
          type="checkbox"
          role="switch"
          aria-describedby="${id}-error ${id}-hint"
          .checked=${live(isOn)}
          @change=${(/** @type {Event} */ event) => {
            turned(/** @type {HTMLInputElement} */ (event.target).checked);
            this.write(pointer);
          }}
        />
      </label>
      ${this.notes(pointer, hint)}
    </div>`;
  }

  #form() {
    return html`<form novalidate @submit=${this.save}>
      ${this.leaving.view("These changes are not saved. Discard them?", "Keep editing", "Discard")} ${theirsView(this)}
      ${this.fields()}
      <div class="actions">
        ${this.problem ? problemNotice(this.problem) : nothing}
        <span role="status" class="muted">${this.said}</span>
        ${this.unsent && !this.busy ? html`<span class="muted">Not saved yet</span>` : nothing}
        <button type="submit" class="primary" aria-disabled=${this.busy !== "" || this.theirs !== null}>Save</button>
      </div>
    </form>`;
  }

  /** The fields. @returns {unknown} */
  fields() {
    return nothing;
  }

  /** @returns {unknown} */
  heading() {
    return this.noun;
  }

  render() {
    return html`<h2 tabindex="-1">${this.heading()}</h2>
      ${this.draft ? this.#form() : this.problem ? problemNotice(this.problem, this.#tryAgain) : skeleton}`;
  }
}
