// Parts of the forms for settings and clients.

import { html, nothing } from "lit";

/** @typedef {import("./record.js").RecordForm} RecordForm */

/** What to do when somebody else has saved meanwhile. @param {RecordForm} form */
export function theirsView(form) {
  if (!form.theirs) return nothing;
  const before = JSON.parse(form.untouched);
  const theirs = form.bodyOf(form.draftOf(form.theirs.body));
  const changed = Object.keys(theirs).filter((name) => JSON.stringify(theirs[name]) !== JSON.stringify(before[name]));
  const names = changed.map((name) => form.labels[name]).join(", ");
  return html`<div class="notice question" role="alertdialog" tabindex="-1" aria-labelledby="theirs">
    <span id="theirs"
      >Somebody else has changed ${form.noun} meanwhile${names ? `: ${names}` : ""}. What you wrote is still here, and not
      saved.</span
    >
    <span class="row">
      <button type="button" @click=${form.useTheirs}>Load theirs</button>
      <button type="button" @click=${form.useMine}>Save mine instead</button>
    </span>
  </div>`;
}

/** @param {string} pointer */
export function idOf(pointer) {
  return pointer.slice(1).replaceAll("/", "-");
}

/** @param {Event} event */
export function valueOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** The API's details go on after the name of the field, or begin with an address. @param {string} detail */
export function sentence(detail) {
  return `${/^["A-Z]/.test(detail) ? "" : "This "}${detail}.`;
}
