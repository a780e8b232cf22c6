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
  count += countWords(words);
  for (let at = aligned + words.length * 4; at < end; at++) count += bitsIn(bytes[at]!);
  return count;
}

/**
 * Four words a step, by the method of Harley and Seal: words are added bit by bit, so that only the carries into the
 * fours are counted each time, and the ones and twos that remain at the end.
 */
function countWords(words: Int32Array): number {
  const end = words.length & ~3;
  let ones = 0;
  let twos = 0;
  let fours = 0;
  for (let at = 0; at < end; at += 4) {
    const a = words[at]!;
    const b = words[at + 1]!;
    const c = words[at + 2]!;
    const d = words[at + 3]!;
    const first = carry(ones, a, b);
    ones ^= a ^ b;
    const second = carry(ones, c, d);
    ones ^= c ^ d;
    fours += bitsIn(carry(twos, first, second));
    twos ^= first ^ second;
  }
  let count = 4 * fours + 2 * bitsIn(twos) + bitsIn(ones);
  for (let at = end; at < words.length; at++) count += bitsIn(words[at]!);
  return count;
}

/** In which places at least two of three words have a bit. */
function carry(a: number, b: number, c: number): number {
  return (a & b) | ((a ^ b) & c);
}
