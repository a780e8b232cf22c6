/**
 * A number written in text, read exactly and rounded once.
 *
 * The forms are those of C's strtod and strtold without nan and without spaces around: decimal digits with a point and
 * an `e` exponent, hexadecimal digits with a `p` exponent (of two), inf and infinity, all in any case.
 */

/** (-1)^negative * digits * base^exponent. */
export interface Numeral {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly base: 2 | 10;
  readonly exponent: number;
}

/** mantissa * 2^exponent; the mantissa carries the sign. */
export interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** A binary floating point format. */
export interface BinaryFormat {
  readonly bits: number;
  /** The exponent of the last bit of the smallest numbers. */
  readonly minExponent: number;
  /** Numbers are below 2 to this power. */
  readonly maxExponent: number;
}

/** x86's extended precision, the `long double` that INCRBYFLOAT computes with. */
export const EXTENDED: BinaryFormat = { bits: 64, minExponent: -16445, maxExponent: 16384 };
export const DOUBLE: BinaryFormat = { bits: 53, minExponent: -1074, maxExponent: 1024 };

// A point's digits stand in a group of their own: were the point optional alone, a long text would take quadratic time.
const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d+))?$/i;
const HEXADECIMAL = /^([+-]?)0x(?:([\da-f]+)(?:\.([\da-f]*))?|\.([\da-f]+))(?:p([+-]?\d+))?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

const WORD = 2n ** 32n;
const DOUBLE_WORD = 2n ** 64n;
const FOUR_WORDS = 2n ** 128n;

/** The usual ones: to compute a power takes as long as the division by it. */
const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));

/** Powers of two beyond which every format here overflows, or vanishes. */
const FAR = 20_000;

/** The number that the text spells, 1 or -1 for an infinity of that sign, or null when it spells none. */
export function parseNumeral(text: string): Numeral | 1 | -1 | null {
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? -1 : 1;
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return numeral(decimal, 10, "", 1);
  const hexadecimal = HEXADECIMAL.exec(text);
  return hexadecimal === null ? null : numeral(hexadecimal, 2, "0x", 4);
}

/** `places` is how many powers of the base one digit of the fraction is worth. */
function numeral(parts: RegExpExecArray, base: 2 | 10, prefix: string, places: number): Numeral {
  const fraction = parts[3] ?? parts[4] ?? "";
  const exponent = Number(parts[5] ?? 0);
  return {
    negative: parts[1] === "-",
    digits: BigInt(`${prefix}${parts[2] ?? ""}${fraction}`),
    base,
    exponent: exponent - fraction.length * places,
  };
}

/** The nearest number of the format, ties to even; null when it is not zero and overflows or becomes zero. */
export function roundNumeral(value: Numeral, format: BinaryFormat): Binary | null {
  if (value.digits === 0n) return { mantissa: 0n, exponent: 0 };
  const size = bitLength(value.digits) + value.exponent * (value.base === 2 ? 1 : Math.log2(10));
  if (Math.abs(size) > FAR) return null;
  const digits = value.negative ? -value.digits : value.digits;
  const exact = value.base === 2 ? { mantissa: digits, exponent: value.exponent } : quotient(value, format);
  const rounded = roundBinary(exact, format);
  return rounded === null || rounded.mantissa === 0n ? null : rounded;
}

/** A decimal numeral in binary, with a few bits more than the format has, the last of them set if anything is cut off. */
function quotient(value: Numeral, format: BinaryFormat): Binary {
  const power = powerOfTen(Math.abs(value.exponent));
  const numerator = value.exponent < 0 ? value.digits : value.digits * power;
  const denominator = value.exponent < 0 ? power : 1n;
  const shift = Math.max(0, format.bits + 2 - bitLength(numerator) + bitLength(denominator));
  const scaled = numerator << BigInt(shift);
  const whole = scaled / denominator;
  const sticky = whole * denominator === scaled ? 0n : 1n;
  const mantissa = (whole << 1n) | sticky;
  return { mantissa: value.negative ? -mantissa : mantissa, exponent: -shift - 1 };
}

function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent] ?? 10n ** BigInt(exponent);
}

/** The nearest number of the format, ties to even; null when it overflows. */
export function roundBinary(value: Binary, format: BinaryFormat): Binary | null {
  const length = bitLength(value.mantissa);
  const drop = Math.max(length - format.bits, format.minExponent - value.exponent);
  if (drop <= 0) return length + value.exponent > format.maxExponent ? null : value;
  const mantissa = shiftRight(value.mantissa, drop);
  const exponent = value.exponent + drop;
  return bitLength(mantissa) + exponent > format.maxExponent ? null : { mantissa, exponent };
}

/** value / 2^count to the nearest whole number, ties to even. */
export function shiftRight(value: bigint, count: number): bigint {
  if (count === 0) return value;
  const magnitude = value < 0n ? -value : value;
  const twice = magnitude >> BigInt(count - 1);
  const whole = twice >> 1n;
  // The last bit that goes is half a unit; the tie is where nothing else goes.
  const halfOrMore = (twice & 1n) === 1n;
  const up = halfOrMore && ((whole & 1n) === 1n || BigInt.asUintN(count - 1, magnitude) !== 0n);
  const rounded = up ? whole + 1n : whole;
  return value < 0n ? -rounded : rounded;
}

/** How many bits the magnitude has; 0 for 0. */
function bitLength(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < WORD) return 32 - Math.clz32(Number(magnitude));
  if (magnitude < DOUBLE_WORD) return 64 - Math.clz32(Number(magnitude >> 32n));
  if (magnitude < FOUR_WORDS) return 64 + bitLength(magnitude >> 64n);
  const hexadecimal = magnitude.toString(16);
  return hexadecimal.length * 4 - (Math.clz32(Number.parseInt(hexadecimal[0]!, 16)) - 28);
}
