// How one recipient looks: who, chips, reason, actions, log.

import { css } from "lit";

export const recipientStyle = css`
  .recipient {
    display: grid;
    gap: 0.5rem 1.5rem;
    padding: 0.75rem 0.875rem;
    border-block-start: 1px solid var(--_line);
  }
  .recipient:focus-visible {
    outline-offset: -2px;
  }
  @container (width >= 46rem) {
    .recipient {
      grid-template-columns: minmax(12rem, 17rem) minmax(0, 1fr);
    }
  }
  .who {
    display: grid;
    grid-template-columns: 2rem minmax(0, 1fr);
    gap: 0.375rem 0.5rem;
    align-content: start;
    align-items: baseline;
  }
  .kind {
    font-size: 0.8125rem;
    color: var(--_muted);
  }
  .person {
    display: grid;
  }
  .name {
    font-weight: 500;
  }
  .who .status {
    grid-column: 2;
  }
  @container (30rem <= width < 46rem) {
    .who {
      grid-template-columns: 2rem minmax(0, 1fr) auto;
    }
    .who .status {
      grid-column: 3;
    }
  }
  .what {
    display: grid;
    align-content: start;
    gap: 0.5rem;
    min-inline-size: 0;
  }
  /* What counts no more is without colour's weight, but as easy to read. */
  .replaced .person {
    text-decoration: line-through;
    color: var(--_muted);
  }
  .replaced .chip,
  .replaced .badge {
    background: none;
  }

  .chips {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 0.375rem;
  }
  .chip {
    min-block-size: 1.75rem;
    max-inline-size: 100%;
    font-size: 0.8125rem;
  }
  button.chip {
    padding-block: 0.1em;
  }
  button.chip:hover {
    text-decoration: underline;
  }
  .when {
    font-variant-numeric: tabular-nums;
  }
  .count {
    font-weight: 600;
  }
  .times {
    display: flex;
    flex-wrap: wrap;
    gap: 0.125rem 1.25rem;
    padding-inline-start: 0.75rem;
    border-inline-start: 3px solid var(--_line);
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
  }
  .machines {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.375rem 0.75rem;
    font-size: 0.8125rem;
  }
  .machines > .times {
    order: 1;
    flex-basis: 100%;
  }

  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 1rem;
    font-size: 0.875rem;
  }
  .evidence {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.375rem;
  }
  .evidence button {
    color: var(--_text);
  }
  .evidence button .icon {
    color: var(--_accent);
  }
  .remark {
    display: flex;
    gap: 0.375rem;
    max-inline-size: 52rem;
    font-size: 0.875rem;
    color: var(--_muted);
  }
  .remark[hidden] {
    display: none;
  }
  .remark .icon {
    margin-block-start: 0.2em;
  }
  .explained {
    max-inline-size: 44rem;
    font-size: 0.875rem;
    color: var(--_muted);
  }
  .reason {
    max-inline-size: 52rem;
    padding-inline-start: 0.75rem;
    border-inline-start: 3px solid var(--_queued);
  }
  .reason.rejected {
    border-color: var(--_rejected);
  }
  .reason.delayed {
    border-color: var(--_delayed);
  }
  .reason.marked_spam {
    border-color: var(--_marked_spam);
  }
  .reason strong {
    font-weight: 600;
  }
  .reason button {
    font-size: 0.875rem;
  }
  blockquote {
    margin: 0.25rem 0 0;
    padding: 0.5rem 0.75rem;
    border-radius: var(--_radius);
    background: var(--_raised);
    font: 0.8125rem/1.5 ui-monospace, monospace;
    white-space: pre-wrap;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 1rem;
    font-size: 0.875rem;
  }

  .log {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.8125rem;
  }
  .log th {
    font-weight: 500;
    color: var(--_muted);
  }
  .log th,
  .log td {
    padding: 0.25rem 0.75rem 0.25rem 0;
    padding-inline: 0 0.75rem;
    border-block-end: 1px solid var(--_line);
    text-align: inherit;
    vertical-align: baseline;
  }
  .log td:not(:last-child) {
    white-space: nowrap;
  }
  .log time {
    font-variant-numeric: tabular-nums;
  }
  @container (width < 40rem) {
    .log,
    .log tbody,
    .log tr,
    .log td {
      display: block;
    }
    .log thead {
      position: absolute;
      clip-path: inset(50%);
    }
    .log td {
      padding-block: 0;
      border: 0;
    }
    .log tr {
      padding-block: 0.375rem;
      border-block-end: 1px solid var(--_line);
    }
  }
`;
