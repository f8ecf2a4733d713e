// The inside of the frame that shows a mail: it has an origin of its own, loads nothing and runs nothing of the mail.
//
// Three walls stand behind each other: the frame is sandboxed, its Content-Security-Policy allows no script but this one
// and nothing from the network, and what could run, load or lead somewhere is taken out of the mail here.
//
// The page around it hands over a port, once; the mail and the scheme come through it, height and omissions go back.

/** What runs, loads, or changes where the document stands. */
const UNWANTED = "script, iframe, frame, frameset, object, embed, applet, base, meta, link, animate, set, noscript, template";

/** Where an element leads, or what it loads. */
const ADDRESSES = ["href", "xlink:href", "src", "srcset", "background", "poster", "action", "formaction", "ping", "data", "cite"];

/** @typedef {{ html: string, scheme: "light" | "dark" }} Shown */

/** @type {MessagePort | undefined} */
let port;

window.addEventListener("message", (event) => {
  // Without its sandbox this page would have the API's origin: then it shows nothing.
  if (port || event.source !== window.parent || window.origin !== "null" || event.data !== "invoice-email:mail") return;
  [port] = event.ports;
  port.onmessage = ({ data }) => show(data);
});

new ResizeObserver(tellHeight).observe(document.body);

/** @param {Shown} shown */
function show({ html, scheme }) {
  const mail = new DOMParser().parseFromString(html, "text/html");
  // Mails that know only light stay light, as in most mail programs.
  const knowsDark = mail.querySelector("meta[name='color-scheme'][content*='dark']") !== null;
  const omitted = clean(mail);
  document.documentElement.lang = mail.documentElement.lang || "en";
  document.documentElement.dir = mail.documentElement.dir;
  document.documentElement.style.colorScheme = knowsDark ? scheme : "light";
  for (const style of document.head.querySelectorAll("style")) style.remove();
  document.head.append(...mail.head.querySelectorAll("style"));
  for (const { name } of [...document.body.attributes]) document.body.removeAttribute(name);
  for (const { name, value } of mail.body.attributes) document.body.setAttribute(name, value);
  document.body.replaceChildren(...mail.body.childNodes);
  for (const sheet of document.styleSheets) settle(sheet, scheme);
  port?.postMessage({ omitted });
  tellHeight();
}

/** Takes out what runs, loads or leads away; says how many pictures were left out. @param {Document} mail */
function clean(mail) {
  for (const element of mail.querySelectorAll(UNWANTED)) element.remove();
  let omitted = 0;
  for (const element of [mail.body, ...mail.querySelectorAll("*")]) {
    if (isLink(element)) showTarget(element);
    for (const { name, value } of [...element.attributes]) {
      if (!isUnsafe(name, value)) continue;
      element.removeAttribute(name);
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

/** @param {Element} element */
function isLink(element) {
  return (element.localName === "a" || element.localName === "area") && element.hasAttribute("href");
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

function tellHeight() {
  const { marginTop, marginBottom } = getComputedStyle(document.body);
  const height = Math.max(document.body.offsetHeight, document.body.scrollHeight);
  port?.postMessage({ height: Math.ceil(height + parseFloat(marginTop) + parseFloat(marginBottom)) });
}
