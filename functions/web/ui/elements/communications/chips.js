// The statuses of one recipient: chips by time, those of machines apart, and the whole log on demand.

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { eventIcon, icon } from "../../shared/icons.js";
import { groupText, grouped, ruleView, verdicts } from "../../shared/statuses.js";
import { eventMeaning, eventWord } from "../../shared/words.js";

/** @typedef {import("../communications.js").InvoiceEmailCommunications} View */
/** @typedef {import("../../shared/statuses.js").Recipient} Recipient */
/** @typedef {import("../../shared/statuses.js").Group} Group */

/** @param {View} view @param {Recipient} recipient @param {string} key of the recipient @param {string} submittedAt */
export function chips(view, recipient, key, submittedAt) {
  const { people, machines } = grouped(recipient);
  if (recipient.statuses.length === 0) return html`<p class="muted">Nothing has happened yet.</p>`;
  return html`${people.length > 0 ? chipList(view, people, { key, submittedAt, label: "Statuses" }) : nothing}
  ${machines.length > 0
    ? html`<div class="machines">
        ${chipList(view, machines, { key, submittedAt, label: "By machines" })}
        <span class="muted">By machines; says nothing about a reader.${verdicts(machines, view.ruleset)}</span>
      </div>`
    : nothing}`;
}

/** @param {View} view @param {Group[]} groups @param {{ key: string, submittedAt: string, label: string }} of */
function chipList(view, groups, { key, submittedAt, label }) {
  const opened = groups.filter((group) => group.count > 1 && view.isExpanded(`${key} ${group.key}`));
  return html`<ol class="chips" aria-label=${label}>
      ${repeat(
        groups,
        (group) => group.key,
        (group, index) =>
          html`<li>${chip(view, group, `${key} ${group.key}`, groups[index - 1]?.lines[0].at ?? submittedAt)}</li>`,
      )}
    </ol>
    ${repeat(opened, (group) => group.key, (group) => singleTimes(view, group))}`;
}

/** @param {View} view @param {Group} group @param {string} key @param {string} before */
function chip(view, group, key, before) {
  const { status, automatic } = group;
  const text = groupText(view.times, group, before);
  const classes = `chip ${status}${automatic ? " automatic" : ""}`;
  if (group.count === 1) return html`<span class=${classes} part="chip chip-${status}">${text}</span>`;
  return html`<button
    type="button"
    class=${classes}
    part="chip chip-${status}"
    aria-expanded=${view.isExpanded(key)}
    @click=${() => view.toggle(key)}
  >
    ${text}<span class="turns">${icon("down")}</span>
  </button>`;
}

/** @param {View} view @param {Group} group */
function singleTimes(view, group) {
  const missing = group.count - group.lines.length;
  return html`<ol class="times" aria-label="Times of ${eventWord(group.status, group.automatic)}">
    ${repeat(group.lines, ({ at }, index) => `${at} ${index}`, ({ at }) => html`<li>${view.times.element(at, "seconds")}</li>`)}
    ${missing > 0
      ? html`<li class="muted">and ${view.times.number(missing)} more, of which only the count is kept</li>`
      : nothing}
  </ol>`;
}

/** All lines with what is known of each. @param {View} view @param {Recipient} recipient */
export function log(view, recipient) {
  return html`<table class="log">
    <caption class="unseen">All statuses of ${recipient.address}</caption>
    <thead>
      <tr>
        <th scope="col">Time</th>
        <th scope="col">Status</th>
        <th scope="col">Detail</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        recipient.statuses,
        ({ at, status }, index) => `${at} ${status} ${index}`,
        ({ at, status, automatic, detail, rule }) => html`<tr>
          <td>${view.times.element(at, "seconds")}</td>
          <td>${eventIcon(status, automatic)} ${eventWord(status, automatic)}</td>
          <td><bdi>${detail ?? eventMeaning(status, automatic)}</bdi> ${rule ? ruleView(rule, view.ruleset) : nothing}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
