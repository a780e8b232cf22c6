/** Walking a listpack: positions are relative to its base, NONE is no position. */

import {
  backlenSize,
  COUNT_UNKNOWN,
  entrySize,
  HEADER_SIZE,
  headerCount,
  NONE,
  readBacklen,
  TERMINATOR,
  totalBytes,
} from "./format.js";

/** The position after the last entry, where appending inserts. */
export function endPosition(bytes: Uint8Array, base: number): number {
  return totalBytes(bytes, base) - 1;
}

export function first(bytes: Uint8Array, base: number): number {
  return bytes[base + HEADER_SIZE] === TERMINATOR ? NONE : HEADER_SIZE;
}

export function last(bytes: Uint8Array, base: number): number {
  return previous(bytes, base, endPosition(bytes, base));
}

export function next(bytes: Uint8Array, base: number, position: number): number {
  const following = position + entrySize(bytes, base + position);
  return bytes[base + following] === TERMINATOR ? NONE : following;
}

/** The entry before a position, which may be the end position. */
export function previous(bytes: Uint8Array, base: number, position: number): number {
  if (position <= HEADER_SIZE) return NONE;
  const size = readBacklen(bytes, base + position - 1);
  return position - size - backlenSize(size);
}

/** The number of entries. Takes a walk when there are 65535 or more. */
export function count(bytes: Uint8Array, base: number): number {
  const known = headerCount(bytes, base);
  if (known !== COUNT_UNKNOWN) return known;
  let counted = 0;
  for (let at = first(bytes, base); at !== NONE; at = next(bytes, base, at)) counted++;
  return counted;
}

/** The position of the entry with this index, from the end when negative (-1 is the last); NONE when out of range. */
export function seek(bytes: Uint8Array, base: number, index: number): number {
  const known = headerCount(bytes, base);
  if (known === COUNT_UNKNOWN) return index < 0 ? backward(bytes, base, -index) : forward(bytes, base, index);
  const forwards = index < 0 ? index + known : index;
  if (forwards < 0 || forwards >= known) return NONE;
  return forwards * 2 > known ? backward(bytes, base, known - forwards) : forward(bytes, base, forwards);
}

function forward(bytes: Uint8Array, base: number, steps: number): number {
  let at = first(bytes, base);
  for (let left = steps; left > 0 && at !== NONE; left--) at = next(bytes, base, at);
  return at;
}

function backward(bytes: Uint8Array, base: number, steps: number): number {
  let at = endPosition(bytes, base);
  for (let left = steps; left > 0 && at !== NONE; left--) at = previous(bytes, base, at);
  return at;
}
