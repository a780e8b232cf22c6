/**
 * The intset: distinct integers in ascending order, all of the width that the widest of them needs.
 *
 *     width in bytes, 2, 4 or 8 (u32 LE) | count (u32 LE) | integers, signed, little endian
 *
 * Redis keeps small sets of integers in this format, in memory and in RDB files. A set never becomes narrower again.
 *
 * All functions work on an intset at bytes[base...]. A member is a number, or a bigint where it is beyond the safe
 * range and only there; 64-bit members are compared as two words, so that searching makes no bigint.
 */

import { parseInteger, parseInteger64 } from "../util/integer.js";

export const HEADER_SIZE = 8;
export type Member = number | bigint;

type Width = 2 | 4 | 8;

/** Writes an empty intset; returns its size. */
export function create(bytes: Uint8Array, base: number): number {
  writeWord(bytes, base, 2);
  writeWord(bytes, base + 4, 0);
  return HEADER_SIZE;
}

/** The member that value[start, end) spells, or null when it is no 64-bit integer in canonical form. */
export function parseMember(value: Uint8Array, start: number, end: number): Member | null {
  const integer = parseInteger(value, start, end);
  if (!Number.isNaN(integer)) return integer;
  return end - start < 16 ? null : parseInteger64(value, start, end);
}

export function count(bytes: Uint8Array, base: number): number {
  return readWord(bytes, base + 4) >>> 0;
}

/** The size in bytes, header included. */
export function totalBytes(bytes: Uint8Array, base: number): number {
  return HEADER_SIZE + count(bytes, base) * width(bytes, base);
}

/** The member with this index, 0 being the least and count - 1 the greatest. */
export function get(bytes: Uint8Array, base: number, index: number): Member {
  const size = width(bytes, base);
  return readMember(bytes, base + HEADER_SIZE + index * size, size);
}

/** The index of a member, or -1 - n when it is absent and n members are less. */
export function indexOf(bytes: Uint8Array, base: number, member: Member): number {
  const size = width(bytes, base);
  if (widthOf(member) > size) return member < 0 ? -1 : -1 - count(bytes, base);
  return size === 8 ? search64(bytes, base, member) : searchNarrow(bytes, base, size, Number(member));
}

/** Whether it is a member. */
export function has(bytes: Uint8Array, base: number, member: Member): boolean {
  return indexOf(bytes, base, member) >= 0;
}

/** The size in bytes that the intset will have once it holds this member, which may need a wider encoding. */
export function sizeWith(bytes: Uint8Array, base: number, member: Member): number {
  const size = width(bytes, base);
  const needed = widthOf(member);
  if (needed > size) return HEADER_SIZE + (count(bytes, base) + 1) * needed;
  return totalBytes(bytes, base) + (has(bytes, base, member) ? 0 : size);
}

/** Adds a member if it is absent; bytes[base...] must have room for `sizeWith`. Returns the new size. */
export function add(bytes: Uint8Array, base: number, member: Member): number {
  const found = indexOf(bytes, base, member);
  if (found >= 0) return totalBytes(bytes, base);
  widen(bytes, base, widthOf(member));
  const size = width(bytes, base);
  const at = base + HEADER_SIZE + (-1 - found) * size;
  const end = base + totalBytes(bytes, base);
  bytes.copyWithin(at + size, at, end);
  writeMember(bytes, at, size, member);
  writeWord(bytes, base + 4, count(bytes, base) + 1);
  return end + size - base;
}

/** Removes a member if it is present; returns the new size. */
export function remove(bytes: Uint8Array, base: number, member: Member): number {
  const index = indexOf(bytes, base, member);
  const total = totalBytes(bytes, base);
  if (index < 0) return total;
  const size = width(bytes, base);
  const at = base + HEADER_SIZE + index * size;
  bytes.copyWithin(at, at + size, base + total);
  writeWord(bytes, base + 4, count(bytes, base) - 1);
  return total - size;
}

/**
 * Whether bytes[base, base + length) is an intset from outside: a known width, the size that its count gives, at least
 * one member (Redis refuses an empty one), and when `deep` members in strictly ascending order.
 */
export function isValid(bytes: Uint8Array, base: number, length: number, deep: boolean): boolean {
  if (length < HEADER_SIZE) return false;
  const size = readWord(bytes, base);
  if (size !== 2 && size !== 4 && size !== 8) return false;
  const members = count(bytes, base);
  if (members === 0 || HEADER_SIZE + members * size !== length) return false;
  if (!deep) return true;
  for (let i = 1; i < members; i++) if (get(bytes, base, i - 1) >= get(bytes, base, i)) return false;
  return true;
}

/** Goes through an intset that does not change, from the least member up. */
export class Walk {
  readonly count: number;
  private readonly size: Width;
  private readonly first: number;
  private index = 0;

  constructor(
    private readonly bytes: Uint8Array,
    base: number,
  ) {
    this.count = count(bytes, base);
    this.size = width(bytes, base);
    this.first = base + HEADER_SIZE;
  }

  get(index: number): Member {
    return readMember(this.bytes, this.first + index * this.size, this.size);
  }

  /** Goes on to the first member that is not less than this one, in few steps if it is near; whether it is this one. */
  reaches(member: Member): boolean {
    let end = this.index;
    for (let step = 1; end < this.count && this.get(end) < member; step *= 2) {
      this.index = end + 1;
      end += step;
    }
    end = Math.min(end, this.count);
    while (this.index < end) {
      const middle = (this.index + end) >>> 1;
      if (this.get(middle) < member) this.index = middle + 1;
      else end = middle;
    }
    return this.index < this.count && this.get(this.index) === member;
  }
}

function width(bytes: Uint8Array, base: number): Width {
  return readWord(bytes, base) as Width;
}

function widthOf(member: Member): Width {
  if (typeof member === "bigint") return 8;
  if (member >= -32768 && member < 32768) return 2;
  return member >= -2147483648 && member < 2147483648 ? 4 : 8;
}

/** Gives every member the wider encoding, from the last on, so that none is overwritten before it is read. */
function widen(bytes: Uint8Array, base: number, size: Width): void {
  const old = width(bytes, base);
  if (size <= old) return;
  for (let i = count(bytes, base) - 1; i >= 0; i--) {
    const member = readMember(bytes, base + HEADER_SIZE + i * old, old);
    writeMember(bytes, base + HEADER_SIZE + i * size, size, member);
  }
  writeWord(bytes, base, size);
}

function searchNarrow(bytes: Uint8Array, base: number, size: 2 | 4, member: number): number {
  const from = base + HEADER_SIZE;
  let low = 0;
  let high = count(bytes, base) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const held = readNarrow(bytes, from + middle * size, size);
    if (held === member) return middle;
    if (held < member) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

function search64(bytes: Uint8Array, base: number, member: Member): number {
  const top = highWord(member);
  const bottom = lowWord(member);
  const from = base + HEADER_SIZE;
  let low = 0;
  let high = count(bytes, base) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = from + middle * 8;
    const heldTop = readWord(bytes, at + 4);
    const heldBottom = readWord(bytes, at) >>> 0;
    if (heldTop === top && heldBottom === bottom) return middle;
    if (heldTop < top || (heldTop === top && heldBottom < bottom)) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

function readMember(bytes: Uint8Array, at: number, size: Width): Member {
  if (size !== 8) return readNarrow(bytes, at, size);
  const top = readWord(bytes, at + 4);
  const bottom = readWord(bytes, at) >>> 0;
  const value = top * 4294967296 + bottom;
  return Number.isSafeInteger(value) ? value : (BigInt(top) << 32n) | BigInt(bottom);
}

function writeMember(bytes: Uint8Array, at: number, size: Width, member: Member): void {
  if (size === 2) {
    bytes[at] = Number(member);
    bytes[at + 1] = Number(member) >> 8;
    return;
  }
  writeWord(bytes, at, lowWord(member));
  if (size === 8) writeWord(bytes, at + 4, highWord(member));
}

function readNarrow(bytes: Uint8Array, at: number, size: 2 | 4): number {
  return size === 4 ? readWord(bytes, at) : ((bytes[at]! << 16) | (bytes[at + 1]! << 24)) >> 16;
}

function highWord(member: Member): number {
  return typeof member === "bigint" ? Number(member >> 32n) : Math.floor(member / 4294967296);
}

function lowWord(member: Member): number {
  return typeof member === "bigint" ? Number(member & 0xffffffffn) : member >>> 0;
}

/** The little-endian signed 32-bit word at `at`. */
function readWord(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}
