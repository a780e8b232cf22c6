/**
 * Going on in a new incr file when the old one could not be synced.
 *
 * After a failed fdatasync the kernel takes the pages for clean, whether the device has them or not; a second call
 * succeeds and means nothing. So the bytes since the last good sync, which are still in memory, are written again, to
 * a new file, in three steps:
 *
 *  1. draft: the new file, with a first line that says what it continues (continuation.ts), then the bytes. Synced,
 *     and its name too.
 *  2. cut: the old file ends where the copy begins. Nothing is replayed twice (INCR twice would be wrong).
 *  3. publish: the manifest names the new file.
 *
 * A step that fails is done again later; once the old file has been cut, the draft is all there is of these bytes and
 * is not touched any more. A crash after any step is put right by continued-files.ts at the next start.
 */

import type { LogBlock } from "../log/block.js";
import type { DiskFile } from "../platform/disk.js";
import { encodeCommand } from "../resp/request.js";
import { formatContinuation } from "./continuation.js";
import type { AofDirectory } from "./directory.js";
import { closeQuietly, removeQuietly } from "./durable-file.js";
import type { ManifestFile } from "./manifest.js";

export interface ReplacementParts {
  readonly directory: AofDirectory;
  readonly old: DiskFile;
  /** The length of the old file up to which it is known to be good. */
  readonly position: number;
  /** What was written behind that. */
  readonly blocks: readonly LogBlock[];
  /** The database that is selected before the first byte that the new file gets; -1: the bytes select one. */
  readonly database: number;
}

type Step = "draft" | "cut" | "publish";

export class FileReplacement {
  private step: Step = "draft";
  private readonly entry: ManifestFile;
  private file: DiskFile | null = null;
  private length = 0;

  constructor(private readonly parts: ReplacementParts) {
    this.entry = parts.directory.nextIncr;
  }

  /** Does what is left to do. Rejects with the disk's error; then it is called again. */
  async run(): Promise<{ file: DiskFile; bytes: number }> {
    if (this.step === "draft") {
      await this.draft();
      this.step = "cut";
    }
    if (this.step === "cut") {
      await this.cut();
      this.step = "publish";
    }
    this.publish();
    return { file: this.file!, bytes: this.length };
  }

  private async draft(): Promise<void> {
    const { directory } = this.parts;
    const path = directory.pathOf(this.entry.name);
    if (this.file !== null) closeQuietly(this.file);
    removeQuietly(directory.disk, path);
    const file = directory.disk.open(path, "append");
    this.file = file;
    if (directory.sizeOf(this.entry.name) > 0) file.truncate(0);
    const head = this.head();
    await writeAll(file, head, 0, head.length);
    this.length = head.length;
    for (const { bytes, start, end } of this.parts.blocks) {
      await writeAll(file, bytes, start, end);
      this.length += end - start;
    }
    await file.sync();
    directory.disk.syncDirectoryOf(path);
  }

  private head(): Uint8Array {
    const { blocks, database, directory, position } = this.parts;
    const select = database === -1 ? new Uint8Array(0) : encodeCommand(["SELECT", String(database)]);
    const carried = blocks.reduce((sum, block) => sum + block.length, select.length);
    const { seq } = directory.manifest.lastIncr!;
    return Buffer.concat([Buffer.from(formatContinuation({ seq, position, carried })), select]);
  }

  private async cut(): Promise<void> {
    this.parts.old.truncate(this.parts.position);
    await this.parts.old.sync();
  }

  private publish(): void {
    const { directory } = this.parts;
    directory.save(directory.manifest.withIncr(this.entry));
  }
}

async function writeAll(file: DiskFile, bytes: Uint8Array, start: number, end: number): Promise<void> {
  for (let at = start; at < end; ) at += await file.writeAsync(bytes, at, end);
}
