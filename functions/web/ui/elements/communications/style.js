// How the communications view looks.

import { css } from "lit";

export const style = css`
  :host {
    container-type: inline-size;
  }
  .send .skipped {
    padding: 0 0.875rem 0.75rem;
  }
  .view {
    display: grid;
    gap: 1rem;
    overflow-wrap: anywhere;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 1rem;
  }
  header h2 {
    font-size: 1.25rem;
  }
  .overall {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 1rem;
    min-block-size: 1.75rem;
    font-size: 0.875rem;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 1rem;
    margin-inline-start: auto;
    font-size: 0.875rem;
  }
  .proves {
    display: grid;
    gap: 0.25rem;
    padding: 0.75rem 1rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_raised);
    font-size: 0.875rem;
  }
  /* Plain buttons among text have the height of a target, and not that of a form. */
  button.plain {
    min-block-size: 1.75rem;
    min-inline-size: 1.75rem;
    padding-inline: 0;
    text-align: inherit;
  }
  .turns {
    display: inline-flex;
    font-size: 0.75em;
    transition: rotate 120ms;
  }
  [aria-expanded="true"] > .turns {
    rotate: 180deg;
  }

  .sends {
    display: grid;
    gap: 1rem;
  }
  .send {
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.5);
    overflow: clip;
  }
  .send h3 {
    font-size: 1rem;
  }
  .send h3 button {
    min-block-size: 2.25rem;
    color: var(--_text);
    font-weight: 600;
  }
  .send h3 .turns {
    rotate: -90deg;
    color: var(--_muted);
  }
  .send h3 .turns:dir(rtl) {
    rotate: 90deg;
  }
  .send h3 [aria-expanded="true"] > .turns:is(:dir(ltr), :dir(rtl)) {
    rotate: 0deg;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 1rem;
    padding-block: 0.125rem;
    padding-inline: 0.875rem;
    background: var(--_raised);
  }
  .meta {
    flex: 1 1 20rem;
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.125rem 1rem;
    min-inline-size: 0;
    padding-block: 0.375rem;
    font-size: 0.875rem;
  }
  .tally {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.75rem;
  }
  .proof {
    font-size: 0.875rem;
  }
  @container (width < 30rem) {
    .proof {
      margin-inline-start: auto;
    }
    .meta,
    .head > .link {
      order: 1;
    }
  }
  .head > .link {
    flex-basis: 100%;
    padding-block-end: 0.375rem;
  }
  .link {
    font-size: 0.875rem;
    color: var(--_muted);
  }
  .link button {
    display: inline;
    padding: 0;
    text-decoration: underline;
    font: inherit;
  }

  /* Below what is known, so that it moves nothing, and yet in sight. */
  .trouble {
    position: sticky;
    inset-block-end: 0.5rem;
  }
  .older {
    justify-self: start;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 0.75rem;
    padding: 2.5rem 1rem;
    border: 1px dashed var(--_line);
    border-radius: calc(var(--_radius) * 1.5);
    text-align: center;
  }
  .empty > .icon {
    inline-size: 2rem;
    block-size: 2rem;
    color: var(--_muted);
  }
  .skeleton {
    min-block-size: 16rem;
    padding: 0.875rem;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.5);
  }
`;
