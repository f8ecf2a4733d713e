// What follows an announcement that the page does not take over: an element works in a page that knows nothing but its tag.

import { html, nothing } from "lit";

import "../shared/dialog.js";

/**
 * Where somebody wants to see all e-mails of an invoice, or to send one. The elements named here are defined by the module as a
 * whole. A page that has a place of its own for them calls `preventDefault()` on the event.
 * @param {Pick<import("../shared/element.js").InvoiceEmailElement, "connection"> & { invoice: string, following: "" | "select" | "send", followed?: string }} element
 */
export function follow(element) {
  const { connection, invoice, following } = element;
  if (following === "") return nothing;
  const done = () => {
    element.following = "";
  };
  if (following === "send") {
    return html`<invoice-email-send
      exportparts="dialog"
      dialog
      .invoice=${invoice}
      .connection=${connection}
      @close=${done}
    ></invoice-email-send>`;
  }
  return html`<invoice-email-dialog exportparts="dialog" wide heading=${`Invoice ${invoice}`} @close=${done}>
    <invoice-communications
      exportparts="dialog"
      .invoice=${invoice}
      .send=${element.followed}
      .connection=${connection}
    ></invoice-communications>
  </invoice-email-dialog>`;
}
