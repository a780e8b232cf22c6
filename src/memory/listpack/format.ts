/**
 * The listpack: a sequence of strings and integers in one run of bytes, walkable in both directions.
 *
 *     total bytes (u32 LE) | count (u16 LE, 65535 = must be counted) | entry ... | 0xff
 *
 * An entry is an encoding byte, what belongs to it, and the size of both again, written so that it can be read from
 * its last byte backwards ("backlen"): seven bits a byte, the lowest seven last; every byte but the first of them
 * has its top bit set, which tells the backward reader to go on.
 *
 *     0vvvvvvv                       integer 0..127
 *     10llllll  data                 string of up to 63 bytes
 *     110vvvvv vvvvvvvv              signed 13-bit integer, high bits first
 *     1110llll llllllll  data        string of up to 4095 bytes, high bits of the length first
 *     0xf0  length (u32 LE)  data    longer string
 *     0xf1, 0xf2, 0xf3, 0xf4         signed 16, 24, 32, 64-bit integer, little endian
 *
 * A string that is the canonical form of a 64-bit integer is always stored as that integer, in the first form of those
 * above that holds it. Redis keeps small hashes, lists, sets, sorted sets and every stream node in this format, in
 * memory, in RDB files and in DUMP payloads; so does Tidemark, and saving a small collection is a copy.
 *
 * All functions work on a listpack at bytes[base...], so that it may lie in a bigger buffer. Positions of entries are
 * relative to base: they stay valid when the listpack is moved to another block.
 */

/** Where the first entry begins. */
export const HEADER_SIZE = 6;
/** The bytes of a listpack without entries. */
export const EMPTY_SIZE = HEADER_SIZE + 1;
/** The count that says "too many for 16 bits, or not known". */
export const COUNT_UNKNOWN = 0xffff;
export const TERMINATOR = 0xff;
/** No position: before the first entry, after the last, or not found. */
export const NONE = -1;

export const STRING32 = 0xf0;
export const INT16 = 0xf1;
export const INT24 = 0xf2;
export const INT32 = 0xf3;
export const INT64 = 0xf4;

/** Writes a listpack without entries; returns its size. */
export function create(bytes: Uint8Array, base: number): number {
  writeTotal(bytes, base, EMPTY_SIZE);
  writeCount(bytes, base, 0);
  bytes[base + HEADER_SIZE] = TERMINATOR;
  return EMPTY_SIZE;
}

/** The size of the listpack in bytes, header and terminator included. */
export function totalBytes(bytes: Uint8Array, base: number): number {
  return readU32(bytes, base);
}

export function writeTotal(bytes: Uint8Array, base: number, total: number): void {
  bytes[base] = total;
  bytes[base + 1] = total >>> 8;
  bytes[base + 2] = total >>> 16;
  bytes[base + 3] = total >>> 24;
}

/** The count in the header, which may be COUNT_UNKNOWN. */
export function headerCount(bytes: Uint8Array, base: number): number {
  return bytes[base + 4]! | (bytes[base + 5]! << 8);
}

export function writeCount(bytes: Uint8Array, base: number, count: number): void {
  bytes[base + 4] = count;
  bytes[base + 5] = count >>> 8;
}

/** The little-endian unsigned 32-bit number at `at`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** The size of the entry at absolute offset `at`, its backlen not included; 0 when no entry begins like that. */
export function contentSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc0) return 1 + (first & 0x3f);
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 2 + (((first & 0x0f) << 8) | bytes[at + 1]!);
  switch (first) {
    case STRING32:
      return 5 + readU32(bytes, at + 1);
    case INT16:
      return 3;
    case INT24:
      return 4;
    case INT32:
      return 5;
    case INT64:
      return 9;
    default:
      return 0;
  }
}

/** How many bytes the backlen of an entry of this content size takes. */
export function backlenSize(size: number): number {
  if (size <= 127) return 1;
  // From here on Redis leaves the largest value that would fit to the next size: the files depend on it.
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}

/** Writes the backlen at absolute offset `at`; returns its end. */
export function writeBacklen(bytes: Uint8Array, at: number, size: number): number {
  const length = backlenSize(size);
  let rest = size;
  for (let place = at + length - 1; place > at; place--) {
    bytes[place] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at] = rest;
  return at + length;
}

/** The content size in the backlen whose last byte is at absolute offset `last`; -1 when it is too long for one. */
export function readBacklen(bytes: Uint8Array, last: number): number {
  let size = 0;
  let weight = 1;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[last - i]!;
    size += (byte & 127) * weight;
    if (byte < 128) return size;
    weight *= 128;
  }
  return -1;
}

/** The size of the entry at absolute offset `at`, its backlen included. */
export function entrySize(bytes: Uint8Array, at: number): number {
  const size = contentSize(bytes, at);
  return size + backlenSize(size);
}
