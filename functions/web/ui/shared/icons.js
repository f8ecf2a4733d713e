// Icons that differ in shape, so that colour is never the only sign. They say nothing to screen readers: a word stands beside
// each, or an accessible name is on the button.

import { svg, html } from "lit";

/** @type {Record<string, import("lit").TemplateResult<2>>} */
const SHAPES = {
  envelope: svg`<rect x="1.5" y="3" width="13" height="10" rx="1.5"/><path d="m2 4 6 5 6-5"/>`,
  sent: svg`<path d="M14.5 1.5 7 9M14.5 1.5l-4.5 13-3-5.5-5.5-3z"/>`,
  opened: svg`<path d="m1.5 7 6.5-4.5L14.5 7v6.5h-13zM2 7.5 8 11l6-3.5"/>`,
  delayed: svg`<circle cx="8" cy="8" r="6.5"/><path d="M8 4v4l3 2"/>`,
  rejected: svg`<circle cx="8" cy="8" r="6.5"/><path d="m5.5 5.5 5 5m0-5-5 5"/>`,
  marked_spam: svg`<path d="M8 1.5 14.5 13.5h-13zM8 6v3.5M8 11.4v.4"/>`,
  queued: svg`<path d="M4 1.5h8M4 14.5h8M5 1.5v3L8 8l3-3.5v-3M5 14.5v-3L8 8l3 3.5v3"/>`,
  delivered: svg`<path d="m2 8.5 4 4 8-9"/>`,
  clicked: svg`<path d="m4 3 9 4.5-4 1.5-1.5 4zM9 9l4 4"/>`,
  machine: svg`<rect x="2.5" y="5" width="11" height="8" rx="1.5"/><path d="M8 5V2M5.8 8.5v1M10.2 8.5v1"/>`,
  refresh: svg`<path d="M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.5v3h-3"/>`,
  close: svg`<path d="m3.5 3.5 9 9m0-9-9 9"/>`,
  download: svg`<path d="M8 1.5v8.5m-3.5-3L8 10.5 11.5 7M2 14h12"/>`,
  filter: svg`<path d="M1.5 2.5h13l-5 6v5l-3-1.5v-3.5z"/>`,
  previous: svg`<path d="m10 3-5 5 5 5"/>`,
  next: svg`<path d="m6 3 5 5-5 5"/>`,
  down: svg`<path d="m3 6 5 5 5-5"/>`,
  info: svg`<circle cx="8" cy="8" r="6.5"/><path d="M8 7.5v3.8M8 4.6v.5"/>`,
  edit: svg`<path d="m2 14 .8-3.5L11 2.3 13.7 5 5.5 13.2z"/>`,
  send_again: svg`<path d="M2.5 8a5.5 5.5 0 1 0 1.6-3.9M2.5 1.5v3h3"/>`,
  phone: svg`<path d="M3 1.5h2.5l1 3.5L5 6.5a8 8 0 0 0 4.5 4.5L11 9.5l3.5 1V13a1.5 1.5 0 0 1-1.5 1.5A11.5 11.5 0 0 1 1.5 3 1.5 1.5 0 0 1 3 1.5z"/>`,
  hand: svg`<circle cx="8" cy="8" r="6.5"/><path d="m3.5 12.5 9-9"/>`,
  empty: svg`<circle cx="8" cy="8" r="6.5"/><path d="m5 8.5 2 2 4-5"/>`,
};

/** Which shape stands for an event. @type {Record<string, string>} */
const OF_EVENTS = {
  processed: "sent",
  dropped: "hand",
  deferred: "delayed",
  bounced: "rejected",
  blocked: "rejected",
  auto_replied: "machine",
  complained: "marked_spam",
  unsubscribed: "hand",
  bounced_elsewhere: "info",
  portal_confirmed: "delivered",
};

/** @param {string} name */
export function icon(name) {
  const shape = SHAPES[name] ?? SHAPES.info;
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >${shape}</svg>`;
}

/** @param {string} status an event of the API @param {boolean} [automatic] */
export function eventIcon(status, automatic = false) {
  return icon(automatic ? "machine" : (OF_EVENTS[status] ?? status));
}
