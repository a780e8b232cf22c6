/** Checking a listpack from outside (an RDB file, RESTORE) before anything walks it. */

import {
  backlenSize,
  COUNT_UNKNOWN,
  contentSize,
  EMPTY_SIZE,
  HEADER_SIZE,
  headerCount,
  readBacklen,
  STRING32,
  TERMINATOR,
  totalBytes,
} from "./format.js";

/**
 * Whether bytes[base, base + length) is a listpack: its header and terminator, and when `deep` every entry and the
 * count. A walk of what passed deeply never leaves the range.
 */
export function isValid(bytes: Uint8Array, base: number, length: number, deep: boolean): boolean {
  if (length < EMPTY_SIZE || totalBytes(bytes, base) !== length) return false;
  if (bytes[base + length - 1] !== TERMINATOR) return false;
  if (!deep) return true;
  const counted = countValid(bytes, base + HEADER_SIZE, base + length - 1);
  const known = headerCount(bytes, base);
  return counted >= 0 && (known === COUNT_UNKNOWN || known === counted);
}

/** The number of entries between two absolute offsets, or -1 when they are not entries throughout. */
function countValid(bytes: Uint8Array, from: number, end: number): number {
  let counted = 0;
  let at = from;
  while (at < end) {
    const size = entrySizeWithin(bytes, at, end);
    if (size === 0) return -1;
    at += size;
    counted++;
  }
  return counted;
}

/** The size of the entry at `at`, or 0 when it is malformed or reaches beyond `end`. */
function entrySizeWithin(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  // The bytes that tell a string's length have to be inside as well.
  const header = first === STRING32 ? 5 : 2;
  if (first >= 0xe0 && first <= STRING32 && at + header > end) return 0;
  const content = contentSize(bytes, at);
  if (content === 0) return 0;
  const size = content + backlenSize(content);
  // Read backwards, the entry must have the same size.
  return at + size <= end && readBacklen(bytes, at + size - 1) === content ? size : 0;
}
