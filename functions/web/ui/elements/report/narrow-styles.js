// How the report's table looks where there is no room for ten columns: lines of two, and cards on a telephone.

import { css } from "lit";

export const narrowStyles = css`
  @media screen {
    @container report (max-width: 74rem) {
      table,
      tbody,
      thead {
        display: block;
      }
      tr {
        display: grid;
        grid-template:
          "fold when invoice recipient opens status" auto
          "fold when client subject clicks evidence" auto
          / 2rem 6.5rem minmax(8.25rem, 1fr) minmax(7.5rem, 2fr) 7.5rem 8.25rem;
        border-block-end: 1px solid var(--_line);
      }
      thead {
        position: sticky;
        inset-block-start: var(--invoice-email-sticky-top, 0px);
        z-index: 1;
        background: var(--_surface);
      }
      tbody td,
      tbody th,
      thead th {
        position: static;
        inline-size: auto !important;
        min-inline-size: 0;
        block-size: auto;
        min-block-size: 1.75rem;
        padding-block: 0.15rem;
        border: none;
        align-self: center;
      }
      .fold {
        grid-area: fold;
      }
      .when {
        grid-area: when;
      }
      .invoice {
        grid-area: invoice;
      }
      .client {
        grid-area: client;
      }
      .recipient {
        grid-area: recipient;
      }
      .subject {
        grid-area: subject;
      }
      .opens {
        grid-area: opens;
      }
      .clicks {
        grid-area: clicks;
      }
      .evidence {
        grid-area: evidence;
      }
      .status {
        grid-area: status;
      }
      tr.open {
        border-block-end: none;
      }
      .details,
      .awaited,
      .space {
        display: block;
      }
      .space {
        border: none;
      }
      .details > td,
      .awaited > td {
        display: block;
      }
      .details > td {
        padding-block-end: 1rem;
      }
      .opens .machines,
      .clicks .machines {
        display: inline-flex;
        margin-inline-start: 0.4em;
      }
    }
    @container report (max-width: 40rem) {
      thead {
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      tr {
        grid-template:
          "invoice status" auto
          "client client" auto
          "recipient recipient" auto
          "subject subject" auto
          "when when" auto
          "evidence evidence" auto
          "opens clicks" auto
          "fold fold" auto
          / minmax(0, 1fr) auto;
        gap: 0 0.75rem;
        padding: 0.5rem 0.25rem;
      }
      tbody td,
      tbody th {
        padding-inline: 0;
      }
      tbody .status,
      tbody .clicks {
        text-align: end;
        justify-self: end;
      }
      .lines {
        display: block;
      }
      .when span {
        display: inline;
      }
      .opens::before,
      .clicks::before,
      .evidence::before {
        content: attr(data-label) " ";
        color: var(--_muted);
        font-size: 0.8125rem;
      }
      .fold button::after {
        content: "Details";
      }
      .details {
        padding: 0;
      }
      .details > td {
        padding: 0 0.25rem 1rem;
      }
    }
  }
`;
