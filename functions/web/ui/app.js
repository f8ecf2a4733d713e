// The application page: navigation between the elements, with everything that matters in the address.

import { Problem, configure } from "./invoice-email.js";
import { Navigation } from "./app/navigation.js";
import { Session } from "./app/session.js";
import { TimeZone } from "./app/time-zone.js";
import { Views } from "./app/views.js";
import { Client } from "./shared/api.js";
import { configured } from "./shared/configuration.js";

const session = new Session(byId("session"), byId("signed-in"), () => {
  views.renew();
  followFirm();
});
const timeZone = new TimeZone(/** @type {HTMLSelectElement} */ (byId("timezone")), (timezone) => views.setTimeZone(timezone));
configure({ token: () => session.token, timezone: timeZone.value });

const views = new Views(byId("views"), byId("badge"), timeZone.value);
const navigation = new Navigation(views);

document.addEventListener("invoice-email:unauthorized", () => session.refused());
document.addEventListener("invoice-email:saved", (event) => {
  const { settings } = /** @type {CustomEvent} */ (event).detail;
  if (settings) timeZone.follow(settings);
});
navigation.start();
timeZone.fill();
followFirm();

/** Tells times in the firm's zone, unless somebody has chosen another one here. */
async function followFirm() {
  if (timeZone.isChosen) return;
  try {
    timeZone.follow(await new Client(configured()).get("v1/settings"));
  } catch (error) {
    // The screens tell what is wrong; until then the reader's own zone is as good.
    if (!(error instanceof Problem)) throw error;
  }
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page lacks #${id}`);
  return element;
}
