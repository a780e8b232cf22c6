/** The directive `aof-history-retention`: how much of what rewrites have replaced is kept. */

import { type Kind, Refusal } from "../directive.js";
import { parseMemory } from "./number.js";

/** All limits hold together; Infinity where there is none. */
export interface Retention {
  /** How many generations: a base with its incr files. */
  readonly count: number;
  /** Milliseconds since a generation was replaced. */
  readonly ageMs: number;
  readonly bytes: number;
}

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const NO_LIMITS: Retention = {
  count: Number.POSITIVE_INFINITY,
  ageMs: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
};

function refuse(): never {
  throw new Refusal(
    "argument must be '' or limits such as 'count 5', 'age 7d' (s, m, h, d) and 'bytes 10gb', one or more of them",
  );
}

/** Null: nothing is kept. */
export const retention: Kind<Retention | null> = {
  accepts: '"", or one or more of `count N`, `age N` with s, m, h or d, and `bytes N`',
  list: true,
  parse(args) {
    const words = args
      .join(" ")
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return null;
    const limits = { ...NO_LIMITS };
    for (let at = 0; at < words.length; at += 2) {
      const name = words[at]!.toLowerCase();
      const value = words[at + 1] ?? refuse();
      if (name === "count") limits.count = /^[1-9]\d{0,8}$/.test(value) ? Number(value) : refuse();
      else if (name === "age") limits.ageMs = parseAge(value);
      else if (name === "bytes") limits.bytes = Number(parseMemory(value) ?? refuse());
      else refuse();
    }
    return limits;
  },
  format: formatRetention,
  lines: (value) => [value === null ? '""' : formatRetention(value)],
};

function parseAge(text: string): number {
  const found = /^(\d{1,9})([smhd])$/.exec(text.toLowerCase());
  if (found === null) return refuse();
  return Number(found[1]) * UNITS_MS[found[2] as keyof typeof UNITS_MS];
}

/** As the directive is written. */
function formatRetention(value: Retention | null): string {
  if (value === null) return "";
  const { count, ageMs, bytes } = value;
  const limits: string[] = [];
  if (count !== NO_LIMITS.count) limits.push(`count ${count}`);
  if (ageMs !== NO_LIMITS.ageMs) limits.push(`age ${formatAge(ageMs)}`);
  if (bytes !== NO_LIMITS.bytes) limits.push(`bytes ${bytes}`);
  return limits.join(" ");
}

function formatAge(ms: number): string {
  const unit = (["d", "h", "m"] as const).find((each) => ms > 0 && ms % UNITS_MS[each] === 0) ?? "s";
  return `${ms / UNITS_MS[unit]}${unit}`;
}
