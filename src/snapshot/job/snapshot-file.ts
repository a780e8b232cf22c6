/**
 * A file that is there whole or not at all: written under a temporary name, synced, renamed, the directory synced. It
 * is written in place, by a thread that may wait for the device.
 */

import { dirname } from "node:path";
import type { Disk, DiskFile } from "../../platform/disk.js";
import type { FileTarget } from "./message.js";

/** With incremental sync, so many bytes at most are not on the device yet. */
const SYNC_BYTES = 16 * 1024 * 1024;

export class SnapshotFile {
  private readonly file: DiskFile;
  private unsynced = 0;

  /** Throws, as all of its methods, what the disk throws. */
  constructor(
    private readonly disk: Disk,
    private readonly target: FileTarget,
  ) {
    this.file = disk.open(target.temporary, "create");
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.checkRoom(end - start);
    for (let at = start; at < end; ) {
      const taken = this.file.write(bytes, at, end);
      if (taken === 0) throw new Error(`short write: the disk took ${at - start} of ${end - start} bytes`);
      at += taken;
    }
    this.unsynced += end - start;
    if (this.target.incrementalSync && this.unsynced >= SYNC_BYTES) {
      this.file.syncNow();
      this.unsynced = 0;
    }
  }

  private checkRoom(bytes: number): void {
    const { leave = 0, temporary } = this.target;
    if (leave === 0) return;
    const path = dirname(temporary);
    const free = this.disk.space(path)?.free ?? Number.POSITIVE_INFINITY;
    if (free < bytes + leave)
      throw new Error(`only ${free} bytes are free in ${path}, and ${leave} are left to the log`);
  }

  /** Puts the file in its place. When it throws after the rename, the new one is there already. */
  publish(): void {
    const { disk, file, target } = this;
    file.syncNow();
    file.close();
    disk.rename(target.temporary, target.path);
    disk.syncDirectoryOf(target.path);
  }

  /** Removes what was written. Does not throw: what stays is removed at the next start. */
  discard(): void {
    try {
      this.file.close();
    } catch {
      // It may be closed already; if not, the system takes the descriptor back all the same.
    }
    try {
      this.disk.remove(this.target.temporary);
    } catch {
      // See above.
    }
  }
}
