// How the list of blocked addresses looks: a table where there is room, cards where there is not.

import { css } from "lit";

export const style = css`
  :host {
    container: suppressions / inline-size;
  }
  .all {
    display: grid;
    gap: 0.75rem;
    min-inline-size: 0;
  }
  h2 {
    font-size: 1.25rem;
  }
  h2:focus,
  tr:focus {
    outline: none;
  }
  .about {
    max-inline-size: 48rem;
  }
  .choice {
    display: flex;
    flex-wrap: wrap;
  }
  .choice button {
    border-radius: 0;
  }
  .choice button:first-child {
    border-start-start-radius: var(--_radius);
    border-end-start-radius: var(--_radius);
  }
  .choice button:last-child {
    margin-inline-start: -1px;
    border-start-end-radius: var(--_radius);
    border-end-end-radius: var(--_radius);
  }
  .choice [aria-pressed="true"] {
    z-index: 1;
    border-color: var(--_accent);
    background: var(--_raised);
    color: var(--_accent);
    font-weight: 600;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    table-layout: fixed;
    line-height: 1.35;
  }
  thead th:nth-child(2) {
    inline-size: 20%;
  }
  thead th:nth-child(4) {
    inline-size: 15%;
  }
  thead th:is(:nth-child(3), :nth-child(5)) {
    inline-size: 18%;
  }
  :is(th, td) {
    padding: 0.5rem;
    border-block-end: 1px solid var(--_line);
    font-weight: normal;
    text-align: inherit;
    vertical-align: baseline;
    overflow-wrap: anywhere;
  }
  thead th {
    border-block-end-width: 2px;
    color: var(--_muted);
    font-size: 0.8125rem;
    font-weight: 600;
  }
  tbody tr:hover {
    background: var(--_raised);
  }
  .who bdi {
    font-weight: 600;
  }
  td .muted {
    display: block;
    font-size: 0.875rem;
  }
  td button {
    min-block-size: 1.75rem;
    font-size: 0.875rem;
  }
  td button.plain {
    padding: 0;
    text-align: inherit;
    text-decoration: underline;
  }
  .label {
    display: none;
    color: var(--_muted);
  }
  .skeleton {
    min-block-size: 12rem;
  }
  .empty {
    padding: 2.5rem 1rem;
    border: 1px dashed var(--_line);
    border-radius: calc(var(--_radius) * 1.5);
    text-align: center;
  }
  .question {
    position: static;
    display: grid;
    gap: 0.75rem;
    padding: 0;
    border: 0;
    background: none;
  }
  .question bdi {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
    gap: 0.5rem;
  }
  .end:empty {
    display: none;
  }
  @container suppressions (width < 48rem) {
    thead {
      position: absolute;
      clip-path: inset(50%);
    }
    table,
    tbody,
    tr,
    :is(tbody) :is(th, td) {
      display: block;
    }
    tbody tr {
      margin-block-end: 0.75rem;
      padding: 0.5rem 0.75rem;
      border: 1px solid var(--_line);
      border-radius: var(--_radius);
    }
    tbody :is(th, td) {
      padding: 0.125rem 0;
      border: 0;
    }
    .label {
      display: inline;
    }
    td button:not(.plain) {
      margin-block: 0.25rem;
    }
  }
`;
