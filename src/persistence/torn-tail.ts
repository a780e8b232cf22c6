/** The end of a file as a crash has left it: made sure of, or cut off and kept beside the file where it is unfinished. */

import { isLackOfRoom } from "../config/kinds/directory.js";
import type { Clock } from "../platform/clock.js";
import type { Disk, DiskFile } from "../platform/disk.js";
import { crc32 } from "../util/crc32.js";
import { removeQuietly, writeAll } from "./durable-file.js";

const BLOCK_BYTES = 1024 * 1024;

/** Calls `visit` with the file's bytes from `start` on, block by block. */
function eachBlock(file: DiskFile, start: number, visit: (bytes: Uint8Array) => void): void {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let at = start; ; ) {
    const length = file.read(block, at);
    if (length === 0) return;
    visit(block.subarray(0, length));
    at += length;
  }
}

/** The CRC-32 of the file's bytes from `start` to `end`, or to where it ends before that. */
export function crcOf(file: DiskFile, start: number, end: number): number {
  let crc = 0;
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, end - start));
  for (let at = start; at < end; ) {
    const length = file.read(block.subarray(0, end - at), at);
    if (length === 0) break;
    crc = crc32(block.subarray(0, length), crc);
    at += length;
  }
  return crc;
}

/**
 * Shortens the file at `path` to `length` bytes, once what is cut off is on the device as `<path>.cut-<now>`. Returns
 * that path. Throws what the disk throws, with the file whole in that case.
 */
export function cutTail(disk: Disk, path: string, length: number, now: number): string {
  const kept = keepTail(disk, path, length, now);
  shorten(disk, path, length);
  return kept;
}

/**
 * Like `cutTail`, for bytes that nobody was told are safe: where there is no room for them they are not kept, and null
 * is returned. A full disk is what leaves such bytes, and would else keep the server down.
 */
export function cutUnfinished(disk: Disk, path: string, length: number, now: number): string | null {
  let kept: string | null = null;
  try {
    kept = keepTail(disk, path, length, now);
  } catch (error) {
    if (!isLackOfRoom(error)) throw error;
  }
  shorten(disk, path, length);
  return kept;
}

function keepTail(disk: Disk, path: string, length: number, now: number): string {
  const kept = `${path}.cut-${now}`;
  const reading = disk.open(path, "read");
  try {
    const copy = disk.open(kept, "create");
    try {
      eachBlock(reading, length, (bytes) => writeAll(copy, bytes));
      copy.syncNow();
    } finally {
      copy.close();
    }
    disk.syncDirectoryOf(kept);
  } catch (error) {
    removeQuietly(disk, kept);
    throw error;
  } finally {
    reading.close();
  }
  return kept;
}

function shorten(disk: Disk, path: string, length: number): void {
  const file = disk.open(path, "append");
  try {
    file.truncate(length);
    file.syncNow();
  } finally {
    file.close();
  }
}

/**
 * Has a file on the device whose bytes from `doubtful` on may be with the kernel alone, and the kernel may take them for
 * clean: they are written again, the same as they are, before the sync. Rejects with what the disk throws.
 */
export async function makeSure(disk: Disk, path: string, doubtful: number, clock: Clock): Promise<void> {
  const file = disk.open(path, "update");
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    for (let at = doubtful; ; ) {
      const length = file.read(block, at);
      if (length === 0) break;
      at += file.overwrite(block.subarray(0, length), at);
      await new Promise<void>((resolve) => clock.endOfTurn(resolve));
    }
    await file.sync();
  } finally {
    file.close();
  }
}

/** Where the zero bytes begin that the file ends with; its size when it ends with another byte. */
export function startOfTrailingZeros(file: DiskFile, size: number): number {
  const block = Buffer.alloc(64 * 1024);
  let start = size;
  while (start > 0) {
    const from = Math.max(0, start - block.length);
    const bytes = block.subarray(0, start - from);
    file.read(bytes, from);
    let at = bytes.length;
    while (at > 0 && bytes[at - 1] === 0) at--;
    start = from + at;
    if (at > 0) break;
  }
  return start;
}
