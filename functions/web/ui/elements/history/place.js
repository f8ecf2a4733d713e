// Where the popup stands is the stylesheet's business: beside its icon, or as a sheet. Here is what a script has to know of it.

/** Narrow screens show a sheet, and so do browsers that cannot tie one element to another's place. */
const SHEET = "(width < 30rem)";
const TIES = "anchor-name: --icon";

/** Whether the popup lies away from its icon, where no pointer gets in time. */
export function isSheet() {
  return matchMedia(SHEET).matches || !CSS.supports(TIES);
}

/**
 * Tells when the icon has scrolled out of sight, also within a table, until the returned function is called.
 * @param {HTMLElement} icon @param {() => void} lost
 * @returns {() => void}
 */
export function watchSight(icon, lost) {
  const observer = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) lost();
  });
  observer.observe(icon);
  return () => observer.disconnect();
}
