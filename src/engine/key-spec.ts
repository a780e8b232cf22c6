/**
 * Key specifications at work: the first, last and step that clients from before Redis 7 expect, and the keys of a
 * given command line.
 */

import type { KeyFlag, KeySpec } from "./argument.js";

/** As COMMAND INFO shows it; a negative `last` counts from the end of the command line. All 0 without keys. */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Whether there may be keys that the range does not cover. */
  readonly movable: boolean;
}

/** A key of a given command line: its position, and what is done with it. */
export interface FoundKey {
  readonly at: number;
  readonly flags: readonly KeyFlag[];
}

/** What the search needs to know of a command line. */
export interface Words {
  readonly argc: number;
  text(at: number): string;
}

interface PlainSpec extends KeySpec {
  readonly begin: Extract<KeySpec["begin"], { type: "index" }>;
  readonly find: Extract<KeySpec["find"], { type: "range" }>;
}

const isPlain = (spec: KeySpec): spec is PlainSpec =>
  spec.begin.type === "index" && spec.find.type === "range";

const NO_KEYS: KeyRange = { first: 0, last: 0, step: 0, movable: false };

/** The range that covers the specifications, as far as one range can. */
export function keyRangeOf(specs: readonly KeySpec[]): KeyRange {
  const [only] = specs;
  if (only === undefined) return NO_KEYS;
  if (specs.length > 1 || !isPlain(only)) return rangeOfSeveral(specs);
  const { index } = only.begin;
  const { lastKey, step } = only.find;
  const last = lastKey < 0 ? lastKey : index + lastKey;
  return { first: index, last, step, movable: only.flags.includes("incomplete") };
}

/** Joins the ranges that follow one another without a gap; any other key is a movable one. */
function rangeOfSeveral(specs: readonly KeySpec[]): KeyRange {
  let range = NO_KEYS;
  for (const spec of specs) {
    const fits =
      isPlain(spec) && spec.find.step === 1 && (range.last === 0 || range.last === spec.begin.index - 1);
    if (!fits || spec.flags.includes("incomplete")) range = { ...range, movable: true };
    if (!fits) continue;
    const { index } = spec.begin;
    const last = spec.find.lastKey < 0 ? spec.find.lastKey : index + spec.find.lastKey;
    range = { ...range, first: range.first === 0 ? index : range.first, last, step: 1 };
  }
  return range;
}

/** The keys of a command line; null when it is not what the specifications expect. */
export function keysBySpecs(specs: readonly KeySpec[], words: Words): FoundKey[] | null {
  const found: FoundKey[] = [];
  for (const spec of specs) {
    const begin = beginOf(spec, words);
    if (begin === 0) continue;
    const positions = positionsOf(spec, begin, words);
    if (positions === null) return null;
    const flags = spec.flags.filter((flag) => flag !== "incomplete" && flag !== "variable_flags");
    for (const at of positions) found.push({ at, flags });
  }
  return found;
}

/** Where the search for keys begins; 0 when the command line does not have what the specification speaks of. */
function beginOf({ begin }: KeySpec, words: Words): number {
  if (begin.type === "index") return begin.index;
  if (begin.type === "unknown") return 0;
  const keyword = begin.keyword.toLowerCase();
  const forward = begin.startFrom > 0;
  const start = forward ? begin.startFrom : words.argc + begin.startFrom;
  for (let at = start; at > 0 && at < words.argc; at += forward ? 1 : -1) {
    if (words.text(at).toLowerCase() === keyword) return at + 1;
  }
  return 0;
}

function positionsOf({ find }: KeySpec, begin: number, words: Words): number[] | null {
  const { argc } = words;
  if (find.type === "unknown") return [];
  if (find.type === "keynum") {
    const count = countAt(words, begin + find.keynumIndex);
    const first = begin + find.firstKey;
    return Number.isNaN(count) ? null : positions(first, first + (count - 1) * find.step, find.step, argc);
  }
  if (find.lastKey >= 0) return positions(begin, begin + find.lastKey, find.step, argc);
  const last =
    find.limit <= 1 ? argc + find.lastKey : begin + Math.trunc((argc - begin) / find.limit) + find.lastKey;
  return positions(begin, last, find.step, argc);
}

function countAt(words: Words, at: number): number {
  const text = at < words.argc ? words.text(at) : "";
  return /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : Number.NaN;
}

function positions(first: number, last: number, step: number, argc: number): number[] | null {
  if (last >= argc || last < first || first >= argc) return null;
  const all: number[] = [];
  for (let at = first; at <= last; at += step) all.push(at);
  return all;
}
