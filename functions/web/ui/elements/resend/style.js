// How the dialog for sending again looks.

import { css } from "lit";

export const style = css`
  :host {
    display: contents;
  }
  form {
    display: grid;
    gap: 1rem;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0.25rem 1rem;
    margin: 0;
  }
  dt {
    color: var(--_muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  /* The subject comes with the first answer. */
  .waiting {
    color: var(--_muted);
  }
  .field {
    display: grid;
    gap: 0.375rem;
  }
  .tick {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 1.75rem;
    font-size: inherit;
    color: var(--_text);
  }
  .tick input {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
    accent-color: var(--_accent);
  }
  /* Room for a usual result, so that the buttons stay where they are while it is asked for. */
  .result {
    display: grid;
    align-content: start;
    gap: 0.5rem;
    min-block-size: 2.75rem;
  }
  .result > p {
    display: flex;
    align-items: baseline;
    gap: 0.4rem;
  }
  .blocked {
    display: grid;
    gap: 0.5rem;
    padding: 0.625rem 0.75rem;
    border: 1px solid var(--_rejected);
    border-inline-start-width: 4px;
    border-radius: var(--_radius);
  }
  .blocked strong {
    color: var(--_rejected);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  /* In sight also below a long mail. */
  .actions {
    position: sticky;
    inset-block-end: 0;
    z-index: 1;
    padding-block: 0.5rem;
    background: var(--_surface);
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 0.5rem;
  }
  .actions .aside {
    margin-inline-end: auto;
    padding-inline: 0;
  }
  summary {
    min-block-size: 1.75rem;
    color: var(--_accent);
    cursor: pointer;
  }
  invoice-email-mail-frame {
    margin-block-start: 0.5rem;
  }
  @container (width < 24rem) {
    dl {
      grid-template-columns: 1fr;
      gap: 0;
    }
    dd + dt {
      margin-block-start: 0.375rem;
    }
  }
`;
