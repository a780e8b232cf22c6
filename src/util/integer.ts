/**
 * Decimal integers in bytes, read and written without making a string.
 *
 * Redis accepts one spelling for each integer: no plus sign, no leading zero, no space, no "-0". A text that passes
 * can be stored as a number and given back byte for byte.
 */

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

const MINUS = 0x2d;
const ZERO = 0x30;
/** The most digits that a safe integer has; sixteen digits add up without losing the comparison below. */
const SAFE_DIGITS = 16;

/** The canonical integer in bytes[start, end), or NaN when it is none or does not fit a JavaScript safe integer. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN;
  const first = bytes[start]!;
  const negative = first === MINUS;
  const from = negative ? start + 1 : start;
  const length = end - from;
  if (length === 0 || length > SAFE_DIGITS) return Number.NaN;
  if (bytes[from] === ZERO) return length === 1 && !negative ? 0 : Number.NaN;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative ? -value : value;
}

/** The canonical integer in bytes[start, end), or null when it is none or does not fit 64 bits with a sign. */
export function parseInteger64(bytes: Uint8Array, start: number, end: number): bigint | null {
  const small = parseInteger(bytes, start, end);
  if (!Number.isNaN(small)) return BigInt(small);
  const negative = bytes[start] === MINUS;
  const from = negative ? start + 1 : start;
  const length = end - from;
  // What parseInteger refused is either malformed or at least as long as the largest safe integer.
  if (length < SAFE_DIGITS || length > 19 || bytes[from] === ZERO) return null;
  let high = 0;
  let low = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return null;
    if (end - at > 9) high = high * 10 + digit;
    else low = low * 10 + digit;
  }
  const magnitude = BigInt(high) * 1_000_000_000n + BigInt(low);
  const value = negative ? -magnitude : magnitude;
  return value < INT64_MIN || value > INT64_MAX ? null : value;
}

/** How many bytes the decimal form of a safe integer takes, its sign included. */
export function digits(value: number): number {
  return value < 0 ? 1 + magnitudeDigits(-value) : magnitudeDigits(value);
}

function magnitudeDigits(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  let count = 5;
  for (let bound = 100_000; value >= bound; bound *= 10) count++;
  return count;
}

/** Writes the decimal form of a safe integer at `at`; returns the end of what was written. */
export function writeInteger(target: Uint8Array, at: number, value: number): number {
  let start = at;
  let rest = value;
  if (rest < 0) {
    target[start++] = MINUS;
    rest = -rest;
  }
  const end = start + magnitudeDigits(rest);
  let place = end;
  // Above 31 bits, eight digits at a time are split off, so that the digit loop stays in small-integer arithmetic.
  while (rest > 0x7fffffff) {
    const high = Math.floor(rest / 100_000_000);
    let low = (rest - high * 100_000_000) | 0;
    for (const stop = place - 8; place > stop; ) {
      const tens = (low / 10) | 0;
      target[--place] = ZERO + low - tens * 10;
      low = tens;
    }
    rest = high;
  }
  let low = rest | 0;
  while (place > start) {
    const tens = (low / 10) | 0;
    target[--place] = ZERO + low - tens * 10;
    low = tens;
  }
  return end;
}

/** Writes the decimal form of a 64-bit integer at `at`; returns the end of what was written. */
export function writeInteger64(target: Uint8Array, at: number, value: bigint): number {
  const text = value.toString();
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}
