// How the totals and the chart look.

import { css } from "lit";

export const totalsStyles = css`
  :host {
    display: grid;
    gap: 0.75rem;
    container-type: inline-size;
  }
  :host([stale]) :is(.plot, .count, .share, .numbers, .evidence) {
    opacity: 0.45;
    transition: opacity 0.15s 0.2s;
  }
  .patterns {
    position: absolute;
  }
  pattern {
    fill: var(--_mark, var(--_queued));
    stroke: color-mix(in oklab, var(--_surface) 70%, transparent);
    stroke-width: 1.1;
  }
  pattern rect {
    stroke: none;
  }
  pattern circle {
    fill: var(--_surface);
    stroke: none;
  }
  pattern.sent {
    --_mark: color-mix(in oklab, var(--_sent) 72%, var(--_surface));
  }
  pattern.opened {
    --_mark: color-mix(in oklab, var(--_opened) 82%, var(--_surface));
  }
  pattern.delayed {
    --_mark: var(--_delayed);
  }
  pattern.rejected {
    --_mark: var(--_rejected);
  }
  pattern.marked_spam {
    --_mark: var(--_marked_spam);
  }
  pattern.queued {
    --_mark: color-mix(in oklab, var(--_queued) 75%, var(--_surface));
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(7, 1fr);
    gap: 0.5rem;
  }
  .tile {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: baseline;
    justify-content: stretch;
    gap: 0 0.5rem;
    padding: 0.5rem 0.75rem;
    border-color: var(--_line);
    text-align: start;
  }
  .tile[aria-pressed="true"] {
    border-color: var(--_accent);
    box-shadow: inset 0 0 0 1px var(--_accent);
    background: var(--_raised);
  }
  .word {
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: 0.45em;
    font-size: 0.875em;
    color: var(--_muted);
    white-space: nowrap;
  }
  .swatch {
    flex: none;
    border-radius: 2px;
  }
  .count {
    font-size: 1.375rem;
    line-height: 1.3;
    font-variant-numeric: tabular-nums;
  }
  .zero .count {
    color: var(--_muted);
  }
  .share {
    font-size: 0.8125em;
    font-variant-numeric: tabular-nums;
  }
  .wait {
    display: inline-block;
    inline-size: 2.5rem;
    block-size: 0.8em;
    border-radius: 3px;
    background: var(--_line);
  }
  .note,
  .evidence {
    font-size: 0.875rem;
  }
  .evidence {
    min-block-size: 1.5em;
  }
  .chart {
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
  .chart header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 1rem;
  }
  h3 {
    font-size: 0.9375rem;
    font-weight: 600;
  }
  .readout {
    flex: 1 1 16rem;
    min-inline-size: 0;
    font-size: 0.875em;
  }
  .chart header button {
    font-size: 0.875em;
    padding-inline: 0.25rem;
  }
  button[aria-expanded="true"] .icon {
    rotate: 180deg;
  }
  .plot {
    display: grid;
    grid-template: 8rem 1.5rem / auto 1fr;
    gap: 0 0.5rem;
    padding-block-start: 0.5rem;
    font-size: 0.8125rem;
    line-height: 1;
    font-variant-numeric: tabular-nums;
  }
  .heights {
    display: flex;
    flex-direction: column;
    justify-content: space-between;
    text-align: end;
    margin-block: -0.4em;
    min-inline-size: 1.5rem;
  }
  .waits .heights {
    visibility: hidden;
  }
  .bars {
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
  }
  /* Time runs as the text does. Nothing in the drawing is text. */
  .bars:dir(rtl) {
    scale: -1 1;
  }
  .grid {
    stroke: var(--_line);
    stroke-width: 1;
    pointer-events: none;
  }
  .hit {
    fill: transparent;
    cursor: pointer;
  }
  .day:hover .hit,
  .hit:focus-visible {
    fill: color-mix(in srgb, var(--_accent) 14%, transparent);
  }
  .part {
    cursor: pointer;
    stroke: var(--_surface);
    stroke-width: 1;
    vector-effect: non-scaling-stroke;
  }
  .dim .part,
  .part.dim {
    opacity: 0.25;
  }
  .part:hover {
    opacity: 0.75;
  }
  .hit:focus-visible,
  .part:focus-visible {
    outline: none;
    stroke: var(--_accent);
    stroke-width: 2.5;
    opacity: 1;
  }
  .labels {
    grid-column: 2;
    position: relative;
    margin-block-start: 0.5rem;
  }
  .labels span {
    position: absolute;
    inline-size: 6rem;
    margin-inline-start: -3rem;
    text-align: center;
  }
  .numbers {
    max-block-size: 18rem;
    overflow: auto;
    margin-block-start: 0.5rem;
    border-block-start: 1px solid var(--_line);
  }
  .numbers table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
  }
  .numbers th,
  .numbers td {
    padding: 0.15rem 0.5rem;
    text-align: end;
    font-weight: normal;
    white-space: nowrap;
    border-block-end: 1px solid var(--_line);
  }
  .numbers thead th {
    position: sticky;
    inset-block-start: 0;
    background: var(--_surface);
    color: var(--_muted);
  }
  .numbers th:first-child {
    text-align: start;
  }
  .numbers button {
    min-block-size: 1.75rem;
    padding-inline: 0;
  }
  .numbers button[aria-pressed="true"] {
    font-weight: 600;
  }
  @container (max-width: 60rem) {
    .tiles {
      grid-template-columns: repeat(4, 1fr);
    }
    .tile:first-child {
      grid-column: span 2;
    }
  }
  @container (max-width: 34rem) {
    .tiles {
      grid-template-columns: repeat(2, 1fr);
    }
    .tile:first-child {
      grid-column: 1 / -1;
    }
    .labels span:nth-child(even) {
      display: none;
    }
    /* The lines that it takes there. */
    .evidence {
      min-block-size: 4.5em;
    }
  }
  /* In bars of a few pixels a pattern is but noise: there the order of the parts tells them apart. */
  @media (forced-colors: none) {
    .dense pattern :not(rect) {
      display: none;
    }
  }
  /* Here the parts are told apart by their patterns alone. */
  @media (forced-colors: active) {
    pattern {
      fill: Canvas;
      stroke: CanvasText;
    }
    pattern circle {
      fill: CanvasText;
    }
    pattern.sent rect {
      fill: CanvasText;
    }
    .part {
      stroke: CanvasText;
    }
    .grid {
      stroke: GrayText;
    }
    .tile[aria-pressed="true"] {
      outline: 3px solid Highlight;
      outline-offset: -3px;
    }
    .hit:focus-visible,
    .part:focus-visible {
      stroke: Highlight;
    }
  }
  @media print {
    .chart header button,
    .readout,
    .numbers {
      display: none;
    }
    .chart,
    .tiles {
      break-inside: avoid;
    }
    .tiles {
      grid-template-columns: repeat(7, 1fr) !important;
    }
    .tile {
      grid-column: auto !important;
      padding: 3pt 4pt;
      font-size: 8pt;
    }
    .count {
      font-size: 11pt;
    }
    .plot {
      grid-template-rows: 6rem 1.5rem;
    }
  }
`;
