/**
 * RDB files without keys: all of the format that the append-only file needs before the snapshot reader is here.
 *
 * A new log starts from an empty state, and stock servers expect that as an RDB file: magic and version, auxiliary
 * fields (opcode fa, two strings), the end (opcode ff), CRC-64 of everything before it. A file that was saved without
 * keys may also name databases (fe) and table sizes (fb).
 */

import { Crc64 } from "../util/crc64.js";

/** What a stock server writes into the auxiliary fields of a base file. */
export interface SnapshotOrigin {
  readonly version: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly usedMemory: number;
}

const AUX = 0xfa;
const RESIZE = 0xfb;
const SELECT = 0xfe;
const END = 0xff;
const MAGIC = "REDIS";
const NEWEST_VERSION = 12;

/** An RDB file, version 10, that holds nothing and is marked as the base of an append-only file. */
export function emptyBase(origin: SnapshotOrigin): Uint8Array {
  const fields = [
    ...text("redis-ver"),
    ...text(origin.version),
    AUX,
    ...text("redis-bits"),
    0xc0,
    64,
    AUX,
    ...text("ctime"),
    ...int32(origin.createdAt),
    AUX,
    ...text("used-mem"),
    ...int32(Math.min(origin.usedMemory, 0x7fffffff)),
    AUX,
    ...text("aof-base"),
    0xc0,
    1,
  ];
  const body = Buffer.from([...Buffer.from(`${MAGIC}0010`), AUX, ...fields, END]);
  return Buffer.concat([body, new Crc64().update(body).bytes()]);
}

/** A string shorter than 64 bytes. */
function text(value: string): number[] {
  return [value.length, ...Buffer.from(value, "latin1")];
}

/** A number stored as a string of four bytes. */
function int32(value: number): number[] {
  return [0xc2, value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

/** Whether a file that starts with these bytes holds a snapshot. */
export function isSnapshot(bytes: Uint8Array, length: number): boolean {
  return length >= 9 && Buffer.from(bytes.buffer, bytes.byteOffset, 9).toString("latin1").startsWith(MAGIC);
}

/**
 * The length of the snapshot without keys that the bytes start with, its checksum included; null when it holds
 * anything, is damaged, longer than `bytes` or of a newer version.
 */
export function emptySnapshotLength(bytes: Uint8Array): number | null {
  if (!isSnapshot(bytes, bytes.length)) return null;
  const version = Number(Buffer.from(bytes.subarray(5, 9)).toString("latin1"));
  if (!(version >= 1 && version <= NEWEST_VERSION)) return null;
  const body = skipToEnd(bytes);
  if (body === null || version < 5) return body;
  const stored = bytes.subarray(body, body + 8);
  if (stored.length < 8) return null;
  const intact =
    stored.every((byte) => byte === 0) || sameBytes(stored, new Crc64().update(bytes, 0, body).bytes());
  return intact ? body + 8 : null;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}

/** The position behind the end opcode, or null when something else than fields comes first. */
function skipToEnd(bytes: Uint8Array): number | null {
  let at: number | null = 9;
  while (at !== null && at < bytes.length) {
    const opcode = bytes[at++]!;
    if (opcode === END) return at;
    if (opcode === SELECT) at = skipLength(bytes, at);
    else if (opcode === RESIZE) at = skipTwice(bytes, at, skipLength);
    else if (opcode === AUX) at = skipTwice(bytes, at, skipString);
    else return null;
  }
  return null;
}

type Skip = (bytes: Uint8Array, at: number) => number | null;

function skipTwice(bytes: Uint8Array, at: number, skip: Skip): number | null {
  const between = skip(bytes, at);
  return between === null ? null : skip(bytes, between);
}

/** Behind a length: 6, 14 or 32 bits. */
function skipLength(bytes: Uint8Array, at: number): number | null {
  const kind = bytes[at]! >> 6;
  return kind === 0 ? at + 1 : kind === 1 ? at + 2 : bytes[at] === 0x80 ? at + 5 : null;
}

/** Behind a string: counted bytes, or a number of 1, 2 or 4 bytes. */
function skipString(bytes: Uint8Array, at: number): number | null {
  const first = bytes[at] ?? 0xff;
  if (first < 0x40) return at + 1 + first;
  if (first < 0x80) return at + 2 + ((first & 0x3f) << 8) + (bytes[at + 1] ?? 0);
  return first === 0xc0 ? at + 2 : first === 0xc1 ? at + 3 : first === 0xc2 ? at + 5 : null;
}
