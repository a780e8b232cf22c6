/** An event's spikes as a chart of text, for LATENCY GRAPH: a column for each spike, its age written downwards below. */

import type { LatencyEvent } from "../../../engine/latency-monitor.js";

const ROWS = 4;
const COLUMNS = 80;
/** How full the topmost character of a column is. */
const LEVELS = "_o#";
const FULL = "|";

/** `nowSeconds` since 1970. The event has at least one spike. */
export function latencyGraph({ name, spikes, maxMs }: LatencyEvent, nowSeconds: number): string {
  const values = spikes.map(({ ms }) => ms);
  const high = Math.max(...values);
  const low = Math.min(...values);
  const ages = spikes.map(({ time }) => age(nowSeconds - time));
  const head = `${name} - high ${high} ms, low ${low} ms (all time high ${maxMs} ms)`;
  const charts: string[] = [];
  for (let at = 0; at < values.length; at += COLUMNS) {
    charts.push(chart(values.slice(at, at + COLUMNS), low, high), labels(ages.slice(at, at + COLUMNS)));
  }
  return `${[head, "-".repeat(COLUMNS), ...charts].join("\n")}\n`;
}

function chart(values: readonly number[], low: number, high: number): string {
  const steps = ROWS * LEVELS.length;
  const heights = values.map((value) =>
    high === low ? 0 : Math.min(steps - 1, Math.floor(((value - low) * steps) / (high - low))),
  );
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const bottom = (ROWS - 1 - row) * LEVELS.length;
    return heights.map((height) => character(height - bottom)).join("");
  });
  return lines.join("\n");
}

/** The character of a row whose bottom is so many steps below the column's top. */
function character(above: number): string {
  if (above < 0) return " ";
  return LEVELS[above] ?? FULL;
}

/** A line left free, then the ages, a column for each. */
function labels(ages: readonly string[]): string {
  const height = Math.max(...ages.map(({ length }) => length));
  const lines = Array.from({ length: height }, (_, row) => ages.map((text) => text[row] ?? " ").join(""));
  return [" ".repeat(ages.length), ...lines].join("\n");
}

const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [86400, "d"],
  [3600, "h"],
  [60, "m"],
];

function age(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= length);
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit[0])}${unit[1]}`;
}
