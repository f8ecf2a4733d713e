// How a field of addresses looks: like the other fields, with chips in it.

import { css } from "lit";

export const style = css`
  :host {
    display: grid;
    gap: 0.2rem;
    align-content: start;
    background: none;
    min-inline-size: 0;
  }
  input,
  button {
    scroll-margin-block: 6rem 8rem;
  }
  .box {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem;
    min-block-size: 2.5rem;
    max-block-size: 12rem;
    overflow-y: auto;
    padding: 0.25rem;
    border: 1px solid var(--_field-line);
    border-radius: var(--_radius);
    background: var(--_surface);
    cursor: text;
  }
  .box:focus-within {
    outline: 2px solid var(--_accent);
    outline-offset: 1px;
  }
  .box.wrong {
    border-color: var(--_rejected);
  }
  [role="grid"] {
    display: contents;
  }
  .chip {
    display: inline-flex;
    align-items: stretch;
    max-inline-size: 100%;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_raised);
  }
  .chip.wrong {
    border: 1px dashed var(--_rejected);
    background: var(--_rejected-back);
    color: var(--_rejected);
  }
  .chip:focus-within {
    border-color: var(--_accent);
  }
  [role="gridcell"] {
    display: inline-flex;
    min-inline-size: 0;
  }
  .chip button {
    min-block-size: 1.75rem;
    border: 0;
    background: none;
    color: inherit;
  }
  .chip button:focus-visible {
    outline-offset: -2px;
  }
  .text {
    flex-wrap: wrap;
    justify-content: start;
    gap: 0 0.4em;
    min-inline-size: 0;
    padding: 0 0.25rem 0 0.5rem;
    font-size: 0.9375rem;
    text-align: inherit;
    overflow-wrap: anywhere;
    cursor: default;
  }
  .text bdi {
    min-inline-size: 0;
    max-block-size: 4.5em;
    overflow: hidden;
  }
  .wrong .muted {
    color: inherit;
  }
  .remove {
    min-inline-size: 1.75rem;
    padding: 0;
    font-size: 0.75rem;
  }
  .box > #input {
    flex: 1 1 5rem;
    inline-size: auto;
    min-inline-size: 4rem;
    min-block-size: 1.75rem;
    border: 0;
    background: none;
    outline: none;
  }
  .chip .edit {
    inline-size: auto;
    max-inline-size: 100%;
    min-block-size: 1.75rem;
    border: 0;
  }
  .hint,
  .note,
  .error {
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  .hint,
  .note {
    color: var(--_muted);
  }
  .note:empty,
  [hidden] {
    display: none;
  }
`;
