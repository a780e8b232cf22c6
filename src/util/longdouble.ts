/**
 * The `long double` of x86 as text, for INCRBYFLOAT and HINCRBYFLOAT.
 *
 * Redis parses both operands with 64 bits of mantissa, adds them, and replies with 17 decimals less the trailing zeros.
 * A double would give other digits, and the result is data: a replica or a log that redis-server reads must agree to
 * the last digit. So each of the three roundings (two operands, one sum) and the printing are done here with integers.
 */

import { latin1 } from "./ascii.js";
import { parsePlain } from "./float.js";
import { type Binary, EXTENDED, parseNumeral, roundBinary, roundNumeral, shiftRight } from "./numeral.js";

/** A finite long double: mantissa * 2^exponent. */
export type LongDouble = Binary;

/** Redis refuses longer operands. */
const MAX_TEXT = 5 * 1024 - 1;
const DECIMALS = 17;
const SCALE = 10n ** BigInt(DECIMALS);
/** Smaller whole numbers have fifteen digits at most: a double holds them, and tells them in any place of a point. */
const SHORT_MAX = 1e15;
const INVISIBLY_ROUNDED = 32;
/** JavaScript writes smaller numbers with an exponent. */
const LEAST_WITHOUT_EXPONENT = 1e-6;
const POINT = 0x2e;
const DIGIT_ZERO = 0x30;

/** The long double that bytes[start, end) spells, "infinite", or null when Redis says it is not a valid float. */
export function parseLongDouble(
  bytes: Uint8Array,
  start: number,
  end: number,
): LongDouble | "infinite" | null {
  if (end - start > MAX_TEXT) return null;
  const value = parseNumeral(latin1(bytes, start, end));
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
  const digits = scaled.toString().padStart(DECIMALS + 1, "0");
  const point = digits.length - DECIMALS;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === DIGIT_ZERO) end--;
  const whole = digits.slice(0, point);
  const text = end === point ? whole : `${whole}.${digits.slice(point, end)}`;
  return negative && text !== "0" ? `-${text}` : text;
}

/** An operand as it was read. A short decimal need not become a long double (see `addShort`). */
export type Operand = LongDouble | ShortDecimal | "infinite";

/** A decimal of up to fifteen digits: the double next to it, and how many of the digits are behind the point. */
class ShortDecimal {
  constructor(
    readonly value: number,
    readonly places: number,
  ) {}
}

export const ZERO: Operand = new ShortDecimal(0, 0);

/** As `parseLongDouble`, for `addOperands`. */
export function parseOperand(bytes: Uint8Array, start: number, end: number): Operand | null {
  const plain = parsePlain(bytes, start, end);
  if (Math.abs(plain) < SHORT_MAX) return new ShortDecimal(plain, placesIn(bytes, start, end));
  return parseLongDouble(bytes, start, end);
}

/** The sum as INCRBYFLOAT replies it, or null when Redis says that it would be NaN or Infinity. */
export function addOperands(a: Operand, b: Operand): string | null {
  if (a instanceof ShortDecimal && b instanceof ShortDecimal) {
    const short = addShort(a, b);
    if (!Number.isNaN(short)) return String(short);
  }
  const sum = addLongDoubles(lengthen(a), lengthen(b));
  return sum === null ? null : formatLongDouble(sum);
}

/**
 * The double next to the decimal sum, where that is what Redis replies; else NaN. It is if nothing is rounded, since
 * both are fractions of a power of two, or if 17 decimals do not show it: below 2^5 each of the three roundings is off
 * by 2^-60 at most, together less than half a unit of the last decimal. JavaScript writes a decimal of up to fifteen
 * digits as it is.
 */
function addShort(a: ShortDecimal, b: ShortDecimal): number {
  const places = Math.max(a.places, b.places);
  const scale = 10 ** places;
  // In units of the last place both are whole numbers.
  const left = Math.round(a.value * scale);
  const right = Math.round(b.value * scale);
  const largest = Math.max(Math.abs(left), Math.abs(right), Math.abs(left + right));
  const power = 5 ** places;
  const isExact = left % power === 0 && right % power === 0;
  if (largest >= SHORT_MAX || (largest >= INVISIBLY_ROUNDED * scale && !isExact)) return Number.NaN;
  const sum = (left + right) / scale;
  return sum === 0 || Math.abs(sum) >= LEAST_WITHOUT_EXPONENT ? sum : Number.NaN;
}

function placesIn(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at >= start && bytes[at] !== POINT) at--;
  return at < start ? 0 : end - at - 1;
}

function lengthen(operand: Operand): LongDouble | "infinite" {
  if (!(operand instanceof ShortDecimal)) return operand;
  const { value, places } = operand;
  const digits = BigInt(Math.round(Math.abs(value) * 10 ** places));
  return roundNumeral({ negative: value < 0, digits, base: 10, exponent: -places }, EXTENDED)!;
}
