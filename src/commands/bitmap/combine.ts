/** Combines byte strings bit by bit. A shorter one goes on with zeros. */

export type Combination = "and" | "or" | "xor" | "not";

/** Bytes that are combined at a time, so that they stay in the nearest caches from the first source to the last. */
const PIECE_BYTES = 16 * 1024;

/** The length of the combination: that of the longest source. */
export function combinedLength(sources: readonly Uint8Array[]): number {
  return sources.reduce((most, source) => Math.max(most, source.length), 0);
}

/** Part of a byte string as words: in which order a word holds its bytes makes no difference. */
class Piece {
  readonly bytes = new Uint8Array(PIECE_BYTES);
  readonly words = new Int32Array(this.bytes.buffer);

  /** Becomes `length` bytes of the string from a place on. */
  load(string: Uint8Array, at: number, length: number): void {
    const part = string.subarray(at, at + length);
    this.bytes.set(part);
    this.bytes.fill(0, part.length, length);
  }
}

/** What is being combined; written anew before each use. */
const RESULT = new Piece();
const OPERAND = new Piece();

/**
 * Gives `take` the combination of all sources (of the first alone, inverted, for "not"), piece by piece, each with its
 * place: the first bytes of an array that changes as soon as `take` returns.
 */
export function combine(
  combination: Combination,
  sources: readonly Uint8Array[],
  take: (bytes: Uint8Array, length: number, at: number) => void,
): void {
  const whole = combinedLength(sources);
  for (let at = 0; at < whole; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, whole - at);
    const words = (length + 3) >>> 2;
    RESULT.load(sources[0]!, at, length);
    if (combination === "not") invert(RESULT.words, words);
    for (let other = 1; other < sources.length; other++) {
      OPERAND.load(sources[other]!, at, length);
      fold(combination, RESULT.words, OPERAND.words, words);
    }
    take(RESULT.bytes, length, at);
  }
}

function invert(words: Int32Array, count: number): void {
  for (let at = 0; at < count; at++) words[at] = ~words[at]!;
}

/** One loop for each operation: a choice inside the loop would cost more than the operation. */
function fold(combination: Combination, result: Int32Array, operand: Int32Array, count: number): void {
  if (combination === "and") for (let at = 0; at < count; at++) result[at]! &= operand[at]!;
  else if (combination === "or") for (let at = 0; at < count; at++) result[at]! |= operand[at]!;
  else if (combination === "xor") for (let at = 0; at < count; at++) result[at]! ^= operand[at]!;
}
