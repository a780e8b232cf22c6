/**
 * Loading the log at start: base and incr files in the manifest's order, each command handed to the engine.
 *
 * A crash can leave the last file with an incomplete end: half a command, a MULTI whose EXEC is missing, or zeros
 * where the file system had given the file its length but not its bytes. Such an end was never acknowledged under the
 * policy it was written with, so it is cut off and kept beside the file. Anything else that is not a command is
 * damage, and damage is never repaired by leaving things out: the server does not start, and says where it is.
 *
 * Files are read in blocks, with a turn of the event loop after each, so that clients are told that the server is
 * loading instead of waiting for it.
 */

import { FileLoad, type RecoveryParts } from "./file-load.js";
import type { ManifestFile } from "./manifest.js";

/** How far loading is; read while it runs. */
export interface LoadProgress {
  readonly startedMs: number;
  readonly totalBytes: number;
  readonly loadedBytes: number;
}

/** Between two lines of the log about the progress. */
const REPORT_US = 2_000_000;

export class Recovery implements LoadProgress {
  readonly startedMs: number;
  readonly totalBytes: number;
  private finishedBytes = 0;
  private bytesOfFile = 0;
  private reportedUs: number;

  constructor(private readonly parts: RecoveryParts) {
    const { clock, directory } = parts;
    this.startedMs = clock.now();
    this.reportedUs = clock.monotonicUs();
    this.totalBytes = directory.manifest.files.reduce((sum, { name }) => sum + directory.sizeOf(name), 0);
  }

  get loadedBytes(): number {
    return this.finishedBytes + this.bytesOfFile;
  }

  /** Loads everything. Rejects with a StartError; what has been applied by then is of no use. */
  async run(): Promise<void> {
    const { directory, clock, log } = this.parts;
    const began = clock.monotonicUs();
    const { files } = directory.manifest;
    for (const file of files) await this.load(file, file === files.at(-1));
    log("notice", `DB loaded from append only file: ${this.secondsSince(began)} seconds`);
  }

  private async load(file: ManifestFile, isLast: boolean): Promise<void> {
    const { directory, clock, log } = this.parts;
    const began = clock.monotonicUs();
    const handle = directory.disk.open(directory.pathOf(file.name), "read");
    let length: number;
    try {
      length = await new FileLoad(handle, directory.sizeOf(file.name), file, isLast, this.parts).run(
        (bytes) => this.progress(bytes),
      );
    } finally {
      handle.close();
    }
    this.finishedBytes += length;
    this.bytesOfFile = 0;
    const kind = file.type === "b" ? "base" : "incr";
    if (length > 0)
      log("notice", `DB loaded from ${kind} file ${file.name}: ${this.secondsSince(began)} seconds`);
  }

  private progress(bytes: number): Promise<void> {
    const { clock, log } = this.parts;
    this.bytesOfFile = bytes;
    if (clock.monotonicUs() - this.reportedUs > REPORT_US) {
      this.reportedUs = clock.monotonicUs();
      const percent = ((this.loadedBytes / this.totalBytes) * 100).toFixed(0);
      log("notice", `Loading the append only file: ${percent}% of ${this.totalBytes} bytes`);
    }
    return new Promise((resolve) => clock.endOfTurn(resolve));
  }

  private secondsSince(began: number): string {
    return ((this.parts.clock.monotonicUs() - began) / 1e6).toFixed(3);
  }
}
