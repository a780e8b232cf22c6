/**
 * A snapshot becomes the base of a new append-only file: a server that was run without one is started with
 * `appendonly yes`.
 *
 * The dump has been loaded by then, so it is known to be sound. It is copied, and stays where it is. The manifest comes
 * last and makes the copy valid; a start that finds a copy without a manifest, which a crash in between leaves, does all
 * of it again.
 */

import { join } from "node:path";
import type { Clock } from "../platform/clock.js";
import type { Disk, DiskFile } from "../platform/disk.js";
import { isEmptySnapshot } from "../snapshot/rdb/inspection.js";
import type { AofDirectory, AofLocation } from "./directory.js";
import { removeQuietly, temporaryName, writeAll } from "./durable-file.js";

/** A file that is larger than this holds keys, whatever else it is. */
const EMPTY_SNAPSHOT_BYTES = 64 * 1024;
const BLOCK_BYTES = 1024 * 1024;

export function dumpPath(location: AofLocation): string {
  return join(location.dir, location.dbfilename);
}

/** Whether there is a file that may hold data: one that is neither empty nor a whole snapshot without keys. */
export function holdsData(disk: Disk, path: string): boolean {
  const size = disk.stat(path)?.bytes ?? 0;
  if (size === 0) return false;
  return size > EMPTY_SNAPSHOT_BYTES || !isEmptySnapshot(disk.readFile(path) ?? new Uint8Array(0));
}

/** Whether both files hold the same bytes. */
export function isCopy(disk: Disk, path: string, original: string): boolean {
  const size = disk.stat(original)?.bytes;
  if (size === undefined || disk.stat(path)?.bytes !== size) return false;
  const one = disk.open(path, "read");
  const other = disk.open(original, "read");
  try {
    const left = Buffer.alloc(BLOCK_BYTES);
    const right = Buffer.alloc(BLOCK_BYTES);
    for (let at = 0; at < size; at += BLOCK_BYTES) {
      if (one.read(left, at) !== other.read(right, at) || !left.equals(right)) return false;
    }
    return true;
  } finally {
    one.close();
    other.close();
  }
}

/** Copies the dump to the place of a base file, on the device when it settles. Rejects with what the disk throws. */
export async function copyDump(directory: AofDirectory, clock: Clock, name: string): Promise<void> {
  const { disk, location } = directory;
  const temporary = directory.pathOf(temporaryName(name));
  const source = disk.open(dumpPath(location), "read");
  try {
    const target = disk.open(temporary, "create");
    try {
      await copyAll(source, target, clock);
      await target.sync();
    } finally {
      target.close();
    }
    disk.rename(temporary, directory.pathOf(name));
    disk.syncDirectoryOf(temporary);
  } catch (error) {
    removeQuietly(disk, temporary);
    throw error;
  } finally {
    source.close();
  }
}

/** Copies a file, a block in each turn of the event loop: clients are told that the server is loading. */
export async function copyAll(source: DiskFile, target: DiskFile, clock: Clock): Promise<void> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let at = 0; ; ) {
    const length = source.read(block, at);
    if (length === 0) return;
    writeAll(target, block, 0, length);
    at += length;
    await new Promise<void>((resolve) => clock.endOfTurn(resolve));
  }
}
