// Whom an automatic e-mail did not go to, and why.

import { html, nothing } from "lit";

import { SKIP_REASONS } from "./words.js";

/** @typedef {{ address: string, reason: string, since: string | null }} Skipped */

/** @param {readonly Skipped[] | undefined} skipped @param {import("./times.js").Times} times */
export function skippedView(skipped, times) {
  if (!skipped?.length) return nothing;
  return html`<div class="skipped" part="skipped">
    <p class="muted">Not sent automatically to</p>
    <ul>
      ${skipped.map(
        ({ address, reason, since }) =>
          html`<li>
            <bdi>${address}</bdi>
            <span class="muted">${SKIP_REASONS[reason] ?? reason.replaceAll("_", " ")}${since ? html` since ${times.element(since)}` : nothing}</span>
          </li>`,
      )}
    </ul>
  </div>`;
}
