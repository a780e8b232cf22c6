/**
 * Redis's glob patterns, over bytes: `*` any run, `?` any byte, `[abc]`, `[^abc]` and `[a-z]` one byte of a class,
 * `\` takes the next byte as it is.
 *
 * What is irregular, and kept, because clients may rely on it:
 * - a class without `]` ends with the pattern;
 * - a range may be written backwards; its ends are compared as signed bytes, so 0x80-0xff come before 0x00;
 * - `-` after a byte makes a range whenever any byte follows, even `]`;
 * - a byte escaped inside a class is compared with its case, whatever `ignoreCase` says;
 * - a `\` that ends the pattern stands for itself;
 * - an empty text matches only the empty pattern, and not `*`: who looks for everything asks `matchesAll` first.
 *
 * Every element but `*` takes exactly one byte, so the leftmost place where the elements after a star fit is as good
 * as any later one: only the last star needs retrying, and the time is at most pattern times text.
 */

import { lowerByte } from "./ascii.js";

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CARET = 0x5e;
const DASH = 0x2d;
const BACKSLASH = 0x5c;

/** Whether the pattern is `*`, which to those who look for keys and elements is no pattern: empty ones are found, too. */
export function matchesAll(pattern: Uint8Array): boolean {
  return pattern.length === 1 && pattern[0] === STAR;
}

/** Whether the whole of text[start, end) matches the pattern; `ignoreCase` folds A-Z only. */
export function globMatch(
  pattern: Uint8Array,
  text: Uint8Array,
  start: number,
  end: number,
  ignoreCase = false,
): boolean {
  if (start === end) return pattern.length === 0;
  let at = 0;
  let place = start;
  /** The pattern after the last star, and the first place in the text not yet tried for it. */
  let retryAt = -1;
  let retryPlace = start;
  for (;;) {
    while (at < pattern.length && pattern[at] === STAR) {
      retryAt = ++at;
      retryPlace = place;
      if (at === pattern.length) return true;
    }
    if (place === end) return at === pattern.length;
    const next = at < pattern.length ? matchOne(pattern, at, text[place]!, ignoreCase) : -1;
    if (next >= 0) {
      at = next;
      place++;
    } else {
      if (retryAt < 0) return false;
      at = retryAt;
      place = ++retryPlace;
    }
  }
}

/** Matches one byte with the element at `at` (no star): the end of the element, or -1 when it does not match. */
function matchOne(pattern: Uint8Array, at: number, byte: number, ignoreCase: boolean): number {
  const element = pattern[at]!;
  if (element === QUESTION) return at + 1;
  if (element === OPEN) return matchClass(pattern, at + 1, byte, ignoreCase);
  const literal = element === BACKSLASH && at + 1 < pattern.length ? at + 1 : at;
  return sameByte(pattern[literal]!, byte, ignoreCase) ? literal + 1 : -1;
}

/** As `matchOne`, for the class whose `[` is just before `from`. */
function matchClass(pattern: Uint8Array, from: number, byte: number, ignoreCase: boolean): number {
  const end = pattern.length;
  const negated = from < end && pattern[from] === CARET;
  let found = false;
  let at = negated ? from + 1 : from;
  while (at < end && pattern[at] !== CLOSE) {
    if (pattern[at] === BACKSLASH && at + 1 < end) {
      if (pattern[at + 1] === byte) found = true;
      at += 2;
    } else if (at + 2 < end && pattern[at + 1] === DASH) {
      if (inRange(pattern[at]!, pattern[at + 2]!, byte, ignoreCase)) found = true;
      at += 3;
    } else {
      if (sameByte(pattern[at]!, byte, ignoreCase)) found = true;
      at++;
    }
  }
  if (found === negated) return -1;
  return at < end ? at + 1 : end;
}

function sameByte(a: number, b: number, ignoreCase: boolean): boolean {
  return ignoreCase ? lowerByte(a) === lowerByte(b) : a === b;
}

function inRange(first: number, last: number, byte: number, ignoreCase: boolean): boolean {
  // Which end is the lower one is decided before case is folded.
  const swapped = signed(first) > signed(last);
  const low = fold(swapped ? last : first, ignoreCase);
  const high = fold(swapped ? first : last, ignoreCase);
  const value = fold(byte, ignoreCase);
  return value >= low && value <= high;
}

function fold(byte: number, ignoreCase: boolean): number {
  return signed(ignoreCase ? lowerByte(byte) : byte);
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}
