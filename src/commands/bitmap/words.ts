/**
 * Bytes as 32-bit words. Bit operations on long strings go a word at a time over the middle of a range, where words
 * are aligned, and a byte at a time over its ends. In which order a word holds its bytes makes no difference to them.
 */

const NO_WORDS = new Int32Array(0);

/** Where the aligned words of bytes[start, end) begin, in bytes; `end` when there are none. */
export function firstAligned(bytes: Uint8Array, start: number, end: number): number {
  return Math.min(end, start + (-(bytes.byteOffset + start) & 3));
}

/** The whole words from the place on that `firstAligned` gave. */
export function wordsFrom(bytes: Uint8Array, aligned: number, end: number): Int32Array {
  const count = (end - aligned) >>> 2;
  return count === 0 ? NO_WORDS : new Int32Array(bytes.buffer, bytes.byteOffset + aligned, count);
}
