// The zone in which days begin and times are told: the firm's, or else the reader's own, until another is chosen, which this browser
// remembers.

const KEY = "invoice-email-timezone";

export class TimeZone {
  /** @param {HTMLSelectElement} select @param {(timezone: string) => void} changed */
  constructor(select, changed) {
    this.select = select;
    this.changed = changed;
    const own = chosen();
    this.isChosen = own !== null;
    this.value = own ?? new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
    this.#offer([this.value]);
    select.addEventListener("change", () => {
      this.isChosen = true;
      this.value = select.value;
      remember(this.value);
      changed(this.value);
    });
  }

  /** The firm's zone; UTC is what firms have that have set none. @param {{ timezone: string }} settings */
  follow({ timezone }) {
    if (this.isChosen || timezone === "UTC" || timezone === this.value) return;
    this.value = timezone;
    this.fill();
    this.changed(timezone);
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
