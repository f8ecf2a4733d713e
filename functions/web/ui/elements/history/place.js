// Where the popup stands is the stylesheet's business: beside its icon, or as a sheet. Here is what a script has to know of it.

/** Narrow screens show a sheet, and so do browsers that cannot tie an element's place to another's. The stylesheet asks the same. */
const SHEET = "(width < 30rem)";
const TIE = "position-area: self-block-end span-self-inline-end";

/** Whether the popup lies away from its icon, where no pointer gets in time. */
export function isSheet() {
  return matchMedia(SHEET).matches || !CSS.supports(`(${TIE})`);
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
