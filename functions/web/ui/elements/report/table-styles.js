// How the report's table looks where there is room for one.

import { css } from "lit";

/** The table itself. It is also what is printed, whatever the width of the screen. */
export const tableStyles = css`
  table {
    inline-size: 100%;
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  table:focus {
    outline: none;
  }
  thead th {
    position: sticky;
    inset-block-start: var(--invoice-email-sticky-top, 0px);
    z-index: 1;
    padding: 0.5rem 0.375rem;
    background: var(--_surface);
    border-block-end: 2px solid var(--_line);
    color: var(--_muted);
    font-size: 0.8125rem;
    font-weight: 600;
    text-align: start;
    vertical-align: bottom;
  }
  thead .fold {
    inline-size: 2rem;
  }
  thead .when {
    inline-size: 6.5rem;
  }
  thead .invoice {
    inline-size: 8.75rem;
  }
  thead .client {
    inline-size: 11%;
  }
  thead .recipient {
    inline-size: 18.5%;
  }
  thead .opens,
  thead .clicks {
    inline-size: 6.5rem;
  }
  thead .evidence {
    inline-size: 6.5rem;
  }
  thead .status {
    inline-size: 8.5rem;
  }
  thead button {
    min-block-size: 1.5rem;
    min-inline-size: 1.5rem;
    margin-block: -0.5rem;
    padding: 0;
    vertical-align: middle;
  }
  tbody td,
  tbody th {
    block-size: 3rem;
    padding: 0.25rem 0.375rem;
    border-block-end: 1px solid var(--_line);
    font-weight: normal;
    line-height: 1.25;
    text-align: start;
    vertical-align: middle;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  tbody tr:hover {
    background: var(--_raised);
  }
  tr.open {
    background: var(--_raised);
  }
  tr.open > * {
    border-block-end-color: transparent;
  }
  .lines {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .when span {
    display: block;
    white-space: nowrap;
  }
  .when .muted {
    font-size: 0.8125rem;
  }
  tbody .invoice {
    white-space: nowrap;
    overflow: visible;
  }
  .number {
    min-block-size: 1.75rem;
    display: inline-block;
    min-inline-size: 1.5rem;
    max-inline-size: calc(100% - 2.25rem);
    padding: 0;
    overflow: hidden;
    text-align: start;
    text-overflow: ellipsis;
    vertical-align: middle;
    text-decoration: underline;
    text-decoration-color: color-mix(in srgb, currentColor 40%, transparent);
    text-underline-offset: 0.2em;
  }
  .number:hover {
    background: none;
    text-decoration-color: currentColor;
  }
  invoice-email-history {
    display: inline-block;
    background: none;
    vertical-align: middle;
  }
  .kind {
    margin-inline-end: 0.25em;
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  tbody .fold {
    padding-inline: 0.125rem;
  }
  .fold button {
    min-inline-size: 1.75rem;
    min-block-size: 1.75rem;
    padding: 0;
    color: var(--_muted);
  }
  .fold button[aria-expanded="true"] .icon {
    rotate: 180deg;
  }
  .people {
    font-weight: 600;
  }
  .machines {
    display: flex;
    align-items: center;
    gap: 0.25em;
    color: var(--_muted);
    font-size: 0.75rem;
    white-space: nowrap;
  }
  .details > td {
    block-size: auto;
    padding: 0 0.5rem 1rem 2.375rem;
    background: var(--_raised);
    white-space: normal;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr));
    gap: 0.75rem 1.5rem;
    margin: 0;
  }
  dt {
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .small {
    min-block-size: 1.5rem;
    padding: 0 0.25rem;
  }
  .space,
  .space > * {
    padding: 0;
    border: none;
  }
  .space td {
    block-size: auto;
  }
  .awaited > td {
    overflow: visible;
    vertical-align: top;
  }
  /* A page is higher than the screen: what is said about it stays in view. */
  .awaited > td > * {
    position: sticky;
    inset-block-start: calc(var(--invoice-email-sticky-top, 0px) + 4rem);
    inline-size: fit-content;
  }
  .skeleton span {
    display: block;
    inline-size: 70%;
    block-size: 0.75rem;
    border-radius: 3px;
    background: var(--_raised);
  }
  .stale tbody {
    opacity: 0.45;
    transition: opacity 0.15s 0.2s;
  }
`;

/** On screens with more room than the subjects need. */
export const wideStyles = css`
  @media screen {
    @container report (min-width: 110rem) {
      thead .client {
        inline-size: 15%;
      }
      thead .recipient {
        inline-size: 18%;
      }
      thead .when,
      thead .opens,
      thead .clicks {
        inline-size: 8rem;
      }
      thead .invoice,
      thead .status {
        inline-size: 9rem;
      }
      thead .evidence {
        inline-size: 11rem;
      }
    }
  }
`;
