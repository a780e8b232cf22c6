/**
 * The `long double` of x86 as text, for INCRBYFLOAT and HINCRBYFLOAT.
 *
 * Redis parses both operands with 64 bits of mantissa, adds them, and replies with 17 decimals less the trailing zeros.
 * A double would give other digits, and the result is data: a replica or a log that redis-server reads must agree to
 * the last digit. So each of the three roundings (two operands, one sum) and the printing are done here with integers.
 */

import { latin1 } from "./ascii.js";
import { type Binary, EXTENDED, parseNumeral, roundBinary, roundNumeral, shiftRight } from "./numeral.js";

/** A finite long double: mantissa * 2^exponent. */
export type LongDouble = Binary;

/** Redis refuses longer operands. */
const MAX_TEXT = 5 * 1024 - 1;
const DECIMALS = 17;
const SCALE = 10n ** BigInt(DECIMALS);

/** The long double that bytes[start, end) spells, "infinite", or null when Redis says it is not a valid float. */
export function parseLongDouble(
  bytes: Uint8Array,
  start: number,
  end: number,
): LongDouble | "infinite" | null {
  return end - start > MAX_TEXT ? null : fromText(latin1(bytes, start, end));
}

function fromText(text: string): LongDouble | "infinite" | null {
  const value = parseNumeral(text);
  if (value === null) return null;
  return typeof value === "number" ? "infinite" : roundNumeral(value, EXTENDED);
}

/** The sum, or null when Redis says that the increment would produce NaN or Infinity. */
export function addLongDoubles(a: LongDouble | "infinite", b: LongDouble | "infinite"): LongDouble | null {
  if (a === "infinite" || b === "infinite") return null;
  const exponent = Math.min(a.exponent, b.exponent);
  const mantissa =
    (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return roundBinary({ mantissa, exponent }, EXTENDED);
}

/** The value with at most 17 decimals, no exponent and no trailing zeros. */
export function formatLongDouble(value: LongDouble): string {
  const negative = value.mantissa < 0n;
  const magnitude = negative ? -value.mantissa : value.mantissa;
  const scaled =
    value.exponent >= 0
      ? (magnitude << BigInt(value.exponent)) * SCALE
      : shiftRight(magnitude * SCALE, -value.exponent);
  const whole = scaled / SCALE;
  const fraction = (scaled - whole * SCALE).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  const text = fraction === "" ? whole.toString() : `${whole}.${fraction}`;
  return negative && text !== "0" ? `-${text}` : text;
}

/** The sum of two numbers in text as INCRBYFLOAT replies it; null when one is no number or the sum is not finite. */
export function addLongDoubleText(a: string, b: string): string | null {
  const left = fromText(a);
  const right = fromText(b);
  if (left === null || right === null) return null;
  const sum = addLongDoubles(left, right);
  return sum === null ? null : formatLongDouble(sum);
}
