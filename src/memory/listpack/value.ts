/** Encoding a value as an entry of a listpack. */

import { copy } from "../../util/copy.js";
import { parseInteger, parseInteger64 } from "../../util/integer.js";
import { backlenSize, INT16, INT24, INT32, INT64, STRING32, writeBacklen, writeTotal } from "./format.js";

/** "-9223372036854775808" */
const LONGEST_INTEGER = 20;

/** The bytes that value[start, end) takes as an entry, its backlen included. */
export function encodedSize(value: Uint8Array, start: number, end: number): number {
  const integer = integerOf(value, start, end);
  return integer === null ? encodedStringSize(end - start) : encodedIntegerSize(integer);
}

/** The bytes that an integer takes as an entry, its backlen included. */
export function encodedIntegerSize(value: number | bigint): number {
  return integerContentSize(value) + 1;
}

function encodedStringSize(length: number): number {
  const size = length + stringHeaderSize(length);
  return size + backlenSize(size);
}

function stringHeaderSize(length: number): number {
  if (length < 64) return 1;
  return length < 4096 ? 2 : 5;
}

/** The integer that value[start, end) has to be stored as, or null. */
function integerOf(value: Uint8Array, start: number, end: number): number | bigint | null {
  const length = end - start;
  if (length > LONGEST_INTEGER) return null;
  const integer = parseInteger(value, start, end);
  if (!Number.isNaN(integer)) return integer;
  return length < 16 ? null : parseInteger64(value, start, end);
}

/** Writes value[start, end) as an entry at absolute offset `at`; returns its end. */
export function writeValue(
  bytes: Uint8Array,
  at: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  const integer = integerOf(value, start, end);
  return integer === null ? writeString(bytes, at, value, start, end) : writeIntegerValue(bytes, at, integer);
}

function writeString(bytes: Uint8Array, at: number, value: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const body = at + stringHeaderSize(length);
  if (length < 64) bytes[at] = 0x80 | length;
  else if (length < 4096) {
    bytes[at] = 0xe0 | (length >> 8);
    bytes[at + 1] = length;
  } else {
    bytes[at] = STRING32;
    writeTotal(bytes, at + 1, length);
  }
  copy(value, start, end, bytes, body);
  return writeBacklen(bytes, body + length, body + length - at);
}

function integerContentSize(value: number | bigint): number {
  if (typeof value === "bigint") return 9;
  if (value >= 0 && value < 128) return 1;
  if (value >= -4096 && value < 4096) return 2;
  if (value >= -32768 && value < 32768) return 3;
  if (value >= -8388608 && value < 8388608) return 4;
  return value >= -2147483648 && value < 2147483648 ? 5 : 9;
}

/** Writes an integer as an entry at absolute offset `at`; returns its end. A bigint is for what no number holds. */
export function writeIntegerValue(bytes: Uint8Array, at: number, value: number | bigint): number {
  const size = integerContentSize(value);
  if (typeof value === "bigint") {
    bytes[at] = INT64;
    writeTotal(bytes, at + 1, Number(value & 0xffffffffn));
    writeTotal(bytes, at + 5, Number(value >> 32n));
  } else writeNumber(bytes, at, value, size);
  bytes[at + size] = size;
  return at + size + 1;
}

function writeNumber(bytes: Uint8Array, at: number, value: number, size: number): void {
  switch (size) {
    case 1:
      bytes[at] = value;
      return;
    case 2:
      bytes[at] = 0xc0 | ((value >> 8) & 0x1f);
      bytes[at + 1] = value;
      return;
    case 9:
      bytes[at] = INT64;
      writeTotal(bytes, at + 1, value >>> 0);
      writeTotal(bytes, at + 5, Math.floor(value / 4294967296));
      return;
  }
  bytes[at] = size === 3 ? INT16 : size === 4 ? INT24 : INT32;
  for (let i = 1; i < size; i++) bytes[at + i] = value >> (8 * (i - 1));
}
