/**
 * The running log must not lose its last space to a rewrite. There is room for one when the base, if it becomes as big
 * as the last one, leaves a reserve to the log; one that takes more of it than half ends (snapshot-file.ts).
 */

import type { AofDirectory } from "./directory.js";

/** The reserve is a share of the file system, and on a big one no more than so many bytes. */
const RESERVED_SHARE = 1 / 8;
const RESERVED_MAX = 32 * 1024 * 1024;

/** Throws when a rewrite would leave the log too little. */
export function checkRoom(directory: AofDirectory): void {
  const space = directory.disk.space(directory.path);
  if (space === null) return;
  const base = directory.isSingle ? directory.manifest.lastIncr : directory.manifest.base;
  const expected = base === null ? 0 : directory.sizeOf(base.name);
  const reserved = reserve(space.total);
  if (space.free < expected + reserved)
    throw new Error(
      `${space.free} bytes are free in ${directory.path}, and a base of about ${expected} bytes has to leave ${reserved} for the log`,
    );
}

/** How many bytes of the file system a rewrite leaves, whatever it needs. */
export function bytesToLeave({ path, disk }: AofDirectory): number {
  const space = disk.space(path);
  return space === null ? 0 : Math.floor(reserve(space.total) / 2);
}

function reserve(total: number): number {
  return Math.min(RESERVED_MAX, Math.floor(total * RESERVED_SHARE));
}
