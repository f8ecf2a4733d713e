// The stacked bars of the report, drawn as SVG: a column a day, in it a part for each status, always in the same order.

import { html, nothing, svg } from "lit";

import { SENT_STATUSES } from "../../shared/words.js";

/** @typedef {import("../../shared/times.js").Times} Times */
/** @typedef {import("../../shared/words.js").SentStatus} SentStatus */
/** @typedef {Record<SentStatus, number> & { recipients: number }} Counts */
/** @typedef {Counts & { day: string }} Day */

/** From the bottom up: what went well first, what needs somebody at the top, where it is seen. @type {SentStatus[]} */
export const STACK = ["sent", "opened", "queued", "delayed", "rejected", "marked_spam"];

/** Units of the drawing's own; the height on screen is set by style. */
const HEIGHT = 100;

/** Fewer days than this are drawn no wider than they would be among so many. */
const LEAST_SLOTS = 14;

/** More days than this are drawn as bars of a few pixels. */
const DENSE_DAYS = 100;

/** The labels below, which must not touch on a narrow screen. */
const LABELS = 6;

/** Patterns tell the parts apart without their colours. They are drawn over the colour, in the colour of the surface. */
const MARKS = {
  sent: nothing,
  opened: svg`<path d="M-1 1l2-2M0 6l6-6M5 7l2-2"/>`,
  queued: svg`<path d="M0 3h6"/>`,
  delayed: svg`<circle cx="1.5" cy="1.5" r=".7"/><circle cx="4.5" cy="4.5" r=".7"/>`,
  rejected: svg`<path d="M0 0l6 6M0 6l6-6"/>`,
  marked_spam: svg`<path d="M1.5 0v6M4.5 0v6"/>`,
};

/** What the parts are filled with; must be in the same shadow root as they are. @param {number} days */
export function patterns(days) {
  return html`<svg class="patterns ${days > DENSE_DAYS ? "dense" : ""}" width="0" height="0" aria-hidden="true" focusable="false">
    <defs>
      ${STACK.map(
        (status) => svg`<pattern id="fill-${status}" class=${status} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6"/>${MARKS[status]}
        </pattern>`,
      )}
    </defs>
  </svg>`;
}

/** A sample of a part, for the legend. @param {SentStatus} status */
export function swatch(status) {
  return html`<svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false">
    <rect width="12" height="12" fill="url(#fill-${status})" />
  </svg>`;
}

/** "Sunday 22 November: 5 e-mails: 3 Sent, 2 Opened" @param {Day} day @param {Times} times */
export function dayInWords(day, times) {
  const parts = STACK.filter((status) => day[status] > 0).map((status) => `${times.number(day[status])} ${SENT_STATUSES[status]}`);
  const title = `${times.weekday(day.day)}: ${emails(day.recipients, times)}`;
  return parts.length > 0 ? `${title}: ${parts.join(", ")}` : title;
}

/** @param {number} count @param {Times} times */
export function emails(count, times) {
  return `${times.number(count)} ${count === 1 ? "e-mail" : "e-mails"}`;
}

/** The end of the scale: the next number that reads well. @param {number} most */
export function scaleOf(most) {
  if (most <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(most));
  // Half of it is written, too, and is a whole number.
  const factors = power < 100 ? [1, 2, 4, 6, 8, 10] : [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10];
  return Math.round((factors.find((factor) => factor * power >= most) ?? 10) * power);
}

/**
 * @typedef {object} Drawing
 * @property {Day[]} days
 * @property {number} scale
 * @property {Times} times
 * @property {number} current the bar that Tab leads to
 * @property {SentStatus | null} segment the part of it that the arrow keys lead to
 * @property {string} picked the day that the report is narrowed to
 * @property {string[]} status the statuses that it is narrowed to
 */

/** @typedef {{ left: number, width: number }} Place in percent of the width */

/** Where a day's column stands. @param {number} index @param {number} count of days @returns {Place} */
function columnOf(index, count) {
  const slots = Math.max(count, LEAST_SLOTS);
  const width = 100 / slots;
  return { left: ((slots - count) / 2 + index) * width, width };
}

/** The bars. Numbers are rounded, which makes the drawing of a year half as long. @param {Drawing} drawing */
export function bars(drawing) {
  return drawing.days.map((day, index) => {
    const { left, width } = columnOf(index, drawing.days.length);
    // Many thin bars stand closer, and still apart.
    const gap = width > 2 ? 0.22 : 0.12;
    const classes = `day${drawing.picked && drawing.picked !== day.day ? " dim" : ""}`;
    return svg`<g class=${classes}>
      ${hit(day, index, { left, width }, drawing)}
      ${stack(day, index, { left: left + (width * gap) / 2, width: width * (1 - gap) }, drawing)}
    </g>`;
  });
}

/**
 * The whole column can be pressed, also above its bar.
 * @param {Day} day @param {number} index @param {Place} place @param {Drawing} drawing
 */
function hit(day, index, { left, width }, { times, current, picked }) {
  return svg`<rect
    class="hit"
    role="button"
    tabindex=${index === current ? 0 : -1}
    aria-label=${dayInWords(day, times)}
    aria-pressed=${picked === day.day}
    data-index=${index}
    x="${round(left)}%"
    width="${round(width)}%"
    height="100%"
  />`;
}

/** @param {Day} day @param {number} index @param {Place} place @param {Drawing} drawing */
function stack(day, index, { left, width }, drawing) {
  let top = HEIGHT;
  return STACK.filter((status) => day[status] > 0).map((status) => {
    const height = (day[status] / drawing.scale) * HEIGHT;
    top -= height;
    const isDim = drawing.status.length > 0 && !drawing.status.includes(status);
    // Only the parts of the bar that one is at are spoken of, or a year would be two thousand buttons.
    const isNear = index === drawing.current;
    return svg`<rect
      class=${`part${isDim ? " dim" : ""}`}
      role=${isNear ? "button" : nothing}
      tabindex=${isNear ? -1 : nothing}
      aria-hidden=${isNear ? nothing : "true"}
      aria-label=${isNear ? `${drawing.times.weekday(day.day)}, ${SENT_STATUSES[status]}: ${emails(day[status], drawing.times)}` : nothing}
      data-index=${index}
      data-status=${status}
      x="${round(left)}%"
      width="${round(width)}%"
      y="${round(top)}%"
      height="${round(height)}%"
      fill="url(#fill-${status})"
    />`;
  });
}

/** Lines to read heights by. */
export function gridLines() {
  return [0, 50, 100].map((y) => svg`<line class="grid" x1="0" x2="100%" y1="${y}%" y2="${y}%"/>`);
}

/** The days that are written below, with their places in percent. @param {Day[]} days @param {Times} times */
export function dayLabels(days, times) {
  const step = Math.max(1, Math.ceil(days.length / LABELS));
  const labelled = days.map((_, index) => index).filter((index) => index % step === 0);
  return labelled.map((index) => {
    const { left, width } = columnOf(index, days.length);
    return { text: times.dayMonth(days[index].day), at: round(left + width / 2) };
  });
}

/** @param {number} number */
function round(number) {
  return Math.round(number * 1000) / 1000;
}
