/**
 * Going on in a new incr file when the old one could not be synced.
 *
 * After a failed fdatasync the kernel takes the pages for clean, whether the device has them or not; a second call
 * succeeds and means nothing. So the bytes since the last good sync, which are still in memory, are written again, to
 * a new file, in these steps:
 *
 *  1. secure: under the policy `no` bytes before those may be lost as well, and no longer be in memory. They are written
 *     again in their place, as far as the kernel still has them; a hole is harmless only while the old file is the last
 *     one. To be certain of them, a rewrite follows (loss.ts).
 *  2. draft: the new file, with a first line that says what it continues (continuation.ts), then the bytes. Synced,
 *     and its name too.
 *  3. cut: the old file ends where the copy begins. Nothing is replayed twice (INCR twice would be wrong).
 *  4. publish: the manifest names the new file.
 *
 * A step that fails is done again later; once the old file has been cut, the draft is all there is on the device of
 * these bytes and is not touched any more. While the manifest cannot be changed the old file has them as well, so that
 * a server that knows nothing of continuations finds everything. A crash after any step is put right by
 * continued-files.ts at the next start.
 */

import type { Clock } from "../platform/clock.js";
import type { DiskFile } from "../platform/disk.js";
import { encodeCommand } from "../resp/request.js";
import { crc32 } from "../util/crc32.js";
import type { Piece } from "./block-queue.js";
import { formatContinuation } from "./continuation.js";
import type { AofDirectory } from "./directory.js";
import { closeQuietly, openAnew, truncateQuietly, writeAside } from "./durable-file.js";
import type { ManifestFile } from "./manifest.js";
import type { GoOn, Replacement } from "./replacement.js";
import { makeSure } from "./torn-tail.js";

export interface ReplacementParts {
  readonly directory: AofDirectory;
  readonly old: DiskFile;
  /** The length of the old file up to which it stays. */
  readonly position: number;
  /** Up to here the device has it; what follows up to `position` nobody has any more but the kernel. */
  readonly safe: number;
  /** What was written behind that. */
  readonly pieces: readonly Piece[];
  readonly clock: Clock;
  /** The database that is selected before the first byte that the new file gets; -1: the bytes select one. */
  readonly database: number;
}

type Step = "secure" | "draft" | "cut" | "publish";

export class FileReplacement implements Replacement {
  private step: Step = "secure";
  private readonly entry: ManifestFile;
  private file: DiskFile | null = null;
  private length = 0;
  private crc = 0;

  constructor(private readonly parts: ReplacementParts) {
    this.entry = parts.directory.reserveIncr();
  }

  /**
   * Does what is left to do. Rejects with the disk's error; then it is called again. Gives back how to go on in the new
   * file.
   */
  async run(): Promise<GoOn> {
    if (this.step === "secure") {
      await this.secure();
      this.step = "draft";
    }
    if (this.step === "draft") {
      await this.draft();
      this.step = "cut";
    }
    if (this.step === "cut") {
      this.parts.old.truncate(this.parts.position);
      this.step = "publish";
    }
    await this.publish().catch(async (error: unknown) => {
      if (!this.mayBeNamed()) await this.takeCutBack();
      throw error;
    });
    const { directory } = this.parts;
    directory.giveBack(this.entry);
    return (tail) => {
      const kept = tail.settledBytes;
      closeQuietly(tail.continueIn(this.file!, this.length, this.length, this.crc));
      return kept;
    };
  }

  giveUp(): void {
    this.parts.directory.giveBack(this.entry);
  }

  private async secure(): Promise<void> {
    const { directory, old, safe, position, clock } = this.parts;
    if (safe < position) await makeSure(directory.disk, old.path, safe, clock);
  }

  private async draft(): Promise<void> {
    const { directory } = this.parts;
    const path = directory.pathOf(this.entry.name);
    if (this.file !== null) closeQuietly(this.file);
    await directory.settle();
    const file = openAnew(directory.disk, path);
    this.file = file;
    this.length = 0;
    this.crc = 0;
    for (const bytes of this.content()) {
      await writeAside(file, bytes);
      this.length += bytes.length;
      this.crc = crc32(bytes, this.crc);
    }
    await file.sync();
    await directory.disk.syncDirectoryAside(path);
  }

  /** The line that says what this is, and what is carried over. */
  private content(): Buffer[] {
    const { pieces, database, directory, position } = this.parts;
    const select = database === -1 ? Buffer.alloc(0) : encodeCommand(["SELECT", String(database)]);
    const copy = [select, ...pieces.map(({ bytes, start, end }) => bytes.subarray(start, end))];
    const carried = copy.reduce((sum, bytes) => sum + bytes.length, 0);
    const crc = copy.reduce((sum, bytes) => crc32(bytes, sum), 0);
    const { seq, name } = directory.manifest.lastIncr!;
    const length = directory.sizeOf(name);
    return [Buffer.from(formatContinuation({ seq, position, length, carried, crc })), ...copy];
  }

  private async publish(): Promise<void> {
    const { old, directory } = this.parts;
    await old.sync();
    await directory.alter((manifest) => manifest.withIncr(this.entry));
  }

  private mayBeNamed(): boolean {
    const { disk, manifestPath } = this.parts.directory;
    try {
      return disk.readFile(manifestPath)?.includes(` ${this.entry.name} `) !== false;
    } catch {
      return true;
    }
  }

  /** The old file gets its bytes back, or stays cut. */
  private async takeCutBack(): Promise<void> {
    const { old, pieces, position } = this.parts;
    try {
      for (const { bytes, start, end } of pieces) await writeAside(old, bytes, start, end);
      this.step = "cut";
    } catch {
      truncateQuietly(old, position);
    }
  }
}
