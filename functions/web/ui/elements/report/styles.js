// How the report looks around its table, on screen and on paper.

import { css } from "lit";

export const reportStyles = css`
  :host {
    container: report / inline-size;
  }
  .report {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
  }
  .head,
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
  }
  h2 {
    flex: 1 1 auto;
    font-size: 1.25rem;
  }
  /* Its place is there before the time is, so that nothing beside it moves. */
  .loaded {
    min-inline-size: 8.5em;
  }
  @container report (min-width: 40rem) {
    .loaded {
      text-align: end;
    }
  }
  .bar {
    justify-content: space-between;
    margin-block-end: -0.75rem;
    scroll-margin-block-start: var(--invoice-email-sticky-top, 0px);
    font-size: 0.875rem;
  }
  .bar p {
    flex: 1 1 16rem;
  }
  .bar button {
    padding-inline: 0.25rem;
  }
  .skip {
    justify-self: start;
  }
  .skip:not(:focus) {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    min-block-size: 0;
    padding: 0;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .body {
    min-block-size: 20rem;
  }
  .body:focus {
    outline: none;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 0.75rem;
    padding: 3rem 1rem;
    text-align: center;
  }
  .empty > .icon {
    inline-size: 2rem;
    block-size: 2rem;
    color: var(--_muted);
  }
  .foot {
    position: sticky;
    inset-block-end: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 1rem;
    min-block-size: 3rem;
    padding-block: 0.35rem;
    border-block-start: 1px solid var(--_line);
    background: var(--_surface);
  }
  .foot.ended {
    position: static;
  }
  .foot p {
    flex: 1 1 auto;
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  .foot .problem {
    flex: 1 1 100%;
  }
  .proof {
    margin: 0;
    padding-inline-start: 1.25rem;
  }
  .proof li + li {
    margin-block-start: 0.5rem;
  }
  .on-paper {
    display: none;
  }
`;

/** On paper; comes last, because it undoes what the others say. */
export const printStyles = css`
  @media print {
    :host {
      color-scheme: light;
      font-size: 8.5pt;
    }
    .report {
      display: block;
    }
    .report > * {
      margin-block-end: 8pt;
    }
    .on-paper {
      display: block;
    }
    .head button,
    .bar,
    .foot,
    .space,
    .skip,
    thead button,
    invoice-email-history,
    invoice-email-report-download,
    invoice-email-report-filters {
      display: none;
    }
    .body {
      min-block-size: 0;
    }
    table {
      font-size: 7.5pt;
    }
    thead {
      display: table-header-group;
    }
    thead th {
      position: static;
      padding: 2pt 3pt;
      font-size: 7pt;
    }
    tbody td,
    tbody th {
      block-size: auto;
      padding: 2pt 3pt;
      overflow: visible;
    }
    thead .fold,
    tbody .fold {
      inline-size: 0;
      padding: 0;
      overflow: hidden;
    }
    .fold > * {
      display: none;
    }
    tr {
      break-inside: avoid;
    }
    tr.open,
    .details > td {
      background: none;
    }
    .details > td {
      padding: 0 3pt 6pt 24pt;
    }
    dt,
    .kind,
    .machines,
    .when .muted {
      font-size: 6.5pt;
    }
    .lines {
      display: block;
    }
    .machines {
      display: block;
      white-space: normal;
    }
    tbody .invoice,
    button.number {
      white-space: normal;
      overflow-wrap: anywhere;
    }
    button.number {
      display: inline;
      min-block-size: 0;
      min-inline-size: 0;
      max-inline-size: none;
      color: inherit;
      font-size: inherit;
      text-decoration: none;
    }
    .badge {
      padding: 0 0.4em;
    }
    thead .when,
    thead .invoice,
    thead .evidence {
      inline-size: 10%;
    }
    thead .status {
      inline-size: 13%;
    }
    thead .client {
      inline-size: 11%;
    }
    thead .recipient {
      inline-size: 18%;
    }
    thead .opens,
    thead .clicks {
      inline-size: 8%;
    }
  }
`;
