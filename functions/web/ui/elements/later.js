// The elements that few pages show are known from the start, and their forms are loaded when one of them is first on the page.

import { css, html } from "lit";

import { InvoiceEmailElement } from "../shared/element.js";
import { controls, lists, notices, tokens } from "../shared/styles.js";

/** What few people need is a file of its own. */
export const loadForms = () => import("./forms.js");

/** About a screen, so that nothing below is seen and then pushed away. */
export const skeletonStyle = css`
  .skeleton {
    min-block-size: 100dvh;
    padding-block-start: 1.5rem;
  }
`;

/** What stands there until there is more. */
export const skeleton = html`<div class="skeleton" aria-busy="true"><span class="unseen">Loading…</span><i></i><i></i><i></i></div>`;

/** An element whose form is loaded later. What it can be asked, the form answers. */
export class LaterElement extends InvoiceEmailElement {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = { isLoaded: { state: true }, isMissing: { state: true } };

  static styles = [tokens, controls, notices, lists, skeletonStyle];

  constructor() {
    super();
    this.isLoaded = false;
    /** Whether the forms could not be loaded. */
    this.isMissing = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  load = async () => {
    this.isMissing = false;
    try {
      await loadForms();
      this.isLoaded = true;
    } catch {
      this.isMissing = true;
    }
  };

  /** @returns {import("./record.js").RecordForm | null} */
  get #form() {
    return this.renderRoot?.querySelector("[data-form]") ?? null;
  }

  /** Whether something was written that is not saved. */
  get unsent() {
    return this.#form?.unsent ?? false;
  }

  /**
   * Whether the page may go elsewhere; where something unsaved would be lost, the person is asked.
   * @returns {Promise<boolean>}
   */
  mayLeave() {
    return this.#form?.mayLeave() ?? Promise.resolve(true);
  }

  /** The form. @returns {unknown} */
  form() {
    return "";
  }

  render() {
    if (this.isLoaded) return this.form();
    if (!this.isMissing) return skeleton;
    return html`<div class="notice problem" part="problem" role="alert">
      <span>This could not be loaded. Check the network and try again; if that does not help, reload the page.</span>
      <button type="button" @click=${this.load}>Try again</button>
    </div>`;
  }
}
