/** Comparing the entries of a listpack with a text, without turning them into text. */

import { equalBytes } from "../../util/ascii.js";
import { parseInteger, parseInteger64 } from "../../util/integer.js";
import { bigAt, integerAt, isInteger, stringLength, stringStart } from "./entry.js";
import { NONE } from "./format.js";
import { next } from "./position.js";

/** Whether the entry at a position, as text, is value[start, end). */
export function equals(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): boolean {
  const at = base + position;
  return isInteger(bytes, at)
    ? equalsInteger(bytes, at, value, start, end)
    : equalsString(bytes, at, value, start, end);
}

/**
 * The first entry from `position` on that is value[start, end) as text, or NONE. After each entry that was compared,
 * `skip` entries are passed over: 1 finds a field among fields and values.
 */
export function find(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
  skip = 0,
): number {
  const integer = parseInteger(value, start, end);
  let passes = 0;
  for (let at = position; at !== NONE; at = next(bytes, base, at)) {
    if (passes > 0) {
      passes--;
      continue;
    }
    const offset = base + at;
    if (!isInteger(bytes, offset)) {
      if (equalsString(bytes, offset, value, start, end)) return at;
    } else if (Number.isNaN(integer)) {
      // Either side may still be a 64-bit integer beyond the safe range; that is rare enough to be slow.
      if (equalsInteger(bytes, offset, value, start, end)) return at;
    } else if (integerAt(bytes, offset) === integer) return at;
    passes = skip;
  }
  return NONE;
}

function equalsString(
  bytes: Uint8Array,
  offset: number,
  value: Uint8Array,
  start: number,
  end: number,
): boolean {
  const length = stringLength(bytes, offset);
  if (length !== end - start) return false;
  const from = stringStart(bytes, offset);
  // Names that differ do so at their ends more often than at their beginnings.
  if (length > 0 && bytes[from + length - 1] !== value[end - 1]) return false;
  return equalBytes(bytes, from, from + length, value, start, end);
}

function equalsInteger(
  bytes: Uint8Array,
  offset: number,
  value: Uint8Array,
  start: number,
  end: number,
): boolean {
  const held = integerAt(bytes, offset);
  if (!Number.isNaN(held)) return parseInteger(value, start, end) === held;
  // Sixteen digits at least: anything shorter is not worth a bigint.
  return end - start >= 16 && parseInteger64(value, start, end) === bigAt(bytes, offset);
}
