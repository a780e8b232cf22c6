/**
 * Changing a listpack in place.
 *
 * The owner makes room first: bytes[base...] must be able to hold the new size, which is the old one plus the encoded
 * size of what comes minus the size of what goes. A value must not lie inside the listpack that is changed. Each
 * function returns the new size of the listpack; the entry it wrote is at the position it was given.
 */

import {
  COUNT_UNKNOWN,
  entrySize,
  HEADER_SIZE,
  headerCount,
  NONE,
  TERMINATOR,
  totalBytes,
  writeCount,
  writeTotal,
} from "./format.js";
import { endPosition, next } from "./position.js";
import { encodedIntegerSize, encodedSize, writeIntegerValue, writeValue } from "./value.js";

/** Up to here a loop is faster than a native copy. */
const LOOP_LIMIT = 32;

/** Inserts value[start, end) before the entry at a position; the end position appends. */
export function insert(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  const total = resize(bytes, base, position, 0, encodedSize(value, start, end));
  addToCount(bytes, base, 1);
  writeValue(bytes, base + position, value, start, end);
  return total;
}

/** As `insert`, of an integer: a bigint only when it is beyond the safe range. */
export function insertInteger(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: number | bigint,
): number {
  const total = resize(bytes, base, position, 0, encodedIntegerSize(value));
  addToCount(bytes, base, 1);
  writeIntegerValue(bytes, base + position, value);
  return total;
}

/** Inserts after the entry at a position. */
export function insertAfter(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  return insert(bytes, base, position + entrySize(bytes, base + position), value, start, end);
}

export function append(
  bytes: Uint8Array,
  base: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  return insert(bytes, base, endPosition(bytes, base), value, start, end);
}

export function appendInteger(bytes: Uint8Array, base: number, value: number | bigint): number {
  return insertInteger(bytes, base, endPosition(bytes, base), value);
}

export function prepend(
  bytes: Uint8Array,
  base: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  return insert(bytes, base, HEADER_SIZE, value, start, end);
}

/**
 * As `prepend`, of a value whose encoded size is `size`, into as many bytes of room before the listpack: nothing moves,
 * and the listpack begins at base - size from then on.
 */
export function prependBefore(
  bytes: Uint8Array,
  base: number,
  size: number,
  value: Uint8Array,
  start: number,
  end: number,
): void {
  moveHeader(bytes, base, base - size, 1);
  writeValue(bytes, base - size + HEADER_SIZE, value, start, end);
}

/**
 * Removes up to `count` entries from the first on. Nothing moves: the listpack begins so many bytes later as are
 * returned.
 */
export function removeFirst(bytes: Uint8Array, base: number, count: number): number {
  let removed = 0;
  let after = HEADER_SIZE;
  for (; removed < count && bytes[base + after] !== TERMINATOR; removed++)
    after += entrySize(bytes, base + after);
  const gone = after - HEADER_SIZE;
  moveHeader(bytes, base, base + gone, -removed);
  return gone;
}

/** Replaces the entry at a position by value[start, end). */
export function replace(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  const removed = entrySize(bytes, base + position);
  const total = resize(bytes, base, position, removed, encodedSize(value, start, end));
  writeValue(bytes, base + position, value, start, end);
  return total;
}

/** As `replace`, by an integer: a bigint only when it is beyond the safe range. */
export function replaceInteger(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: number | bigint,
): number {
  const removed = entrySize(bytes, base + position);
  const total = resize(bytes, base, position, removed, encodedIntegerSize(value));
  writeIntegerValue(bytes, base + position, value);
  return total;
}

/** By how many bytes the listpack grows (or shrinks, when negative) if `replace` is called with the same arguments. */
export function replaceGrowth(
  bytes: Uint8Array,
  base: number,
  position: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  return encodedSize(value, start, end) - entrySize(bytes, base + position);
}

/** Removes up to `count` entries from a position on; what followed them is then at that position. */
export function remove(bytes: Uint8Array, base: number, position: number, count = 1): number {
  let removed = 0;
  let after = position;
  for (let at = position; removed < count && at !== NONE; at = next(bytes, base, at)) {
    after = at + entrySize(bytes, base + at);
    removed++;
  }
  const total = resize(bytes, base, position, after - position, 0);
  addToCount(bytes, base, -removed);
  return total;
}

/**
 * Inserts `count` entries as they are encoded in source[from, to) (absolute offsets in another listpack) before the
 * entry at a position: splitting, joining and moving without decoding.
 */
export function insertEncoded(
  bytes: Uint8Array,
  base: number,
  position: number,
  source: Uint8Array,
  from: number,
  to: number,
  count: number,
): number {
  const total = resize(bytes, base, position, 0, to - from);
  addToCount(bytes, base, count);
  bytes.set(source.subarray(from, to), base + position);
  return total;
}

/** Turns `removed` bytes at a position into `added` ones, moves what follows, and keeps the size in the header. */
function resize(bytes: Uint8Array, base: number, position: number, removed: number, added: number): number {
  const total = totalBytes(bytes, base);
  const grown = total + added - removed;
  if (added !== removed) {
    moveTail(bytes, base + position + removed, base + total, added - removed);
    writeTotal(bytes, base, grown);
  }
  return grown;
}

function moveTail(bytes: Uint8Array, from: number, end: number, by: number): void {
  if (end - from === 1) bytes[from + by] = TERMINATOR;
  else if (end - from > LOOP_LIMIT) bytes.copyWithin(from + by, from, end);
  else if (by > 0) for (let at = end - 1; at >= from; at--) bytes[at + by] = bytes[at]!;
  else for (let at = from; at < end; at++) bytes[at + by] = bytes[at]!;
}

/** Makes the listpack begin elsewhere, `difference` entries longer; it ends where it did. */
function moveHeader(bytes: Uint8Array, from: number, to: number, difference: number): void {
  const total = totalBytes(bytes, from) + from - to;
  const known = headerCount(bytes, from);
  writeTotal(bytes, to, total);
  writeCount(bytes, to, known === COUNT_UNKNOWN ? known : Math.min(known + difference, COUNT_UNKNOWN));
}

/** A count that is not known stays so until the listpack is written anew: a walk for each change would cost more. */
function addToCount(bytes: Uint8Array, base: number, difference: number): void {
  const known = headerCount(bytes, base);
  if (known !== COUNT_UNKNOWN) writeCount(bytes, base, Math.min(known + difference, COUNT_UNKNOWN));
}
