// The application page: navigation between the elements, with everything that matters in the address.

import { configure } from "./invoice-email.js";
import { Navigation } from "./app/navigation.js";
import { Session } from "./app/session.js";
import { TimeZone } from "./app/time-zone.js";
import { Views } from "./app/views.js";

const session = new Session(byId("session"), byId("signed-in"), () => views.renew());
const timeZone = new TimeZone(/** @type {HTMLSelectElement} */ (byId("timezone")), (timezone) => views.setTimeZone(timezone));
configure({ token: () => session.token, timezone: timeZone.value });

const views = new Views(byId("views"), byId("badge"), timeZone.value);
const navigation = new Navigation(views);

document.addEventListener("invoice-email:unauthorized", () => session.refused());
navigation.start();
timeZone.fill();

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page lacks #${id}`);
  return element;
}
