// How writing an e-mail looks.

import { css } from "lit";

export const style = css`
  :host(:not([inline])) {
    display: inline-block;
    background: none;
  }
  :host([dialog]) {
    display: contents;
  }
  .steps {
    container: steps / inline-size;
    display: grid;
    gap: 1rem;
  }
  h2,
  h3 {
    font-size: 1.0625rem;
    line-height: 1.3;
  }
  [data-heading]:focus {
    outline: none;
  }
  .people,
  .grid {
    display: grid;
    gap: 0.75rem 1rem;
  }
  textarea {
    resize: vertical;
    min-block-size: 6rem;
    field-sizing: content;
    max-block-size: 24rem;
  }
  [type="checkbox"],
  [type="radio"] {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
    accent-color: var(--_accent);
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 2rem;
    margin: 0;
    padding: 0.75rem 1rem;
    border-radius: var(--_radius);
    background: var(--_raised);
  }
  dt {
    font-size: 0.875em;
    color: var(--_muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  details.missing {
    padding: 0.5rem 1rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
  details.missing[open] {
    padding-block-end: 1rem;
  }
  .missing .grid {
    margin-block-start: 0.5rem;
  }
  .actions {
    margin-block-end: -1rem;
  }
  .failed {
    flex: 1 0 100%;
  }
  .turns:dir(rtl) .icon {
    scale: -1 1;
  }
  :host([inline]) .actions {
    position: static;
    margin: 0;
    padding-block-end: 0;
  }
  /* Below the heading of the dialog. */
  :host(:not([inline])) .question {
    inset-block-start: 4.25rem;
  }
  .preview {
    display: grid;
    gap: 1rem;
    align-items: start;
    min-inline-size: 0;
  }
  .preview[aria-busy="true"] {
    opacity: 0.6;
  }
  .preview > * {
    min-inline-size: 0;
  }
  .envelope dl {
    display: grid;
    gap: 0.625rem;
    margin: 0;
  }
  .persons {
    display: grid;
    gap: 0.5rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .persons > li {
    display: flow-root;
  }
  .warnings,
  .blocked {
    margin-block-start: 0.25rem;
  }
  .blocked {
    display: flex;
    align-items: baseline;
    gap: 0.5rem;
    padding: 0.375rem 0.625rem;
    border-inline-start: 3px solid var(--_rejected);
    border-radius: var(--_radius);
    background: var(--_rejected-back);
    color: var(--_rejected);
  }
  .views {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.25rem;
    margin: 0;
    padding: 0 0 0.25rem;
    border: 0;
  }
  .views label {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    min-block-size: 2rem;
    color: inherit;
  }
  pre {
    max-block-size: 40rem;
    margin: 0;
    padding: 1rem;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_raised);
    font-size: 0.875rem;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  @container steps (min-width: 40rem) {
    .people {
      grid-template-columns: 1fr 1fr;
    }
    .people .to {
      grid-column: 1 / -1;
    }
    .grid {
      grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr));
    }
    .preview {
      grid-template-columns: minmax(14rem, 2fr) minmax(0, 3fr);
      gap: 1.5rem;
    }
  }
`;
