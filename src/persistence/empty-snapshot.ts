/**
 * The RDB file without keys (snapshot/rdb/format.ts) that a new log starts from: stock servers expect a base.
 */

import { MAGIC } from "../snapshot/rdb/format.js";
import { Crc64 } from "../util/crc64.js";

/** What a stock server writes into the auxiliary fields of a base file. */
export interface SnapshotOrigin {
  readonly version: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly usedMemory: number;
}

const AUX = 0xfa;
const END = 0xff;

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

/** Whether a file that starts with these bytes holds a snapshot; `length`: so many of them are of the file. */
export function isSnapshot(bytes: Uint8Array, length = bytes.length): boolean {
  return length >= 9 && Buffer.from(bytes.buffer, bytes.byteOffset, 9).toString("latin1").startsWith(MAGIC);
}
