// The zone in which days begin and times are told: the reader's own until another is chosen, which this browser remembers.

const KEY = "invoice-email-timezone";

export class TimeZone {
  /** @param {HTMLSelectElement} select @param {(timezone: string) => void} changed */
  constructor(select, changed) {
    this.select = select;
    this.value = chosen() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
    this.#offer([this.value]);
    select.addEventListener("change", () => {
      this.value = select.value;
      remember(this.value);
      changed(this.value);
    });
  }

  /** Offers all zones, once there is time for it. */
  fill() {
    setTimeout(() => this.#offer(Intl.supportedValuesOf("timeZone")));
  }

  /** @param {string[]} zones */
  #offer(zones) {
    const all = [...new Set(["UTC", this.value, ...zones])];
    const options = all.map((zone) => new Option(zone.replaceAll("_", " "), zone, false, zone === this.value));
    this.select.replaceChildren(...options);
  }
}

/** @returns {string | null} */
function chosen() {
  try {
    const timezone = localStorage.getItem(KEY);
    // What was stored long ago may have been renamed since.
    if (timezone) new Intl.DateTimeFormat("en", { timeZone: timezone });
    return timezone;
  } catch {
    return null;
  }
}

/** @param {string} timezone */
function remember(timezone) {
  try {
    localStorage.setItem(KEY, timezone);
  } catch {
    // It is good until the page is left.
  }
}
