// What all elements share: colours, buttons, fields, badges, tables. A portal sets the custom properties of the first rule on
// the elements or above them; light and dark follow `color-scheme`.

import { css } from "lit";

export const tokens = css`
  :host {
    --_text: var(--invoice-email-text, light-dark(#1b2230, #e8ebf1));
    --_muted: var(--invoice-email-muted, light-dark(#545e70, #a5aebd));
    --_surface: var(--invoice-email-surface, light-dark(#ffffff, #15191f));
    --_raised: var(--invoice-email-raised, light-dark(#f5f7fa, #1d232c));
    --_line: var(--invoice-email-line, light-dark(#d5dae2, #363e4b));
    --_field-line: var(--invoice-email-field-line, light-dark(#7b8698, #76808f));
    --_accent: var(--invoice-email-accent, light-dark(#1f5fbf, #8ab8ff));
    --_on-accent: var(--invoice-email-on-accent, light-dark(#ffffff, #0d1520));
    --_radius: var(--invoice-email-radius, 6px);
    --_sent: var(--invoice-email-sent, light-dark(#1d4fae, #a3c4ff));
    --_sent-back: var(--invoice-email-sent-back, light-dark(#e7effd, #1c2b47));
    --_opened: var(--invoice-email-opened, light-dark(#14602f, #8ce3a9));
    --_opened-back: var(--invoice-email-opened-back, light-dark(#e0f4e6, #15331f));
    --_delayed: var(--invoice-email-delayed, light-dark(#7a4a05, #f8d272));
    --_delayed-back: var(--invoice-email-delayed-back, light-dark(#fdf1d3, #3a2c0c));
    --_rejected: var(--invoice-email-rejected, light-dark(#a81e14, #ffaaa1));
    --_rejected-back: var(--invoice-email-rejected-back, light-dark(#fde7e5, #451713));
    --_marked_spam: var(--invoice-email-marked-spam, light-dark(#7d1a86, #f1b4f8));
    --_marked_spam-back: var(--invoice-email-marked-spam-back, light-dark(#f9e8fb, #3e1542));
    --_queued: var(--invoice-email-queued, light-dark(#465064, #c3cad6));
    --_queued-back: var(--invoice-email-queued-back, light-dark(#edf0f4, #2a313b));
    display: block;
    color: var(--_text);
    background: var(--_surface);
    font-size: 0.9375rem;
    line-height: 1.45;
    /* A portal's font is taken; how its tables and headings set their words is not. */
    font-weight: normal;
    font-style: normal;
    letter-spacing: normal;
    word-spacing: normal;
    text-transform: none;
    text-indent: 0;
    text-align: left;
    white-space: normal;
  }
  :host(:dir(rtl)) {
    text-align: right;
  }
  /* In a page that runs from right to left the words are still English: each sentence runs as its own letters do. */
  :is(h2, h3, p, li, dt, dd, span, strong, button, label, summary) {
    unicode-bidi: plaintext;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  .icon {
    flex: none;
    inline-size: 1em;
    block-size: 1em;
    vertical-align: -0.125em;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .muted {
    color: var(--_muted);
  }
  h2,
  h3,
  p {
    margin: 0;
  }
  a {
    color: var(--_accent);
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

export const controls = css`
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4em;
    min-block-size: 2.25rem;
    padding: 0.25rem 0.75rem;
    border: 1px solid var(--_field-line);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    font: inherit;
    cursor: pointer;
  }
  button:hover {
    background: var(--_raised);
  }
  button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  button.plain {
    border-color: transparent;
    background: none;
    color: var(--_accent);
  }
  button[aria-disabled="true"],
  button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  label {
    display: grid;
    gap: 0.2rem;
    font-size: 0.875em;
    color: var(--_muted);
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    min-block-size: 2.25rem;
    inline-size: 100%;
    padding: 0.25rem 0.5rem;
    border: 1px solid var(--_field-line);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    font: inherit;
    font-size: 1rem;
  }
  [aria-invalid="true"] {
    border-color: var(--_rejected) !important;
  }
  .error {
    color: var(--_rejected);
  }
`;

/** Forms: fields one below the other, each with its mistake and its hint. */
export const fields = css`
  form,
  .field {
    display: grid;
    min-inline-size: 0;
  }
  form {
    gap: 1rem;
  }
  .field {
    align-content: start;
    gap: 0.2rem;
  }
  .hint,
  .error {
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  .hint {
    color: var(--_muted);
  }
  [hidden] {
    display: none;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 1.75rem;
    justify-self: start;
    font-size: inherit;
    color: inherit;
  }
  .actions {
    position: sticky;
    inset-block-end: -1px;
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: end;
    gap: 0.5rem;
    padding-block: 0.75rem 1rem;
    border-block-start: 1px solid var(--_line);
    background: var(--_surface);
  }
  /* What has the focus is not hidden behind the buttons. */
  input,
  textarea,
  summary,
  button {
    scroll-margin-block: 5rem 8rem;
  }
  summary {
    min-block-size: 1.75rem;
    cursor: pointer;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
`;

export const badges = css`
  .badge,
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    padding: 0.1em 0.6em;
    border: 1px solid currentColor;
    border-radius: 1em;
    font-size: 0.875em;
    white-space: nowrap;
    color: var(--_queued);
    background: var(--_queued-back);
  }
  .badge.sent,
  .chip.processed,
  .chip.delivered {
    color: var(--_sent);
    background: var(--_sent-back);
  }
  .badge.opened,
  .chip.opened,
  .chip.clicked,
  .chip.portal_confirmed {
    color: var(--_opened);
    background: var(--_opened-back);
  }
  .badge.delayed,
  .chip.deferred {
    color: var(--_delayed);
    background: var(--_delayed-back);
  }
  .badge.rejected,
  .chip.bounced,
  .chip.blocked,
  .chip.dropped {
    color: var(--_rejected);
    background: var(--_rejected-back);
  }
  .badge.marked_spam,
  .chip.complained,
  .chip.unsubscribed {
    color: var(--_marked_spam);
    background: var(--_marked_spam-back);
  }
  .skipped {
    margin-block-start: 0.5rem;
    font-size: 0.875rem;
  }
  .skipped ul {
    margin: 0;
    padding-inline-start: 1.25rem;
  }
  /* A machine's open or click never looks like a reader's. */
  .chip.automatic {
    color: var(--_queued);
    background: var(--_queued-back);
    border-style: dashed;
  }
`;

export const notices = css`
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
    padding: 0.75rem 1rem;
    border: 1px solid var(--_line);
    border-inline-start: 4px solid var(--_accent);
    border-radius: var(--_radius);
    background: var(--_raised);
  }
  .notice.problem {
    border-inline-start-color: var(--_rejected);
  }
  .question {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    justify-content: space-between;
    border-inline-start-color: var(--_delayed);
  }
`;

/** Lists of things rather than of words, with statuses that may break; and the grey bars that stand for what is still to come. */
export const lists = css`
  .badge,
  .chip {
    white-space: normal;
  }
  ol,
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .skeleton {
    display: grid;
    align-content: start;
    gap: 0.75rem;
  }
  .skeleton i {
    block-size: 0.875rem;
    border-radius: var(--_radius);
    background: var(--_raised);
  }
  .skeleton i:nth-child(2n) {
    inline-size: 62%;
  }
`;
