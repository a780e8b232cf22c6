/**
 * Going on in a new file when the single file could not be synced: it cannot continue in a second one, so all of it is
 * written again. What the device has is copied from the old file, what was written behind that from memory, and the
 * copy takes the old file's place. Byte for byte it is what the old file holds, or should.
 *
 * A step that fails is done again later. Until the copy's name is on the device nothing is acknowledged that the old
 * file does not have there.
 */

import type { DiskFile } from "../platform/disk.js";
import type { Piece } from "./block-queue.js";
import { closeQuietly, openAnew, temporaryName, writeAside } from "./durable-file.js";
import type { GoOn, Replacement } from "./replacement.js";
import type { SingleDirectory } from "./single-directory.js";

const BLOCK_BYTES = 1024 * 1024;

export interface SingleReplacementParts {
  readonly directory: SingleDirectory;
  /** The length of the old file up to which the device has it. */
  readonly position: number;
  /** What was written behind that. */
  readonly pieces: readonly Piece[];
}

type Step = "draft" | "rename" | "name";

export class SingleReplacement implements Replacement {
  private file: DiskFile | null = null;

  /** `step` `name`: the file has its place already, only its name is not on the device. */
  constructor(
    private readonly parts: SingleReplacementParts,
    private step: Step = "draft",
  ) {}

  async run(): Promise<GoOn> {
    const { directory } = this.parts;
    const temporary = directory.pathOf(temporaryName(`${directory.location.appendfilename}-copy`));
    if (this.step === "draft") {
      await this.draft(temporary);
      this.step = "rename";
    }
    if (this.step === "rename") {
      directory.disk.rename(temporary, directory.filePath);
      this.step = "name";
    }
    await directory.disk.syncDirectoryAside(directory.filePath);
    return (tail) => {
      if (this.file !== null) closeQuietly(tail.continueInCopy(this.file));
      return 0;
    };
  }

  giveUp(): void {}

  private async draft(temporary: string): Promise<void> {
    const { directory, position, pieces } = this.parts;
    if (this.file !== null) closeQuietly(this.file);
    this.file = null;
    const file = openAnew(directory.disk, temporary);
    this.file = file;
    const old = directory.disk.open(directory.filePath, "read");
    try {
      const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, Math.max(1, position)));
      for (let at = 0; at < position; ) {
        const length = old.read(block.subarray(0, position - at), at);
        if (length === 0) throw new Error(`${directory.filePath} is shorter than it was`);
        await writeAside(file, block, 0, length);
        at += length;
      }
    } finally {
      old.close();
    }
    for (const { bytes, start, end } of pieces) await writeAside(file, bytes, start, end);
    await file.sync();
  }
}
