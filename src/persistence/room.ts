/** The running log must not lose its last space to a rewrite: whether there is room for one, and still is. */

import type { AofDirectory } from "./directory.js";

const RESERVED_BYTES = 32 * 1024 * 1024;

/** Throws when a rewrite would leave the log too little. */
export function checkRoom(directory: AofDirectory): void {
  const free = directory.disk.freeBytes(directory.path);
  const base = directory.isSingle ? directory.manifest.lastIncr : directory.manifest.base;
  const expected = base === null ? 0 : directory.sizeOf(base.name);
  if (free !== null && free < expected + RESERVED_BYTES)
    throw new Error(
      `${free} bytes are free in ${directory.path}, and a base of about ${expected} bytes has to leave ${RESERVED_BYTES} for the log`,
    );
}

/** Why a rewrite that runs has to end, or null. */
export function lackOfRoom({ path, disk }: AofDirectory): string | null {
  const free = disk.freeBytes(path);
  if (free === null || free >= RESERVED_BYTES / 2) return null;
  return `Only ${free} bytes are free in ${path}: the rewrite ends so that the log has them`;
}
