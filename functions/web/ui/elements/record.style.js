// How the forms for settings and clients look: one column, or the headings beside their fields where there is room.

import { css } from "lit";

export const style = css`
  :host {
    container: record / inline-size;
  }
  h2:focus,
  .question:focus {
    outline: none;
  }
  h2 {
    font-size: 1.25rem;
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: 1.0625rem;
  }
  form {
    margin-block-start: 0.75rem;
  }
  .group {
    display: grid;
    gap: 1rem 2rem;
    margin-block-start: 0.25rem;
    padding-block-start: 1.25rem;
    border-block-start: 1px solid var(--_line);
  }
  .group > div {
    display: grid;
    align-content: start;
    gap: 1rem;
    min-inline-size: 0;
  }
  .with {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .with input {
    flex: 1 1 14.5rem;
    min-inline-size: 0;
  }
  .switch {
    justify-content: space-between;
    gap: 1rem;
    justify-self: stretch;
    font-weight: 600;
  }
  /* Where colours are the reader's own, it is an ordinary box to tick. */
  @media not (forced-colors: active) {
    [role="switch"] {
      flex: none;
      appearance: none;
      inline-size: 2.75rem;
      block-size: 1.5rem;
      margin: 0;
      padding: 3px;
      border-radius: 1rem;
      background: var(--_field-line);
      cursor: pointer;
    }
    [role="switch"]::before {
      content: "";
      display: block;
      block-size: 100%;
      aspect-ratio: 1;
      border-radius: 50%;
      background: var(--_surface);
      transition: margin 0.15s;
    }
    [role="switch"]:checked {
      background: var(--_accent);
    }
    [role="switch"]:checked::before {
      margin-inline-start: 1.25rem;
    }
  }
  .actions > :first-child {
    margin-inline-end: auto;
  }
  @container record (min-width: 44rem) {
    .group {
      grid-template-columns: 13rem minmax(0, 1fr);
    }
  }
`;
