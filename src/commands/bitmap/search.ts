/** Looks for the first bit of a kind. Bit 0 is the most significant bit of the first byte. */

import { firstAligned, wordsFrom } from "./words.js";

/**
 * The first bit from bit `first` to bit `last`, counted from the byte at `from`, that is `bit` (0 or 1); -1 when there
 * is none.
 */
export function findBit(bytes: Uint8Array, from: number, first: number, last: number, bit: number): number {
  const firstByte = Math.floor(first / 8);
  const lastByte = Math.floor(last / 8);
  const same = bit === 1 ? 0 : 0xff;
  const after = 0xff >>> (first % 8);
  const before = 0xff & ~(0xff >>> ((last % 8) + 1));
  const head = (bytes[from + firstByte]! ^ same) & after & (firstByte === lastByte ? before : 0xff);
  if (head !== 0) return firstByte * 8 + highest(head);
  if (firstByte === lastByte) return -1;
  const at = firstOther(bytes, from + firstByte + 1, from + lastByte, same);
  const mask = at === from + lastByte ? before : 0xff;
  const found = (bytes[at]! ^ same) & mask;
  return found === 0 ? -1 : (at - from) * 8 + highest(found);
}

/** Which bit of a byte is its first one that is set. */
function highest(byte: number): number {
  return Math.clz32(byte) - 24;
}

/** The first byte in bytes[start, end) that is not `same` (0 or 255); `end` when there is none. */
function firstOther(bytes: Uint8Array, start: number, end: number, same: number): number {
  const aligned = firstAligned(bytes, start, end);
  let at = start;
  while (at < aligned && bytes[at] === same) at++;
  if (at < aligned) return at;
  at += 4 * countWords(wordsFrom(bytes, aligned, end), same === 0 ? 0 : -1);
  while (at < end && bytes[at] === same) at++;
  return at;
}

/** How many words at the beginning are `same`: four at a time as far as they all are. */
function countWords(words: Int32Array, same: number): number {
  let count = 0;
  for (; count + 3 < words.length; count += 4) {
    const low = (words[count]! ^ same) | (words[count + 1]! ^ same);
    const high = (words[count + 2]! ^ same) | (words[count + 3]! ^ same);
    if ((low | high) !== 0) break;
  }
  while (count < words.length && words[count] === same) count++;
  return count;
}
