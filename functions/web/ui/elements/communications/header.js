// The invoice as a whole: its status and evidence, and what helps to read them.

import { html, nothing } from "lit";

import { icon } from "../../shared/icons.js";
import { statusBadge } from "../../shared/parts.js";
import { WHAT_AN_OPEN_PROVES } from "../../shared/words.js";
import { evidenceView } from "./recipient.js";

/** @param {import("../communications.js").InvoiceEmailCommunications} view */
export function header(view) {
  const { page } = view;
  const isOpen = view.isExpanded("what opens prove");
  return html`<header>
      <h2>E-mails of invoice <bdi>${view.invoice}</bdi></h2>
      <span class="overall">
        ${page ? statusBadge(page.sent_status) : nothing}
        ${page?.sent_status ? evidenceView(view, page.evidence, "evidence") : nothing}
      </span>
      <span class="tools">
        <span class="muted">Times in ${view.times.timezone}</span>
        <button type="button" class="plain" aria-expanded=${isOpen} @click=${() => view.toggle("what opens prove")}>
          ${icon("info")}What an open proves
        </button>
        <button type="button" class="plain" aria-label="Refresh" title="Refresh" @click=${view.refresh}>
          ${icon("refresh")}
        </button>
      </span>
    </header>
    ${isOpen
      ? html`<ul class="proves">
          ${WHAT_AN_OPEN_PROVES.map((text) => html`<li>${text}</li>`)}
        </ul>`
      : nothing}`;
}
