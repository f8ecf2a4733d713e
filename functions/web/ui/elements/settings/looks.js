// How settings will look: an amount and a date in a language, and text on a colour.

/** What is offered; others can be typed. */
export const LOCALES = (
  "en-GB en-US en-AU en-CA en-IE en-IN en-ZA da-DK de-AT de-CH de-DE es-ES es-MX fi-FI fr-CA fr-CH fr-FR it-IT ja-JP nb-NO " +
  "nl-BE nl-NL pl-PL pt-BR pt-PT sv-SE"
).split(" ");

/** @param {string} locale */
export function languageName(locale) {
  return new Intl.DisplayNames("en", { type: "language" }).of(locale);
}

/** An amount and a date as a language writes them. @param {string} locale */
export function example(locale) {
  try {
    const amount = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }).format(1250);
    const date = new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "long" }).format(Date.UTC(2026, 10, 22));
    return `${languageName(locale)}: ${amount}, ${date}`;
  } catch {
    return "A language and a country, such as en-GB.";
  }
}

/** Black or white, whichever has the higher contrast (WCAG 2.2) on a colour. @param {string} color such as `#7a1f3d` */
export function textColorOn(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}
