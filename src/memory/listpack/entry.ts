/** Reading one entry of a listpack without making anything. */

import { copy } from "../../util/copy.js";
import { digits, writeInteger, writeInteger64 } from "../../util/integer.js";
import { INT16, INT24, INT32, readU32, STRING32 } from "./format.js";
import { next } from "./position.js";

/** What an entry holds. One object serves any number of reads. */
export class ListpackEntry {
  isInteger = false;
  /** The integer; NaN when it is beyond the safe range, and then `big` has it. */
  value = 0;
  big = 0n;
  /** Of a string: where its bytes begin, as an absolute offset, and how many they are. */
  start = 0;
  length = 0;
}

/** Reads the entry at a position; returns the position of the following one, or NONE. */
export function read(bytes: Uint8Array, base: number, position: number, entry: ListpackEntry): number {
  const at = base + position;
  if (isInteger(bytes, at)) {
    entry.isInteger = true;
    entry.value = integerAt(bytes, at);
    if (Number.isNaN(entry.value)) entry.big = bigAt(bytes, at);
  } else {
    entry.isInteger = false;
    entry.start = stringStart(bytes, at);
    entry.length = stringLength(bytes, at);
  }
  return next(bytes, base, position);
}

/** Whether the entry at absolute offset `at` is an integer. */
export function isInteger(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  return first < 0x80 || (first >= 0xc0 && first < 0xe0) || first > STRING32;
}

/** Where the bytes of the string entry at absolute offset `at` begin. */
export function stringStart(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0xc0) return at + 1;
  return first < STRING32 ? at + 2 : at + 5;
}

export function stringLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0xc0) return first & 0x3f;
  return first < STRING32 ? ((first & 0x0f) << 8) | bytes[at + 1]! : readU32(bytes, at + 1);
}

/** The integer of the integer entry at absolute offset `at`; NaN when it is beyond the safe range. */
export function integerAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  if (first < 0xe0) return (((first & 0x1f) << 27) >> 19) | bytes[at + 1]!;
  switch (first) {
    case INT16:
      return ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) >> 16;
    case INT24:
      return ((bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >> 8;
    case INT32:
      return readU32(bytes, at + 1) | 0;
    default: {
      const value = (readU32(bytes, at + 5) | 0) * 4294967296 + readU32(bytes, at + 1);
      return Number.isSafeInteger(value) ? value : Number.NaN;
    }
  }
}

/** The integer of the 64-bit integer entry at absolute offset `at`. */
export function bigAt(bytes: Uint8Array, at: number): bigint {
  return (BigInt(readU32(bytes, at + 5) | 0) << 32n) | BigInt(readU32(bytes, at + 1));
}

/** How many bytes the entry is as text: the length of the string, or of the integer's decimal form. */
export function textLength(entry: ListpackEntry): number {
  if (!entry.isInteger) return entry.length;
  return Number.isNaN(entry.value) ? entry.big.toString().length : digits(entry.value);
}

/** Writes the entry as text at `at`; `bytes` is what it was read from. Returns the end of what was written. */
export function writeText(entry: ListpackEntry, bytes: Uint8Array, target: Uint8Array, at: number): number {
  if (entry.isInteger) {
    if (Number.isNaN(entry.value)) return writeInteger64(target, at, entry.big);
    return writeInteger(target, at, entry.value);
  }
  copy(bytes, entry.start, entry.start + entry.length, target, at);
  return at + entry.length;
}

/** The entry as text, in bytes of its own. */
export function textOf(entry: ListpackEntry, bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(textLength(entry));
  writeText(entry, bytes, text, 0);
  return text;
}
