// Styles that are computed, such as a place or a height, set one by one: a strict policy forbids `style` attributes, which lit's
// own styleMap writes at first.

import { noChange } from "lit";
import { Directive, directive } from "lit/directive.js";

class StyleProperties extends Directive {
  /** @param {Record<string, string>} _properties @returns {unknown} */
  render(_properties) {
    return noChange;
  }

  /** @param {import("lit").AttributePart} part @param {[Record<string, string>]} properties */
  update(part, [properties]) {
    const { style } = /** @type {HTMLElement} */ (part.element);
    for (const [name, value] of Object.entries(properties)) style.setProperty(name, value);
    return noChange;
  }
}

/** `style=${styleProperties({ "block-size": "3rem" })}`: always the same names, as nothing is taken away. */
export const styleProperties = directive(StyleProperties);
