/** Counts set bits. Bit 0 is the most significant bit of the first byte. */

import { bitsIn } from "../../util/bits.js";
import { firstAligned, wordsFrom } from "./words.js";

/** To make an array of words takes as long as to count so many bytes. */
const WORDS_FROM = 32;

/** Set bits from bit `first` to bit `last`, counted from the byte at `from`. */
export function countBits(bytes: Uint8Array, from: number, first: number, last: number): number {
  const start = from + Math.floor(first / 8);
  const end = from + Math.floor(last / 8) + 1;
  const before = bytes[start]! & ~(0xff >>> (first % 8));
  const after = bytes[end - 1]! & (0xff >>> ((last % 8) + 1));
  return countBytes(bytes, start, end) - bitsIn(before) - bitsIn(after);
}

/** Set bits of bytes[start, end): the words in the middle at once, the bytes around them one by one. */
function countBytes(bytes: Uint8Array, start: number, end: number): number {
  const aligned = end - start < WORDS_FROM ? end : firstAligned(bytes, start, end);
  const words = wordsFrom(bytes, aligned, end);
  let count = 0;
  for (let at = start; at < aligned; at++) count += bitsIn(bytes[at]!);
  for (let at = 0; at < words.length; at++) count += bitsIn(words[at]!);
  for (let at = aligned + words.length * 4; at < end; at++) count += bitsIn(bytes[at]!);
  return count;
}
