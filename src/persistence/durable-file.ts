/** Small files that are there whole or not at all, whatever happens while they are written. */

import { basename, dirname, join } from "node:path";
import type { Disk, DiskFile } from "../platform/disk.js";

const TEMPORARY = "temp-";

/** The name under which a file is written before it takes its place. */
export function temporaryName(name: string): string {
  return TEMPORARY + name;
}

/** Writes all of `bytes` at the end of the file. Throws what the disk throws; part may have been written. */
export function writeAll(file: DiskFile, bytes: Uint8Array, start = 0, end = bytes.length): void {
  for (let at = start; at < end; ) {
    const taken = file.write(bytes, at, end);
    if (taken === 0) throw new Error(`short write: the disk took ${at - start} of ${end - start} bytes`);
    at += taken;
  }
}

/**
 * Puts a file at `path`, in place of one that is there: temporary file, its sync, rename, the directory's sync. When
 * it throws, the path holds the old file or, if only the last step failed, the new one.
 */
export function writeDurably(disk: Disk, path: string, bytes: Uint8Array): void {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    writeSynced(disk, temporary, bytes);
    disk.rename(temporary, path);
  } catch (error) {
    removeQuietly(disk, temporary);
    throw error;
  }
  disk.syncDirectoryOf(path);
}

/** Like `writeDurably`, with the device waited for off the loop. */
export async function writeDurablyAside(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    const file = disk.open(temporary, "create");
    try {
      await writeAside(file, bytes);
      await file.sync();
    } finally {
      file.close();
    }
    disk.rename(temporary, path);
  } catch (error) {
    removeQuietly(disk, temporary);
    throw error;
  }
  await disk.syncDirectoryAside(path);
}

/** Like `writeAll`, on the thread pool. */
export async function writeAside(
  file: DiskFile,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Promise<void> {
  for (let at = start; at < end; ) {
    const taken = await file.writeAsync(bytes, at, end);
    if (taken === 0) throw new Error(`short write: the disk took ${at - start} of ${end - start} bytes`);
    at += taken;
  }
}

/** An empty file to append to. One that is there goes, or loses its bytes if it cannot be removed. */
export function openAnew(disk: Disk, path: string): DiskFile {
  removeQuietly(disk, path);
  const file = disk.open(path, "append");
  try {
    if ((disk.stat(path)?.bytes ?? 0) > 0) file.truncate(0);
    return file;
  } catch (error) {
    closeQuietly(file);
    throw error;
  }
}

/** A new file with these bytes, on the device; its name is not, until the directory is synced. */
export function writeSynced(disk: Disk, path: string, bytes: Uint8Array): void {
  const file = disk.open(path, "create");
  try {
    writeAll(file, bytes);
    file.syncNow();
  } finally {
    file.close();
  }
}

/** Removes what may be there; a file that stays does no harm. */
export function removeQuietly(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // It is looked for again at the next start.
  }
}

/** Takes back what was written behind `bytes`; if that fails, the next start does. */
export function truncateQuietly(file: DiskFile, bytes: number): void {
  try {
    file.truncate(bytes);
  } catch {
    // It ends in an incomplete command, or has bytes that its continuation has too.
  }
}

/** Closes a file whose content is not wanted any more, or is safe already. */
export function closeQuietly(file: DiskFile): void {
  try {
    file.close();
  } catch {
    // The system takes the descriptor back all the same.
  }
}

/** Lets go of a file that does not count any more, off the loop: its end may take a while. It is removed from `disk`. */
export async function letGo(file: DiskFile, disk: Disk | null): Promise<void> {
  if (disk !== null) removeQuietly(disk, file.path);
  await file.sync().catch(() => {});
  await file.closeAside().catch(() => {});
}
