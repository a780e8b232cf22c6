/** Figures as lines of a table. */

import { type Figure, isMet, ratioOf } from "./figure.js";

const WIDTHS = [48, 13, 13, 7, 16, 8, 9];

function row(cells: readonly string[]): string {
  return cells
    .map((cell, column) => (column === 0 ? cell.padEnd(48) : cell.padStart(WIDTHS[column] ?? 0)))
    .join("");
}

export function heading(): string {
  return row(["figure", "ours", "redis", "ratio", "required", "verdict", "before"]);
}

/** `before` is our figure of the previous run. */
export function line(figure: Figure, before: Figure | undefined): string {
  const ratio = ratioOf(figure);
  const { demand } = figure;
  return row([
    `${figure.name} (${figure.unit})`,
    shown(figure.ours),
    figure.redis === null ? "" : shown(figure.redis),
    ratio === null ? "" : ratio.toFixed(2),
    demand === null ? "" : `${demand.bound} ${demand.limit}`,
    demand === null ? "" : isMet(figure) ? "met" : "MISSED",
    before === undefined ? "" : `${((figure.ours / before.ours - 1) * 100).toFixed(0)} %`,
  ]);
}

function shown(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(value < 10 ? 2 : 1);
}
