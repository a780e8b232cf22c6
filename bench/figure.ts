/** One line of the bench's table: a figure of ours beside redis-server's, and what is demanded of it. */

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** Absent where redis-server has no such figure. */
  readonly redis: number | null;
  /** Null where the figure only explains another one. */
  readonly demand: Demand | null;
}

/** A bound on ours / redis-server's, or on our figure itself. */
export interface Demand {
  readonly of: "ratio" | "value";
  readonly bound: "at least" | "at most";
  readonly limit: number;
}

export function ratioOf(figure: Figure): number | null {
  return figure.redis === null ? null : figure.ours / figure.redis;
}

export function isMet(figure: Figure): boolean {
  if (figure.demand === null) return true;
  const { of, bound, limit } = figure.demand;
  const measured = of === "value" ? figure.ours : (ratioOf(figure) ?? Number.NaN);
  return bound === "at least" ? measured >= limit : measured <= limit;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The medians of what was measured on both sides, and what is demanded of their ratio. */
export function compared(
  name: string,
  unit: string,
  [ours, redis]: readonly [readonly number[], readonly number[]],
  bound: "at least" | "at most",
  limit: number,
): Figure {
  return { name, unit, ours: median(ours), redis: median(redis), demand: { of: "ratio", bound, limit } };
}

/** How long and how often the bench measures. */
export interface Effort {
  readonly rounds: number;
  /** Each run of the load generator takes at least this long. */
  readonly seconds: number;
  readonly memoryKeys: number;
  readonly restartCommands: number;
}

export const FULL: Effort = { rounds: 5, seconds: 1.6, memoryKeys: 5_000_000, restartCommands: 2_000_000 };
export const QUICK: Effort = { rounds: 2, seconds: 0.5, memoryKeys: 500_000, restartCommands: 200_000 };
