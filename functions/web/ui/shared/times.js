// Times in the firm's zone, written as the reader's language writes them.

import { html, nothing } from "lit";

/** Formats of one language and zone; making one costs far more than using it. */
export class Times {
  /** @type {Map<string, Times>} */
  static #made = new Map();

  /** @param {string} locale @param {string} timezone */
  static of(locale, timezone) {
    const key = `${locale} ${timezone}`;
    let times = Times.#made.get(key);
    if (!times) {
      times = new Times(known(locale), timezone);
      Times.#made.set(key, times);
    }
    return times;
  }

  /** @param {string} locale @param {string} timezone */
  constructor(locale, timezone) {
    this.locale = locale;
    this.timezone = zoneOr(timezone, "UTC");
    const zone = { timeZone: this.timezone };
    this.formats = {
      dateTime: new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "medium", timeStyle: "short" }),
      date: new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "medium" }),
      time: new Intl.DateTimeFormat(locale, { ...zone, timeStyle: "short" }),
      seconds: new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "medium", timeStyle: "medium" }),
      exact: new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "full", timeStyle: "long" }),
      // Days of the calendar are no instants: as midnight of UTC, told in UTC, they stay what they are.
      day: new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "medium" }),
      weekday: new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" }),
      dayMonth: new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month: "short" }),
      number: new Intl.NumberFormat(locale),
      percent: new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }),
      ago: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
    };
  }

  /** `22 Nov 2026, 14:05` @param {string} iso */
  dateTime(iso) {
    return this.formats.dateTime.format(new Date(iso));
  }

  /** @param {string} iso */
  date(iso) {
    return this.formats.date.format(new Date(iso));
  }

  /** @param {string} iso */
  time(iso) {
    return this.formats.time.format(new Date(iso));
  }

  /** `22 Nov 2026, 14:05:30` @param {string} iso */
  seconds(iso) {
    return this.formats.seconds.format(new Date(iso));
  }

  /** With weekday, seconds and zone, and the same in UTC. @param {string} iso */
  exact(iso) {
    return this.timezone === "UTC" ? this.full(iso) : `${this.full(iso)} (${iso})`;
  }

  /** With weekday, seconds and zone. @param {string} iso */
  full(iso) {
    return this.formats.exact.format(new Date(iso));
  }

  /** A day of the calendar such as `2026-11-22`. @param {string} day */
  day(day) {
    return this.formats.day.format(new Date(`${day}T00:00:00Z`));
  }

  /** The same with its weekday and without the year. @param {string} day */
  weekday(day) {
    return this.formats.weekday.format(new Date(`${day}T00:00:00Z`));
  }

  /** `22 Nov` @param {string} day */
  dayMonth(day) {
    return this.formats.dayMonth.format(new Date(`${day}T00:00:00Z`));
  }

  /** @param {number} share of 1 */
  percent(share) {
    return this.formats.percent.format(share);
  }

  /** @param {number} number */
  number(number) {
    return this.formats.number.format(number);
  }

  /** "3 hours ago" @param {string} iso @param {number} now in ms */
  ago(iso, now) {
    const seconds = (new Date(iso).getTime() - now) / 1000;
    for (const [unit, length] of UNITS) {
      if (Math.abs(seconds) >= length) return this.formats.ago.format(Math.round(seconds / length), unit);
    }
    return this.formats.ago.format(Math.round(seconds), "second");
  }

  /** Today in the firm's zone, as `2026-11-22`. @param {number} now in ms */
  today(now) {
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: this.timezone, dateStyle: "short" });
    return parts.format(new Date(now));
  }

  /** A `<time>` with the exact time on hover. @param {string | null | undefined} iso @param {"dateTime" | "date" | "time" | "seconds"} [style] */
  element(iso, style = "dateTime") {
    if (!iso) return nothing;
    return html`<time dir="auto" datetime=${iso} title=${this.exact(iso)}>${this[style](iso)}</time>`;
  }
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** The day some days later. @param {string} day @param {number} count */
export function plusDays(day, count) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** @param {string} locale */
function known(locale) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([locale]).length > 0 ? locale : "en";
  } catch {
    return "en";
  }
}

/** @param {string} timezone @param {string} other */
function zoneOr(timezone, other) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return timezone;
  } catch {
    return other;
  }
}
