/**
 * Doubles as text: what a client may write for one, and what Redis 7.2 replies.
 *
 * Redis 7.2 replies the shortest digits that are read back as the same double. (7.0 printed 17 significant digits,
 * which `formatG17` still gives, for the places where that form is part of a result.)
 */

import { equalsIgnoreCase, latin1 } from "./ascii.js";
import { parseInteger } from "./integer.js";
import { DOUBLE, parseNumeral, roundNumeral } from "./numeral.js";

/** No number needs a longer text; a bound keeps a huge argument from becoming a huge string. */
const MAX_TEXT = 1 << 16;
/** Whole numbers up to this size are replied with all their digits. */
const EXACT_INTEGERS = 2 ** 62;
/** A whole number of so many digits is a double. */
const EXACT_DIGITS = 15;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/**
 * The double that bytes[start, end) spells by C's strtod, infinities included. NaN when Redis says it is not a valid
 * float: nan itself, spaces around, a number that overflows, and one that is not zero and becomes zero.
 */
export function parseDouble(bytes: Uint8Array, start: number, end: number): number {
  const plain = parsePlain(bytes, start, end);
  if (!Number.isNaN(plain)) return plain;
  const sign = bytes[start];
  if (equalsIgnoreCase(bytes, sign === PLUS || sign === MINUS ? start + 1 : start, end, "inf"))
    return sign === MINUS ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (end - start > MAX_TEXT) return Number.NaN;
  const text = latin1(bytes, start, end);
  const value = parseNumeral(text);
  if (value === null) return Number.NaN;
  if (typeof value === "number") return value * Number.POSITIVE_INFINITY;
  if (value.digits === 0n) return value.negative ? -0 : 0;
  const result = value.base === 10 ? Number(text) : hexadecimal(value);
  return result === 0 || !Number.isFinite(result) ? Number.NaN : result;
}

/**
 * The double of a text that is nothing but a sign, up to fifteen digits and a point: digits and power of ten are exact,
 * so that one division rounds as it should. NaN for every other text.
 */
export function parsePlain(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const from = negative ? start + 1 : start;
  if (from >= end || end - from > EXACT_DIGITS) return parseInteger(bytes, start, end);
  let digits = 0;
  let point = -1;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (bytes[at] === POINT && point < 0 && end - from > 1) point = at;
    else return Number.NaN;
  }
  const magnitude = point < 0 ? digits : digits / 10 ** (end - point - 1);
  return negative ? -magnitude : magnitude;
}

function hexadecimal(value: Parameters<typeof roundNumeral>[0]): number {
  const rounded = roundNumeral(value, DOUBLE);
  if (rounded === null) return Number.NaN;
  // In two steps, because 2^-1074 is a double and what it has to be multiplied with may not be one yet.
  const half = Math.trunc(rounded.exponent / 2);
  return Number(rounded.mantissa) * 2 ** half * 2 ** (rounded.exponent - half);
}

/** The value as Redis 7.2 replies it, and as it stores scores in text. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) <= EXACT_INTEGERS) return BigInt(value).toString();
  return value < 0 ? `-${shortest(-value, 6)}` : shortest(value, 7);
}

/** `zeros` bounds the trailing zeros that a big number may have before it is written with an exponent. */
function shortest(value: number, zeros: number): string {
  if (value >= 0.001 && value < EXACT_INTEGERS) return fraction(value);
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  const scale = exponent - digits.length + 1;
  if (scale >= 0 && exponent < digits.length + zeros) return digits + "0".repeat(scale);
  if (scale < 0 && (scale > -7 || Math.abs(exponent) < 4)) return withPoint(digits, exponent);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

/**
 * As `shortest`, for what is neither whole nor tiny. JavaScript has the same digits, and writes them with a point
 * where Redis does, but also where Redis has an exponent: behind four digits and before more than six.
 */
function fraction(value: number): string {
  const text = String(value);
  const point = text.indexOf(".");
  if (value < 10_000 || text.length - point <= 7) return text;
  return `${text[0]}.${text.slice(1, point)}${text.slice(point + 1)}e+${point - 1}`;
}

/** 0.digits or d.igits: `exponent` is that of the first digit. */
function withPoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** The value as C's printf("%.17g") writes it: DEBUG DIGEST's form of a score, and Lua's of a number. */
export function formatG17(value: number): string {
  if (Number.isSafeInteger(value) || !Number.isFinite(value)) return formatDouble(value);
  const [mantissa, power] = Math.abs(value).toExponential(16).split("e") as [string, string];
  const digits = evenTie(Math.abs(value), mantissa.replace(".", ""));
  const exponent = Number(power);
  const significant = digits.replace(/0+$/, "");
  return (value < 0 ? "-" : "") + generalForm(significant, exponent);
}

/** JavaScript rounds a tie up where C rounds it to even; a double that is a tie has exactly 18 digits. */
function evenTie(value: number, digits: string): string {
  // Rounded to 18 digits a tie is still one; this spares nearly all others the long way.
  if (!value.toExponential(17).includes("5e")) return digits;
  const exact = value.toExponential(60).split("e")[0]!.replace(".", "");
  if (!/^.{17}50+$/.test(exact)) return digits;
  return Number(exact[16]) % 2 === 0 ? exact.slice(0, 17) : digits;
}

function generalForm(digits: string, exponent: number): string {
  if (exponent < -4 || exponent >= 17) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  return digits.length <= exponent + 1 ? digits.padEnd(exponent + 1, "0") : withPoint(digits, exponent);
}
