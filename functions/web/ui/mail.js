// The inside of the frame that shows a mail: it has an origin of its own, loads nothing and runs nothing of the mail.
//
// Three walls stand behind each other: the frame is sandboxed, its Content-Security-Policy allows no script but this one
// and nothing from the network, and what could run, load or lead somewhere is taken out of the mail here. A mail may give its
// elements names such as `attributes` or `body`, which then hide a form's or the document's own property of that name: nothing
// is read from a mail's elements or documents but by the methods of the prototypes, and the frame's own elements are held
// from before a mail was shown.
//
// The page around it hands over a port, once; the mail and the scheme come through it, height and omissions go back, or that
// the mail cannot be shown.

/** What runs, loads, or changes where the document stands. */
const UNWANTED = "script, iframe, frame, frameset, object, embed, applet, base, meta, link, animate, set, noscript, template";

/** Where an element leads, or what it loads. */
const ADDRESSES = ["href", "xlink:href", "src", "srcset", "background", "poster", "action", "formaction", "ping", "data", "cite"];

/** @typedef {{ html: string, scheme: "light" | "dark" }} Shown */

const { documentElement: root, head, body, styleSheets } = document;

/** @param {Document | Element} place @param {string} selector @returns {Element[]} in the order of the document */
function all(place, selector) {
  const { querySelectorAll } = place instanceof Document ? Document.prototype : Element.prototype;
  return [...querySelectorAll.call(place, selector)];
}

/** What is asked of a mail's elements. */
const { getAttribute, getAttributeNames, matches, remove, removeAttribute } = Element.prototype;

/** @type {MessagePort | undefined} */
let port;

window.addEventListener("message", (event) => {
  // Without its sandbox this page would have the API's origin: then it shows nothing.
  if (port || event.source !== window.parent || window.origin !== "null" || event.data !== "invoice-email:mail") return;
  [port] = event.ports;
  port.onmessage = ({ data }) => {
    try {
      show(data);
    } catch {
      port?.postMessage({ failed: true });
    }
  };
});

/** @param {Shown} shown */
function show({ html, scheme }) {
  const mail = new DOMParser().parseFromString(html, "text/html");
  // Mails that know only light stay light, as in most mail programs.
  const knowsDark = all(mail, "meta[name='color-scheme'][content*='dark']").length > 0;
  const omitted = clean(mail);
  const [mailRoot] = /** @type {HTMLElement[]} */ (all(mail, "html"));
  const [mailBody] = all(mail, "html > body");
  // A set of frames has none.
  if (!mailBody) throw new Error("The mail has no body");
  root.lang = mailRoot.lang || "en";
  root.dir = mailRoot.dir;
  root.style.colorScheme = knowsDark ? scheme : "light";
  for (const style of all(head, "style")) style.remove();
  head.append(...all(mail, "html > head style"));
  for (const name of body.getAttributeNames()) body.removeAttribute(name);
  // As nodes: a parser takes names that `setAttribute` refuses.
  for (const attribute of mailBody.attributes) body.setAttributeNode(/** @type {Attr} */ (attribute.cloneNode()));
  body.replaceChildren(...mailBody.childNodes);
  for (const sheet of styleSheets) settle(sheet, scheme);
  port?.postMessage({ omitted });
  seen = { width: 0, height: 0 };
  tellHeight();
}

/** Takes out what runs, loads or leads away; says how many pictures were left out. @param {Document} mail */
function clean(mail) {
  for (const element of all(mail, UNWANTED)) remove.call(element);
  let omitted = 0;
  for (const element of all(mail, "*")) {
    if (matches.call(element, "a[href], area[href]")) showTarget(element);
    for (const name of getAttributeNames.call(element)) {
      if (!isUnsafe(name, getAttribute.call(element, name) ?? "")) continue;
      removeAttribute.call(element, name);
      if (name === "src" || name === "background") omitted += 1;
    }
  }
  return omitted;
}

/** @param {string} name of an attribute, in lower case @param {string} value */
function isUnsafe(name, value) {
  if (name.startsWith("on") || name === "autofocus" || name === "target") return true;
  if (!ADDRESSES.includes(name)) return false;
  return name !== "src" || !/^data:image\//i.test(value);
}

/** A link leads nowhere; where it would lead is told on hover, and to who comes by keyboard. @param {Element} link */
function showTarget(link) {
  link.setAttribute("title", link.getAttribute("href") ?? "");
  link.setAttribute("role", "link");
  link.setAttribute("aria-disabled", "true");
  link.setAttribute("tabindex", "0");
}

/** Lets `prefers-color-scheme` mean the scheme that was asked for. @param {CSSStyleSheet | CSSGroupingRule} rules @param {string} scheme */
function settle(rules, scheme) {
  for (const rule of rules.cssRules) {
    if (rule instanceof CSSMediaRule) {
      rule.media.mediaText = rule.media.mediaText.replaceAll(/\(prefers-color-scheme:\s*(\w+)\)/gi, (_, wanted) =>
        wanted.toLowerCase() === scheme ? "(min-width: 0)" : "(max-width: 0)",
      );
    }
    if (rule instanceof CSSGroupingRule) settle(rule, scheme);
  }
}

/** The frame's size when the mail was measured last. */
let seen = { width: 0, height: 0 };

/** What was told last. */
let told = 0;

function tellHeight() {
  // In a frame that is not shown nothing has a height.
  if (root.getClientRects().length === 0) return;
  const { innerWidth: width, innerHeight: height } = window;
  const { clientHeight, scrollHeight } = root;
  const content = scrollHeight > clientHeight ? scrollHeight : root.getBoundingClientRect().height;
  const needed = Math.ceil(content) + height - clientHeight;
  const isFollowing = seen.width === width && seen.height !== height && seen.height > 0;
  seen = { width, height };
  // A mail that is as high as its frame and a bit would follow each step of it upwards.
  if (isFollowing && needed > told) return;
  told = needed;
  port?.postMessage({ height: needed });
}

const observer = new ResizeObserver(tellHeight);
observer.observe(root);
observer.observe(body);
