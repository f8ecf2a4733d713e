// That an e-mail was sent again, told at both ends: at the earlier one what took its place, at the later one whose place it took.

import { html, nothing } from "lit";

import { icon } from "./icons.js";

/** @typedef {import("./statuses.js").Send} Send */
/** @typedef {import("./statuses.js").Recipient} Recipient */
/** @typedef {{ sends: readonly Send[], times: import("./times.js").Times, go(send: string): void }} Shown what is known, and the way to a send */

/** @param {Shown} shown @param {Recipient} recipient of the earlier one */
export function laterView(shown, { superseded_by: later }) {
  return link(shown, "Sent again ", later, "later", "on", () => true);
}

/** @param {Shown} shown @param {Send} send the later one */
export function earlierView(shown, { send, recipients }) {
  const earlier = recipients.find(({ supersedes }) => supersedes)?.supersedes;
  // Of its recipients only one got it again.
  return link(shown, "Sent again in place of ", earlier, "an earlier e-mail", "the e-mail of", (one) => one.superseded_by === send);
}

/**
 * @param {Shown} shown @param {string} start @param {string | null | undefined} id @param {string} unknown @param {string} known
 * @param {(recipient: Recipient) => boolean} isMeant
 */
function link({ sends, times, go }, start, id, unknown, known, isMeant) {
  if (!id) return nothing;
  const send = sends.find((other) => other.send === id);
  return html`<p class="link">
    ${icon("send_again")} ${start}${send
      ? html`<button type="button" class="plain" @click=${() => go(id)}
          >${known} ${times.dateTime(send.submitted_at)} to <bdi>${send.recipients.find(isMeant)?.address}</bdi></button
        >`
      : unknown}
  </p>`;
}
