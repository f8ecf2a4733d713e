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
  .actions > :first-child {
    margin-inline-end: auto;
  }
  @container record (min-width: 44rem) {
    .group {
      grid-template-columns: 13rem minmax(0, 1fr);
    }
  }
`;
