/**
 * Integers of any width up to 64 bits at any bit of a string, as BITFIELD knows them: signed up to 64 bits in two's
 * complement, unsigned up to 63, the most significant bit first. Beyond the string's end all bits are 0.
 */

const INT64_BITS = 64;

export interface FieldType {
  readonly signed: boolean;
  readonly bits: number;
}

export type Overflow = "wrap" | "sat" | "fail";

/** The type that a text like `i16` or `u8` names; null when it names none. */
export function parseFieldType(text: string): FieldType | null {
  if (!/^[iu][1-9][0-9]?$/.test(text)) return null;
  const signed = text[0] === "i";
  const bits = Number(text.slice(1));
  return bits <= (signed ? INT64_BITS : INT64_BITS - 1) ? { signed, bits } : null;
}

/** The integer at a bit of bytes[start, end). */
export function readField(
  bytes: Uint8Array,
  start: number,
  end: number,
  offset: number,
  { signed, bits }: FieldType,
): bigint {
  const first = start + Math.floor(offset / 8);
  const count = Math.floor(((offset % 8) + bits + 7) / 8);
  let value = 0n;
  for (let at = first; at < first + count; at++) value = (value << 8n) | BigInt(at < end ? bytes[at]! : 0);
  value >>= BigInt(count * 8 - (offset % 8) - bits);
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Writes the integer's lowest bits at a bit of the string that begins at `start`; the string is long enough. */
export function writeField(
  bytes: Uint8Array,
  start: number,
  offset: number,
  { bits }: FieldType,
  value: bigint,
): void {
  const first = start + Math.floor(offset / 8);
  const count = Math.floor(((offset % 8) + bits + 7) / 8);
  const shift = BigInt(count * 8 - (offset % 8) - bits);
  let mask = ((1n << BigInt(bits)) - 1n) << shift;
  let rest = BigInt.asUintN(bits, value) << shift;
  for (let at = first + count - 1; at >= first; at--) {
    bytes[at] = (bytes[at]! & ~Number(mask & 0xffn)) | Number(rest & 0xffn);
    mask >>= 8n;
    rest >>= 8n;
  }
}

/** `value + by` as the type can hold it, by the given rule; null when it cannot and the rule is to fail. */
export function addToField(value: bigint, by: bigint, type: FieldType, overflow: Overflow): bigint | null {
  const { signed, bits } = type;
  const side = signed ? signedOverflow(value, by, bits) : unsignedOverflow(value, by, bits);
  if (side === 0) return value + by;
  if (overflow === "fail") return null;
  if (overflow === "wrap") return signed ? BigInt.asIntN(bits, value + by) : BigInt.asUintN(bits, value + by);
  return side > 0 ? greatest(type) : least(type);
}

function greatest({ signed, bits }: FieldType): bigint {
  return (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
}

function least({ signed, bits }: FieldType): bigint {
  return signed ? -(1n << BigInt(bits - 1)) : 0n;
}

/** Above (1), inside (0) or below (-1). A negative value that is to be set counts as a large one, as in Redis. */
function unsignedOverflow(value: bigint, by: bigint, bits: number): number {
  const sum = BigInt.asUintN(INT64_BITS, value) + by;
  if (sum > greatest({ signed: false, bits })) return 1;
  return sum < 0n ? -1 : 0;
}

/**
 * Above (1), inside (0) or below (-1). Redis computes the room above a value in 64 bits; far below the least value
 * that room itself overflows, and Redis takes the value for one that is too large.
 */
function signedOverflow(value: bigint, by: bigint, bits: number): number {
  const most = greatest({ signed: true, bits });
  const room = bits < INT64_BITS ? BigInt.asIntN(INT64_BITS, most - value) : most - value;
  if (value > most || by > room) return 1;
  return value + by < -most - 1n ? -1 : 0;
}
