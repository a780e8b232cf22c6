/** The incr file that a rewrite begins: made ready before the cut, so that the cut itself has little to do. */

import { formatSeal } from "../log/seal.js";
import type { DiskFile } from "../platform/disk.js";
import type { AofDirectory } from "./directory.js";
import { closeQuietly, openAnew, removeQuietly, writeAll } from "./durable-file.js";
import type { ManifestFile } from "./manifest.js";

export class NextIncr {
  private isOpen = true;

  private constructor(
    readonly directory: AofDirectory,
    readonly entry: ManifestFile,
    readonly file: DiskFile,
    /** Its length. */
    readonly bytes: number,
  ) {}

  /**
   * Makes the file, on the device with its name. It holds nothing but a seal, so that a hole behind it can be told from
   * damage. Rejects with the disk's error.
   */
  static async draft(directory: AofDirectory, entry: ManifestFile, seals: boolean): Promise<NextIncr> {
    const path = directory.pathOf(entry.name);
    await directory.settle();
    const file = openAnew(directory.disk, path);
    try {
      const seal = seals ? formatSeal(0, 0, null, 0) : Buffer.alloc(0);
      writeAll(file, seal);
      await file.sync();
      await directory.disk.syncDirectoryAside(path);
      return new NextIncr(directory, entry, file, seal.length);
    } catch (error) {
      closeQuietly(file);
      throw error;
    }
  }

  /** Whether it can still follow the last one: nothing that was begun later is in the manifest. */
  get isNext(): boolean {
    return this.directory.nextIncr.seq <= this.entry.seq;
  }

  /** Closes the file: whoever goes on in it opens it himself. */
  release(): void {
    if (this.isOpen) closeQuietly(this.file);
    this.isOpen = false;
  }

  /** It is not wanted after all. */
  discard(): void {
    const { directory, entry } = this;
    this.release();
    if (!directory.isDoubtful) removeQuietly(directory.disk, directory.pathOf(entry.name));
  }
}
