/**
 * The rewrite in the single-file layout, as Redis made it before version 7.
 *
 * There is no second file that could take the writes which arrive meanwhile. From the cut on they go to two places:
 * into the running file as before, so that it is complete whatever becomes of the rewrite, and into a buffer
 * (rewrite-buffer.ts), from which they flow to the thread. So the new file is, in this order,
 *
 *     the snapshot of the cut        written by the thread, under a temporary name
 *     what came in meanwhile         written by the thread, until it asks for the end of the stream
 *     what is left in the buffer     appended by this module, on the thread pool, and synced there
 *     the last few bytes             likewise, while later writes wait: they go into the new file, or back into the old
 *
 * and both files hold every write since the cut in the same order, since both take the same blocks of the log in one
 * place (AppendOnlyFile.flush). The change is one rename, of a file that is whole and on the device; a crash before it
 * leaves the old file, one behind it the new one, and both have everything that was acknowledged. Where the rename
 * succeeds but the directory cannot be synced, nobody knows which of the two a power loss would leave: nothing more is
 * acknowledged as safe until that sync has succeeded.
 */

import type { DiskFile } from "../platform/disk.js";
import type { AofLatencyEvent } from "./aof-parts.js";
import type { AppendOnlyFile } from "./append-only-file.js";
import { closeQuietly, removeQuietly, writeAside } from "./durable-file.js";
import type { RewriteBuffer } from "./rewrite-buffer.js";
import type { SingleDirectory } from "./single-directory.js";

/** The turn of the change appends no more than this, unless writes come in faster than the disk takes them. */
const LAST_BYTES = 64 * 1024;
const ROUNDS = 20;

/** Does something and notes how long it took. */
export type Timed = <T>(event: AofLatencyEvent, action: () => T) => T;

export interface SingleChange {
  readonly directory: SingleDirectory;
  /** The running file and what it has taken since the cut; null when the append-only file is off. */
  readonly running: { readonly aof: AppendOnlyFile; readonly buffer: RewriteBuffer } | null;
  /** Where the thread has left the new file. */
  readonly path: string;
  /** Gives the log's bytes to the running file. */
  readonly drain: () => void;
  /** Whether the running file is still the one of the cut. */
  readonly isCurrent: () => boolean;
  readonly timed: Timed;
}

/** Completes the new file and goes on in it. Rejects with what went wrong: then all is as before. */
export async function changeSingleFile(change: SingleChange): Promise<void> {
  const { directory, running, path, timed } = change;
  const { disk } = directory;
  if (running === null) {
    timed("aof-rename", () => disk.rename(path, directory.filePath));
    await disk.syncDirectoryAside(directory.filePath);
    directory.adopt();
    return;
  }
  const { aof, buffer } = running;
  const file = disk.open(path, "append");
  try {
    for (let round = 0; round < ROUNDS && buffer.length > LAST_BYTES; round++) await bringOver(file, buffer);
    await aof.replaceBy(change.drain, async () => {
      if (!change.isCurrent()) throw new Error("the append-only file was switched off");
      await timed("aof-rewrite-diff-write", () => bringOver(file, buffer));
      timed("aof-rename", () => disk.rename(path, directory.filePath));
      directory.adopt();
      const { total, crc } = buffer;
      const bytes = directory.sizeOf(directory.location.appendfilename);
      return { file, bytes, unsealed: total, crc, doubt: await nameDoubt(directory) };
    });
  } catch (error) {
    closeQuietly(file);
    removeQuietly(disk, path);
    throw error;
  }
}

/** What waits in the buffer goes into the file, and is on the device there. */
async function bringOver(file: DiskFile, buffer: RewriteBuffer): Promise<void> {
  for (const bytes of buffer.takeAll()) await writeAside(file, bytes);
  await file.sync();
}

/** Why the file's name may not be on the device, or null. */
async function nameDoubt(directory: SingleDirectory): Promise<unknown> {
  return directory.disk.syncDirectoryAside(directory.filePath).then(
    () => null,
    (error: unknown) => error,
  );
}
