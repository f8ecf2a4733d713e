// The report's table: the pages near the reader, and empty space in place of those before and after.

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";

import { icon } from "../../shared/icons.js";
import { problemNotice } from "../../shared/parts.js";
import { styleProperties } from "../../shared/style-properties.js";
import { heightOf } from "./list.js";
import { COLUMNS, keyOf, rowView, skeletonRows } from "./rows.js";

/** @typedef {import("./list.js").Page} Page */
/** @typedef {import("./list.js").RowList} RowList */
/** @typedef {import("./rows.js").RowContext} RowContext */

/** About what a screen shows. */
const SKELETON_ROWS = 12;

/**
 * @typedef {object} TableContext
 * @property {RowList} list
 * @property {number | null} total rows, where that is known
 * @property {string} caption
 * @property {RowContext} row
 * @property {unknown[]} changes what rows depend on beside themselves
 * @property {() => void} explain opens the note on what an open proves
 */

/** @param {TableContext} context */
export function tableView({ list, total, caption, row, changes, explain }) {
  const { first, last } = list.shown;
  const shown = list.pages.slice(first, last + 1);
  // The head is a row, too.
  const rowCount = list.ended ? list.count + 1 : total === null ? -1 : Math.max(total, list.count) + 1;
  const isEmpty = list.pages.length === 0;
  return html`<table
    role="table"
    part="table"
    tabindex="-1"
    class=${list.stale ? "stale" : ""}
    aria-rowcount=${rowCount}
    aria-busy=${list.loading}
  >
    <caption class="unseen">${caption}</caption>
    <thead role="rowgroup">
      <tr role="row" aria-rowindex="1">${COLUMNS.map(([name, words]) => headView(name, words, explain))}</tr>
    </thead>
    ${isEmpty && list.loading
      ? html`<tbody role="rowgroup" aria-hidden="true">${skeletonRows(SKELETON_ROWS)}</tbody>`
      : nothing}
    ${spaceView("before", heightOf(list.pages.slice(0, first)))}
    ${repeat(
      shown,
      (page) => page.last.send + page.last.recipient,
      (page) => pageView(page, list, row, changes),
    )}
    ${spaceView("after", heightOf(list.pages.slice(last + 1)))}
  </table>`;
}

/** @param {string} name @param {string} words @param {() => void} explain */
function headView(name, words, explain) {
  if (name === "fold") return html`<th role="columnheader" scope="col" class=${name}><span class="unseen">${words}</span></th>`;
  if (name !== "opens") return html`<th role="columnheader" scope="col" class=${name}>${words}</th>`;
  return html`<th role="columnheader" scope="col" class=${name}>
    ${words}
    <button type="button" class="plain" aria-haspopup="dialog" aria-label="What an open proves" @click=${explain}>${icon("info")}</button>
  </th>`;
}

/** @param {"before" | "after"} side @param {number} heightPx */
function spaceView(side, heightPx) {
  return html`<tbody class="space ${side}" aria-hidden="true">
    ${heightPx > 0
      ? html`<tr>
          <td colspan=${COLUMNS.length} style=${styleProperties({ "block-size": `${heightPx}px` })}></td>
        </tr>`
      : nothing}
  </tbody>`;
}

/** @param {Page} page @param {RowList} list @param {RowContext} context @param {unknown[]} changes */
function pageView(page, list, context, changes) {
  // The head is the first row.
  const { rows, start } = page;
  return html`<tbody role="rowgroup" class="page" .page=${page}>
    ${rows
      ? guard([rows, start, ...changes], () => repeat(rows, keyOf, (row, index) => rowView(row, start + index + 2, context)))
      : awaitedView(page, list)}
  </tbody>`;
}

/** A page that is fetched again, or could not be. @param {Page} page @param {RowList} list */
function awaitedView(page, list) {
  const style = styleProperties({ "block-size": `${page.heightPx}px` });
  return html`<tr role="row" class="awaited">
    <td role="cell" colspan=${COLUMNS.length} style=${style}>
      ${page.problem ? problemNotice(page.problem, () => void list.fetchAgain(page)) : html`<span class="muted">Loading…</span>`}
    </td>
  </tr>`;
}
