/** Holds the bytes of a log file against its seals (log/seal.ts), and finds seals behind bytes that make no sense. */

import type { Mark } from "../log/history.js";
import { parseSeal, SEAL_PREFIX, type Seal } from "../log/seal.js";
import type { DiskFile } from "../platform/disk.js";
import { crc32 } from "../util/crc32.js";
import { crcOf } from "./torn-tail.js";

export class SealChecker {
  /** The end of the last seal, or where checking began. */
  sealedUntil = 0;
  /** How many seals have been found right. */
  seals = 0;
  /** The length of the file that is known to have been on the device. */
  synced = 0;
  /** The mark of the last seal. */
  mark: Mark | null = null;
  /** Up to here the file has been taken in. */
  position = 0;
  private crc = 0;

  /** Checking begins here: behind an RDB preamble. */
  begin(position: number): void {
    this.position = position;
    this.sealedUntil = position;
    this.crc = 0;
  }

  /** The next bytes of the file. */
  take(bytes: Uint8Array): void {
    this.crc = crc32(bytes, this.crc);
    this.position += bytes.length;
  }

  /** Whether the seal in this line, which comes next in the file, is right. */
  check(line: Buffer): boolean {
    const seal = parseSeal(line.toString("latin1"));
    if (seal === null || seal.position !== this.position) return false;
    if (crc32(line.subarray(0, seal.covered), this.crc) !== seal.crc) return false;
    this.seals++;
    this.synced = Math.max(this.synced, seal.synced);
    this.mark = seal.mark;
    this.begin(this.position + line.length);
    return true;
  }
}

/** Whether the seal matches the bytes from `start` to it. */
export function sealMatches(file: DiskFile, start: number, { position, covered, crc }: FoundSeal): boolean {
  return crcOf(file, start, position + covered) === crc;
}

/** A seal that stands where it says it stands; what it covers is not checked. */
export interface FoundSeal extends Seal {
  readonly end: number;
}

const BLOCK_BYTES = 1024 * 1024;
const LINE_BYTES = 128;
const LF = 10;

/** The seals between two places of a file, in order. */
export function findSeals(file: DiskFile, start: number, end: number): FoundSeal[] {
  const found: FoundSeal[] = [];
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, Math.max(end - start, LINE_BYTES)));
  for (let at = start; at < end; ) {
    const length = file.read(block.subarray(0, end - at), at);
    if (length === 0) break;
    const bytes = block.subarray(0, length);
    for (let line = bytes.indexOf(SEAL_PREFIX); line !== -1; line = bytes.indexOf(SEAL_PREFIX, line + 1)) {
      const newline = bytes.indexOf(LF, line);
      const seal = newline === -1 ? null : parseSeal(bytes.toString("latin1", line, newline + 1));
      if (seal?.position === at + line) found.push({ ...seal, end: at + newline + 1 });
    }
    // A line may lie across the end of the block; a seal that ends in the part that is read again is the last one found.
    const next = at + length >= end ? end : at + length - LINE_BYTES;
    at = Math.max(next, found.at(-1)?.end ?? 0, at + 1);
  }
  return found;
}

/** Where so many zero bytes in a row begin between two places of a file, at `from` or behind it; -1: nowhere. */
export function findZeros(file: DiskFile, from: number, end: number, count: number): number {
  const zeros = Buffer.alloc(count);
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let at = from; at < end; ) {
    const length = file.read(block.subarray(0, end - at), at);
    const found = block.subarray(0, length).indexOf(zeros);
    if (found !== -1) return at + found;
    if (length < count) break;
    at += Math.max(length - count + 1, 1);
  }
  return -1;
}
