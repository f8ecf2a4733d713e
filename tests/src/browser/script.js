// What the harness asks of a document, in a world of its own beside the page's scripts. Everything goes through open
// shadow roots and slots: through what is shown, not through where it was written.
({
  /** What `css` or `text` finds, in steps narrowed to those that show a text, or to the one at a place (-1: the last). */
  find(root, function_, rest, filters) {
    return filters.reduce(
      (found, { containing, nth }) =>
        containing !== undefined ? found.filter((one) => this.shown(one).includes(containing)) : found.slice(nth).slice(0, 1),
      this[function_](root, ...rest),
    );
  },

  /** How many that are. */
  count(...rest) {
    return this.find(...rest).length;
  },

  /** Elements that match a selector, in this document or any shadow root below `root`, in the order of the tree. */
  css(root, selector) {
    return this.elements(root).filter((element) => element.matches(selector));
  },

  /** The innermost elements that show a text: `whole` for all they show, else as a part of it. */
  text(root, wanted, whole) {
    const texts = new Map();
    const textOf = (node) => {
      if (!texts.has(node)) texts.set(node, this.shown(node));
      return texts.get(node);
    };
    const search = (node) => {
      if (!textOf(node).includes(wanted)) return [];
      const inner = this.children(node).filter((child) => child.nodeType !== Node.TEXT_NODE).flatMap(search);
      const isMeant = node.nodeType === Node.ELEMENT_NODE && (!whole || textOf(node) === wanted);
      return inner.length > 0 || !isMeant ? inner : [node];
    };
    return search(root);
  },

  /** Whether an element can be acted on by a pointer: where, or else why not. */
  target(element) {
    if (!element.isConnected) return { why: "it is not in the page any more" };
    if (element.disabled || element.closest("[aria-disabled=true], fieldset:disabled")) return { why: "it is disabled" };
    const view = element.ownerDocument.defaultView;
    let box = this.box(element);
    if (!box) return { why: "it is not shown" };
    const isOutside = box.top < 0 || box.left < 0 || box.bottom > view.innerHeight || box.right > view.innerWidth;
    if (isOutside) {
      element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      box = this.box(element);
    }
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const top = this.at(element.ownerDocument, x, y);
    if (!top) return { why: `it is at ${x}, ${y}, outside of the window` };
    if (!this.isWithin(top, element) && !this.isLabelOf(top, element) && !this.isSlotted(top, element, x, y)) {
      return { why: `${this.describe(top)} is in front of it` };
    }
    return { x, y };
  },

  /** Whether a person can see an element. */
  isVisible(element) {
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && this.box(element) !== null;
  },

  /** What an element, or a whole document, shows as text, on one line. */
  shown(node) {
    return this.raw(node).replace(/\s+/g, " ").trim();
  },

  /** The element that has the focus, through shadow roots. */
  focused() {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return focused;
  },

  /** Moves the focus to an element, as a click would. */
  focus(element) {
    element.focus();
    return this.isWithin(this.focused(), element) ? {} : { why: `the focus is on ${this.describe(this.focused())}` };
  },

  /** What a field holds. */
  value(element) {
    return element.value ?? element.textContent;
  },

  /** An element in a few words. */
  describe(element) {
    if (!element) return "nothing";
    const tag = element.localName + (element.id ? `#${element.id}` : "");
    const names = [...element.classList].map((name) => `.${name}`).join("");
    return `<${tag}${names}> ${this.shown(element).slice(0, 60)}`.trim();
  },

  /** @private */
  elements(root) {
    const below = [...(root.shadowRoot?.children ?? []), ...root.children];
    return below.flatMap((child) => [child, ...this.elements(child)]);
  },

  /** @private */
  children(node) {
    if (node.localName === "slot" && node.assignedNodes) {
      const assigned = node.assignedNodes();
      if (assigned.length > 0) return assigned;
    }
    return [...(node.shadowRoot ?? node).childNodes];
  },

  /** @private */
  raw(node) {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement ?? node.getRootNode().host;
      return parent && getComputedStyle(parent).visibility === "hidden" ? "" : node.data;
    }
    const isElement = node.nodeType === Node.ELEMENT_NODE;
    if (isElement && ["script", "style", "template", "noscript", "head"].includes(node.localName)) return "";
    if (node.nodeType === Node.COMMENT_NODE) return "";
    if (node.localName === "br") return " ";
    // Of a closed list only what is chosen is on the screen.
    if (node.localName === "select" && node.size < 2 && !node.multiple) return ` ${node.selectedOptions[0]?.label ?? ""} `;
    const display = isElement ? getComputedStyle(node).display : "block";
    if (display === "none") return "";
    const inner = this.children(node).map((child) => this.raw(child)).join("");
    return display === "inline" || display === "contents" ? inner : ` ${inner} `;
  },

  /** @private */
  box(element) {
    // Of the lines of an inline element the first: the middle of all of them may be beside it.
    return [...element.getClientRects()].find((box) => box.width > 0 && box.height > 0) ?? null;
  },

  /** @private */
  at(root, x, y) {
    const top = root.elementFromPoint(x, y);
    return top?.shadowRoot && top !== root.host ? (this.at(top.shadowRoot, x, y) ?? top) : top;
  },

  /** @private */
  isWithin(inner, outer) {
    for (let node = inner; node; node = node.assignedSlot ?? node.parentNode ?? node.host) {
      if (node === outer) return true;
    }
    return false;
  },

  /** Text in a slot is its host's, for who asks what is at a place; a click on it goes to where the slot is. @private */
  isSlotted(host, element, x, y) {
    const nodes = [...element.querySelectorAll("slot")].flatMap((slot) => slot.assignedNodes());
    return nodes.some((node) => {
      if (node.nodeType !== Node.TEXT_NODE || node.parentNode !== host) return false;
      const range = new Range();
      range.selectNodeContents(node);
      const isAt = (box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
      return [...range.getClientRects()].some(isAt);
    });
  },

  /** @private */
  isLabelOf(top, field) {
    return [...(field.labels ?? [])].some((label) => this.isWithin(top, label));
  },
})
