// What a sender should know about an address before trusting it: a list of sentences, and the address that was probably meant.

import { css, html, nothing } from "lit";

import { icon } from "./icons.js";

/**
 * As the API answers them to a send, a resend and their previews. A warning never stops a send.
 * @typedef {{ code: string, detail: string, suggestion?: string | null }} Warning
 */

/** Goes with `warningsView`. */
export const warningStyles = css`
  .warnings {
    display: grid;
    gap: 0.375rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .warnings li {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.25rem 0.5rem;
    padding: 0.375rem 0.625rem;
    border-inline-start: 3px solid var(--_delayed);
    border-radius: var(--_radius);
    background: var(--_delayed-back);
    color: var(--_delayed);
  }
  .warnings li > span {
    flex: 1 1 12rem;
    overflow-wrap: anywhere;
  }
  .warnings button {
    min-block-size: 1.75rem;
    padding-block: 0;
    overflow-wrap: anywhere;
  }
`;

/**
 * The warnings of one recipient; nothing where there are none.
 * @param {readonly Warning[] | null | undefined} warnings
 * @param {{ onSuggestion?: (address: string) => void }} [options] `onSuggestion` is told which address was taken by a click
 */
export function warningsView(warnings, { onSuggestion } = {}) {
  if (!warnings || warnings.length === 0) return nothing;
  return html`<ul class="warnings" part="warnings">
    ${warnings.map(
      ({ detail, suggestion }) =>
        html`<li>
          ${icon("marked_spam")}<span><span class="unseen">Warning: </span>${detail}</span>
          ${suggestion && onSuggestion
            ? html`<button type="button" @click=${() => onSuggestion(suggestion)}><bdi>Use ${suggestion}</bdi></button>`
            : nothing}
        </li>`,
    )}
  </ul>`;
}

/**
 * Those of the first list that the second does not have.
 * @param {readonly Warning[]} warnings @param {readonly Warning[]} known
 */
export function newWarnings(warnings, known) {
  return warnings.filter((warning) => !known.some(({ code, detail }) => code === warning.code && detail === warning.detail));
}
