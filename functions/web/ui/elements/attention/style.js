// How the work queue looks: a table where there is room, cards where there is not, and the number in a portal's menu.

import { css } from "lit";

export const style = css`
  :host {
    container: attention / inline-size;
  }
  .attention {
    display: grid;
    gap: 1rem;
    min-inline-size: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1.5rem;
    min-block-size: 2.25rem;
  }
  h2 {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    /* As high as the filter beside it. */
    min-block-size: 2.25rem;
    font-size: 1.25rem;
  }
  h2:focus {
    outline: none;
  }
  .count {
    display: inline-block;
    min-inline-size: 1.6em;
    padding: 0 0.5em;
    border-radius: 1em;
    background: var(--_rejected-back);
    color: var(--_rejected);
    font-size: 0.875rem;
    font-weight: 600;
    line-height: 1.6;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .head p {
    flex: 1 1 14rem;
    min-block-size: 1.5em;
    font-size: 0.875rem;
  }
  .filter {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.5rem;
  }
  .filter select {
    inline-size: 16rem;
    max-inline-size: 100%;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    table-layout: fixed;
    line-height: 1.35;
  }
  thead th {
    padding: 0.5rem;
    border-block-end: 2px solid var(--_line);
    color: var(--_muted);
    font-size: 0.8125rem;
    font-weight: 600;
    text-align: inherit;
  }
  thead th:nth-child(1) {
    inline-size: 22%;
  }
  thead th:nth-child(2) {
    inline-size: 15%;
  }
  thead th:nth-child(4) {
    inline-size: 12rem;
  }
  thead th:nth-child(5) {
    inline-size: 14rem;
  }
  tbody :is(th, td) {
    padding: 0.625rem 0.5rem;
    border-block-end: 1px solid var(--_line);
    font-weight: normal;
    text-align: inherit;
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  tbody tr:hover {
    background: var(--_raised);
  }
  tr:focus {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  .who bdi {
    font-weight: 600;
  }
  .kind {
    padding: 0 0.35em;
    border: 1px solid var(--_line);
    border-radius: 0.25rem;
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  .client,
  .exact {
    display: block;
    color: var(--_muted);
    font-size: 0.875rem;
  }
  .client {
    max-block-size: 4.2em;
    overflow: hidden;
  }
  .link {
    min-block-size: 1.5rem;
    padding: 0;
    text-align: inherit;
    text-decoration: underline;
    text-underline-offset: 0.2em;
    text-decoration-color: color-mix(in srgb, currentColor 40%, transparent);
  }
  .link:hover {
    background: none;
    text-decoration-color: currentColor;
  }
  .why p {
    margin-block-start: 0.25rem;
  }
  summary {
    inline-size: fit-content;
    min-block-size: 1.5rem;
    color: var(--_muted);
    font-size: 0.875rem;
    cursor: pointer;
  }
  blockquote {
    margin: 0.25rem 0 0;
    padding: 0.375rem 0.625rem;
    border-inline-start: 3px solid var(--_line);
    background: var(--_raised);
    font-family: ui-monospace, monospace;
    font-size: 0.8125rem;
    white-space: pre-wrap;
  }
  .what {
    white-space: normal;
  }
  .what button {
    min-block-size: 2rem;
    text-align: inherit;
  }
  .what .act {
    margin-inline-end: 0.75rem;
  }
  .what .plain {
    padding-inline: 0;
    font-size: 0.875rem;
  }
  .words,
  .dealt {
    display: flex;
    align-items: baseline;
    gap: 0.4em;
    min-block-size: 1.5rem;
  }
  .words .icon,
  .dealt .icon {
    translate: 0 0.125em;
  }
  .words .muted {
    font-size: 0.875rem;
  }
  .dealt {
    color: var(--_opened);
  }
  tr.done {
    background: var(--_raised);
  }
  .since .label {
    display: none;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 0.5rem;
    padding: 4rem 1rem;
    text-align: center;
  }
  .empty .icon {
    inline-size: 3rem;
    block-size: 3rem;
    color: var(--_opened);
    stroke-width: 1;
  }
  .empty p {
    max-inline-size: 30rem;
  }
  .more {
    display: grid;
    justify-content: center;
  }
  .foot {
    font-size: 0.875rem;
  }
  .skeleton td {
    block-size: 4.75rem;
  }
  .skeleton span {
    display: block;
    inline-size: 70%;
    block-size: 0.75rem;
    border-radius: 3px;
    background: var(--_raised);
  }
  @container attention (max-width: 56rem) {
    table,
    tbody,
    tr,
    tbody :is(th, td) {
      display: block;
    }
    thead {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    tbody {
      display: grid;
      gap: 0.75rem;
    }
    tbody tr {
      display: grid;
      /* However long an invoice's number is, the address beside it has room. */
      grid-template-columns: minmax(0, 1fr) fit-content(45%);
      gap: 0.25rem 1rem;
      padding: 0.75rem 1rem;
      border: 1px solid var(--_line);
      border-radius: var(--_radius);
    }
    tbody :is(th, td) {
      padding: 0;
      border: 0;
    }
    tbody .invoice {
      display: grid;
      align-content: start;
      justify-items: end;
    }
    .why,
    .what {
      grid-column: 1 / -1;
    }
    .since {
      grid-column: 1 / -1;
      font-size: 0.875rem;
    }
    .since .label,
    .exact {
      display: inline;
    }
    .skeleton td {
      grid-column: 1 / -1;
      block-size: 1.5rem;
    }
  }
`;

export const badgeStyle = css`
  :host([badge]) {
    display: inline-block;
    background: none;
    font-size: inherit;
    line-height: inherit;
    container: none;
  }
`;
