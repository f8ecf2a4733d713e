// How the icon and its popup look.

import { css } from "lit";

export const style = css`
  :host {
    display: inline-block;
    background: none;
  }
  #icon {
    position: relative;
    min-block-size: 2rem;
    inline-size: 2.25rem;
    padding: 0;
    border-color: transparent;
    background: none;
    color: var(--_muted);
  }
  #icon:hover,
  #icon[aria-expanded="true"] {
    border-color: var(--_line);
    background: var(--_raised);
    color: var(--_text);
  }
  #icon > .icon {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    stroke-width: 1.3;
  }
  /* The status: its own shape at the envelope's corner. */
  .mark {
    position: absolute;
    inset-block-end: 0;
    inset-inline-end: 0.0625rem;
    display: grid;
    padding: 0.0625rem;
    border-radius: 50%;
    background: var(--_surface);
    font-size: 0.8125rem;
    color: var(--_queued);
  }
  #icon:is(:hover, [aria-expanded="true"]) .mark {
    background: var(--_raised);
  }
  .mark .icon {
    stroke-width: 2;
  }
  .mark.sent {
    color: var(--_sent);
  }
  .mark.opened {
    color: var(--_opened);
  }
  .mark.delayed {
    color: var(--_delayed);
  }
  .mark.rejected {
    color: var(--_rejected);
  }
  .mark.marked_spam {
    color: var(--_marked_spam);
  }

  /* A sheet at the bottom, unless there is room beside the icon. */
  #popup {
    position: fixed;
    inset: auto 0.5rem 0.5rem;
    inline-size: auto;
    max-inline-size: 27rem;
    max-block-size: min(70dvh, 34rem);
    margin: 0 auto;
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.5);
    background: var(--_surface);
    color: var(--_text);
    box-shadow: 0 8px 24px rgb(0 0 0 / 22%);
    font-size: 0.875rem;
    text-align: left;
    overflow-wrap: anywhere;
    overflow: auto;
    overscroll-behavior: contain;
  }
  #popup:dir(rtl) {
    text-align: right;
  }
  @media (width < 30rem) {
    #popup {
      max-inline-size: none;
    }
  }
  @supports (position-area: self-block-end span-self-inline-end) {
    @media (width >= 30rem) {
      #icon[aria-expanded="true"] {
        anchor-name: --icon;
      }
      /* Above or below, where there is more room, whatever is shown: it does not jump when the answer comes. */
      #popup {
        inset: auto;
        position-anchor: --icon;
        position-area: self-block-end span-self-inline-end;
        position-try-order: most-block-size;
        position-try-fallbacks:
          flip-block,
          flip-inline,
          flip-block flip-inline,
          self-block-end span-all,
          self-block-start span-all;
        position-visibility: always;
        inline-size: 27rem;
        min-block-size: min(11rem, 100dvh);
        /* The room on that side, without the margins. */
        max-block-size: min(100% - 0.75rem, 45rem);
        margin-block: 0.25rem 0.5rem;
        margin-inline: 0 0.5rem;
      }
    }
  }
  #popup header {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: 0.5rem;
    padding-block: 0.375rem;
    padding-inline: 0.875rem 0.375rem;
    border-block-end: 1px solid var(--_line);
    background: var(--_surface);
  }
  #popup h2 {
    flex: 1;
    font-size: 0.9375rem;
    font-weight: 600;
  }
  #popup header button {
    inline-size: 2rem;
    min-block-size: 2rem;
    padding: 0;
    color: var(--_muted);
  }
  /* The room of one send, so that the popup does not jump when the answer comes. */
  .content {
    min-block-size: 8.5rem;
    padding: 0.75rem 0.875rem;
  }
  .content > .notice {
    margin-block-end: 0.75rem;
  }
  .sends > li + li {
    margin-block-start: 0.75rem;
    padding-block-start: 0.75rem;
    border-block-start: 1px solid var(--_line);
  }
  .sends h3 {
    font-size: 0.875rem;
    font-weight: 600;
  }
  .subject {
    color: var(--_muted);
  }
  .recipients {
    display: grid;
    gap: 0.5rem;
    margin-block-start: 0.5rem;
  }
  .recipients > li {
    display: grid;
    grid-template-columns: 1.75rem minmax(0, 1fr) auto;
    gap: 0.125rem 0.5rem;
    align-items: baseline;
  }
  .kind {
    font-size: 0.8125rem;
    color: var(--_muted);
  }
  .lines {
    grid-column: 2 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 0.125rem 0.875rem;
    font-size: 0.8125rem;
  }
  .lines .chip {
    padding: 0;
    border: 0;
    background: none;
    font-size: inherit;
  }
  .why {
    grid-column: 2 / -1;
    font-size: 0.8125rem;
    color: var(--_muted);
  }
  .link {
    color: var(--_muted);
  }
  .recipients .link {
    grid-column: 2 / -1;
  }
  .link button {
    display: inline;
    min-block-size: 1.5rem;
    padding: 0;
    text-align: inherit;
    text-decoration: underline;
  }
  .when {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .rest {
    margin-block-start: 0.75rem;
  }
  footer {
    position: sticky;
    inset-block-end: 0;
    background: var(--_surface);
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 1rem;
    padding-block: 0.25rem;
    padding-inline: 0.875rem;
    border-block-start: 1px solid var(--_line);
  }
  footer button {
    padding-inline: 0;
  }
  .empty {
    display: grid;
    gap: 0.75rem;
    justify-items: start;
  }
`;
