/**
 * The compact encodings of older versions, turned into listpacks. Both formats are walked once, and every length is
 * checked against the end.
 *
 * ## Ziplist: lists, hashes and sorted sets until Redis 6
 *
 *     total bytes (u32 LE) | offset of the last entry (u32 LE) | count (u16 LE, 65535 = unknown) | entry ... | 0xff
 *
 * An entry begins with the size of the one before it: one byte below 254, or 254 and four bytes little endian. Then:
 *
 *     00llllll  data                        string of up to 63 bytes
 *     01llllll llllllll  data               string of up to 16383 bytes, high bits of the length first
 *     10000000  length (u32 BE)  data       longer string
 *     0xc0, 0xd0, 0xe0                      signed 16, 32, 64-bit integer, little endian
 *     0xf0, 0xfe                            signed 24, 8-bit integer
 *     0xf1 to 0xfd                          integer 0 to 12
 *
 * ## Zipmap: hashes until Redis 2.4
 *
 *     count (byte, 254 = unknown) | entry ... | 0xff
 *
 * An entry is: length of the field, field, length of the value, a byte that tells how many bytes behind the value are
 * not used, value, those bytes. A length is one byte below 254, or 254 and four bytes little endian.
 */

import * as listpack from "../../memory/listpack.js";
import type { Slice } from "../../util/slice.js";
import type { InputString } from "./input.js";

const ZIPLIST_HEADER = 10;
const COUNT_UNKNOWN = 0xffff;
const END = 0xff;
/** A byte that tells that the length follows in four bytes. */
const LONG = 254;

function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Where listpack entries are put together. */
class Builder {
  private readonly target: Uint8Array;

  /** `room` is what the listpack may need. */
  constructor(
    private readonly result: InputString,
    room: number,
  ) {
    this.target = result.room(room);
    listpack.create(this.target, 0);
  }

  text(bytes: Uint8Array, start: number, end: number): void {
    listpack.append(this.target, 0, bytes, start, end);
  }

  integer(value: number | bigint): void {
    listpack.appendInteger(this.target, 0, value);
  }

  finish(): void {
    this.result.end = listpack.totalBytes(this.target, 0);
  }
}

/** Puts the ziplist's entries into `result` as a listpack; false when it is none. */
export function listpackOfZiplist(source: Slice, result: InputString): boolean {
  const { bytes, start, end } = source;
  const size = end - start;
  if (size < ZIPLIST_HEADER + 1 || u32(bytes, start) !== size || bytes[end - 1] !== END) return false;
  const count = bytes[start + 8]! | (bytes[start + 9]! << 8);
  // Strings of more than 126 bytes may take a few more than before, all else takes no more.
  const builder = new Builder(result, size + (size >>> 5) + 64);
  let entries = 0;
  let previous = 0;
  let at = start + ZIPLIST_HEADER;
  while (at < end - 1) {
    const next = ziplistEntry(bytes, at, end - 1, previous, builder);
    if (next === 0) return false;
    previous = next - at;
    at = next;
    entries++;
  }
  builder.finish();
  const tail = entries === 0 ? ZIPLIST_HEADER : at - previous - start;
  return u32(bytes, start + 4) === tail && (count === COUNT_UNKNOWN || count === entries);
}

/** Takes the entry at `at` over and returns its end; 0 when there is none that ends by `end`. */
function ziplistEntry(
  bytes: Uint8Array,
  at: number,
  end: number,
  previous: number,
  builder: Builder,
): number {
  const long = bytes[at] === LONG;
  const body = at + (long ? 5 : 1);
  if (body >= end || (long ? u32(bytes, at + 1) : bytes[at]) !== previous) return 0;
  const first = bytes[body]!;
  if (first < 0xc0) {
    const head = first < 0x40 ? 1 : first < 0x80 ? 2 : 5;
    if (body + head > end) return 0;
    const length = stringLength(bytes, body, first);
    const text = body + head;
    if (length > end - text) return 0;
    builder.text(bytes, text, text + length);
    return text + length;
  }
  const size = integerSize(first);
  if (size < 0 || body + 1 + size > end) return 0;
  builder.integer(integerOf(bytes, body + 1, first));
  return body + 1 + size;
}

function stringLength(bytes: Uint8Array, at: number, first: number): number {
  if (first < 0x40) return first;
  if (first < 0x80) return ((first & 63) << 8) | bytes[at + 1]!;
  return ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) >>> 0;
}

/** Bytes that follow the one that tells the encoding, -1 when it tells none. */
function integerSize(first: number): number {
  switch (first) {
    case 0xc0:
      return 2;
    case 0xd0:
      return 4;
    case 0xe0:
      return 8;
    case 0xf0:
      return 3;
    case 0xfe:
      return 1;
    default:
      return first > 0xf0 && first < 0xfe ? 0 : -1;
  }
}

function integerOf(bytes: Uint8Array, at: number, first: number): number | bigint {
  switch (first) {
    case 0xc0:
      return ((bytes[at]! << 16) | (bytes[at + 1]! << 24)) >> 16;
    case 0xd0:
      return u32(bytes, at) | 0;
    case 0xe0: {
      const high = u32(bytes, at + 4) | 0;
      const value = high * 4294967296 + u32(bytes, at);
      return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(u32(bytes, at));
    }
    case 0xf0:
      return ((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) >> 8;
    case 0xfe:
      return (bytes[at]! << 24) >> 24;
    default:
      return (first & 15) - 1;
  }
}

/** Puts the zipmap's fields and values into `result` as a listpack; false when it is none. */
export function listpackOfZipmap({ bytes, start, end }: Slice, result: InputString): boolean {
  if (end - start < 2 || bytes[end - 1] !== END) return false;
  // An empty string takes two bytes where it took one.
  const builder = new Builder(result, (end - start) * 2 + 64);
  const last = end - 1;
  let fields = 0;
  let at = start + 1;
  while (at < last) {
    const field = zipmapText(bytes, at, last);
    if (field === null) return false;
    const value = zipmapText(bytes, field.end, last, 1);
    if (value === null) return false;
    const unused = bytes[value.start - 1]!;
    at = value.end + unused;
    if (at > last) return false;
    builder.text(bytes, field.start, field.end);
    builder.text(bytes, value.start, value.end);
    fields++;
  }
  builder.finish();
  return bytes[start]! >= LONG || bytes[start] === fields;
}

/** The range of a string whose length is at `at`, with `between` bytes before it; null when it goes beyond `end`. */
function zipmapText(
  bytes: Uint8Array,
  at: number,
  end: number,
  between = 0,
): { start: number; end: number } | null {
  if (at >= end) return null;
  const first = bytes[at]!;
  if (first > LONG) return null;
  const start = at + (first === LONG ? 5 : 1) + between;
  if (start > end) return null;
  const length = first === LONG ? u32(bytes, at + 1) : first;
  return length > end - start ? null : { start, end: start + length };
}
