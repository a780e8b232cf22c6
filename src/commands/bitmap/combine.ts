/** Combines byte strings bit by bit. A shorter one goes on with zeros. */

import { firstAligned, wordsFrom } from "./words.js";

export type Combination = "and" | "or" | "xor" | "not";

/** The combination of all sources (of the first alone, inverted, for "not"), as long as the longest of them. */
export function combine(combination: Combination, sources: readonly Uint8Array[]): Uint8Array {
  const longest = sources.reduce((most, source) => Math.max(most, source.length), 0);
  const result = new Uint8Array(longest);
  result.set(sources[0]!);
  if (combination === "not") invert(result);
  for (const source of sources.slice(1)) {
    if (combination === "and") result.fill(0, source.length);
    fold(combination, result, source);
  }
  return result;
}

function invert(result: Uint8Array): void {
  const words = wordsFrom(result, 0, result.length);
  for (let at = 0; at < words.length; at++) words[at] = ~words[at]!;
  for (let at = words.length * 4; at < result.length; at++) result[at] = ~result[at]!;
}

function fold(combination: Combination, result: Uint8Array, source: Uint8Array): void {
  const own = firstAligned(source, 0, source.length) === 0 ? source : source.slice();
  const words = wordsFrom(own, 0, own.length);
  foldAll(combination, wordsFrom(result, 0, own.length), words);
  const rest = words.length * 4;
  foldAll(combination, result.subarray(rest), own.subarray(rest));
}

/** One loop for each operation: a choice inside the loop would cost more than the operation. */
function foldAll<T extends Int32Array | Uint8Array>(combination: Combination, result: T, source: T): void {
  const count = source.length;
  if (combination === "and") for (let at = 0; at < count; at++) result[at]! &= source[at]!;
  else if (combination === "or") for (let at = 0; at < count; at++) result[at]! |= source[at]!;
  else if (combination === "xor") for (let at = 0; at < count; at++) result[at]! ^= source[at]!;
}
