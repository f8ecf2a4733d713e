// What the mailbox's pages can do beyond links and forms: tell of new mails, and follow what the report says for a while.
"use strict";

const NEWER_EVERY_MS = 5000;

/** After these waits the report is asked again: an open takes milliseconds, an event with faults some seconds. */
const SAID_AFTER_MS = [400, 1000, 2000, 4000, 8000, 15000];

/** Tells how many mails came since the list was made; a hidden tab does not ask. */
function followList(hint) {
  const search = new URLSearchParams({ than: hint.dataset.newerThan, q: hint.dataset.search });
  const again = () => setTimeout(look, NEWER_EVERY_MS);
  async function look() {
    try {
      if (!document.hidden) show((await (await fetch(`/_local/mailbox/newer?${search}`)).json()).newer);
    } catch {
      // The stack was stopped or starts again; the next look tells.
    }
    again();
  }
  function show(newer) {
    if (!newer || hint.dataset.shown === String(newer)) return;
    hint.dataset.shown = String(newer);
    const link = document.createElement("a");
    const { pathname, searchParams } = new URL(location.href);
    searchParams.delete("before");
    link.href = searchParams.size ? `${pathname}?${searchParams}` : pathname;
    link.textContent = newer === 1 ? "1 new mail: reload" : `${newer} new mails: reload`;
    hint.replaceChildren(link);
  }
  again();
}

/** The page's own part as it is now. A document that XMLHttpRequest reads runs no script. */
function fetchPart(path, id) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.addEventListener("load", () => resolve(request.response?.getElementById(id)));
    request.addEventListener("error", reject);
    request.open("GET", path);
    request.send();
  });
}

async function followReport(part) {
  for (const wait of SAID_AFTER_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (document.hidden) continue;
    try {
      const fresh = await fetchPart(part.dataset.refresh, part.id);
      if (fresh && fresh.textContent !== part.textContent) part.replaceChildren(...document.adoptNode(fresh).childNodes);
    } catch {
      return;
    }
  }
}

const hint = document.querySelector("[data-newer-than]");
if (hint) followList(hint);
const said = document.getElementById("said");
if (said) followReport(said);
