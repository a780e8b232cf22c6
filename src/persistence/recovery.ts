/**
 * Loading the log at start: base and incr files in the manifest's order, each command handed to the engine.
 *
 * A crash can leave the last file with an incomplete end: half a command, a MULTI whose EXEC is missing, or zeros
 * where the file system had given the file its length but not its bytes. Such an end was never acknowledged under the
 * policy it was written with, so it is cut off and kept beside the file. After a failed sync it may also leave a hole:
 * zeros with commands behind them. The seals in the file (log/seal.ts) say up to where everything was on the device
 * once; a hole behind that place is the crash's work and treated like an incomplete end. Anything else that is not a
 * command, or does not match its checksum, is damage, and damage is never repaired by leaving things out: the server
 * does not start, and says where it is.
 *
 * A command is applied when it is whole; the seal that covers it may follow later. If it turns out that the end has to
 * be cut before something that has been applied, everything is forgotten and loaded again up to there.
 *
 * What a start has loaded, it acknowledges from then on: clients read it, and write on top of it. So before that all of it
 * has to be on the device, and a sync alone does not show that. If a sync of the run before has failed and the process
 * died before it could go on in a new file, the kernel has those bytes, takes their pages for clean, and lets every later
 * sync succeed without writing them; a power loss would then leave a hole before what the new run has acknowledged.
 * Nobody can ask whether that was so. Therefore bytes in doubt are written again before they are synced, in their place and
 * the same as they are: that makes their pages dirty, and if it is cut short the file is what it was. In doubt is what
 * lies behind the place that an incr file's seals know to be on the device: next to nothing. Where there are no seals
 * (the single file, files of another server) it is all that follows the snapshot at the file's beginning. A base that a
 * rewrite has made was on the device before it had its name. The names are synced as well, since the run before may have
 * been killed between a rename and the sync of its directory. If any of that cannot be done, the server does not start.
 *
 * Files are read in blocks, with a turn of the event loop after each, so that clients are told that the server is
 * loading instead of waiting for it.
 */

import { systemReason } from "../config/kinds/directory.js";
import type { Mark } from "../log/history.js";
import type { Disk, DiskFile } from "../platform/disk.js";
import { holdsNoCommand } from "./continued-files.js";
import type { AofDirectory } from "./directory.js";
import { FileLoad, type RecoveryParts, TailLost } from "./file-load.js";
import type { ManifestFile } from "./manifest.js";
import { breathe } from "./snapshot-load.js";
import { StartError, stopIfEnding } from "./start-error.js";
import { StreamTail } from "./stream-tail.js";
import { makeSure } from "./torn-tail.js";

/** How far loading is; read while it runs. */
export interface LoadProgress {
  readonly startedMs: number;
  readonly totalBytes: number;
  readonly loadedBytes: number;
}

/**
 * Where in the list of files the last one is that holds anything but annotations: a file that was begun at a change of
 * files which did not come to its end does not make the one before it any less the last.
 */
function lastWithCommands(directory: AofDirectory): number {
  const { files } = directory.manifest;
  let last = files.length - 1;
  while (last > 0 && holdsNoCommand(directory, files[last]!)) last--;
  return last;
}

/** Between two lines of the log about the progress. */
const REPORT_US = 2_000_000;

export class Recovery implements LoadProgress {
  readonly startedMs: number;
  totalBytes: number;
  /** The mark that the log reaches, if that is known: it ends with a seal that has one. */
  mark: Mark | null = null;
  private tail!: StreamTail;
  private sealed: { file: ManifestFile; bytes: number } | null = null;
  private finishedBytes = 0;
  private bytesOfFile = 0;
  private reportedUs: number;

  constructor(private readonly parts: RecoveryParts) {
    const { clock, directory } = parts;
    this.startedMs = clock.now();
    this.reportedUs = clock.monotonicUs();
    this.totalBytes = directory.totalBytes;
  }

  get loadedBytes(): number {
    return this.finishedBytes + this.bytesOfFile;
  }

  /** Loads everything. Rejects with a StartError; what has been applied by then is of no use. */
  async run(): Promise<void> {
    const { clock, log, directory } = this.parts;
    const began = clock.monotonicUs();
    this.totalBytes = directory.totalBytes;
    try {
      await this.loadAll(null);
    } catch (error) {
      if (!(error instanceof TailLost)) throw error;
      log("warning", `The end of the append only file is lost: ${error.message}. Loading it up to there`);
      this.parts.replay.forget();
      this.finishedBytes = 0;
      await this.loadAll(error.limit);
    }
    await this.makeSureOfNames();
    log("notice", `DB loaded from append only file: ${this.secondsSince(began)} seconds`);
  }

  /** Where the last seal ends in the file that was loaded last; 0 for another file. */
  sealedBytesOf(file: ManifestFile): number {
    return this.sealed?.file.name === file.name ? this.sealed.bytes : 0;
  }

  /** The end of the replication stream up to the mark, as far as the files have it. */
  streamTail(): Buffer {
    return this.mark === null ? Buffer.alloc(0) : this.tail.read(this.parts.directory.disk, this.mark);
  }

  /** `limit`: where to end in the last file. */
  private async loadAll(limit: number | null): Promise<void> {
    const { files } = this.parts.directory.manifest;
    this.mark = null;
    this.tail = new StreamTail(this.parts.streamTailBytes);
    const last = lastWithCommands(this.parts.directory);
    for (const [index, file] of files.entries()) await this.load(file, index >= last, limit);
  }

  private async load(file: ManifestFile, isLast: boolean, limit: number | null): Promise<void> {
    const { directory, clock, log } = this.parts;
    const began = clock.monotonicUs();
    const handle = openToRead(directory.disk, directory.pathOf(file.name));
    let length: number;
    try {
      const size = directory.sizeOf(file.name);
      const ends = isLast && limit !== null ? Math.min(limit, size) : null;
      const load = new FileLoad(handle, size, file, isLast, this.parts, this.mark, this.tail, ends);
      const loaded = await load.run((bytes, waitMs) => this.progress(bytes, waitMs));
      length = loaded.length;
      this.mark = loaded.mark;
      this.sealed = { file, bytes: loaded.sealedBytes };
      await this.makeSureOf(handle, isLast || file.type === "i" ? loaded.syncedBytes : null);
    } finally {
      handle.close();
    }
    this.finishedBytes += length;
    this.bytesOfFile = 0;
    const kind = file.type === "b" ? "base" : "incr";
    if (length > 0)
      log("notice", `DB loaded from ${kind} file ${file.name}: ${this.secondsSince(began)} seconds`);
  }

  /** Has the file on the device, which may not have what is behind `doubtful`. */
  private makeSureOf(handle: DiskFile, doubtful: number | null): Promise<void> {
    const { directory, clock } = this.parts;
    return safely(handle.path, () =>
      doubtful === null ? handle.sync() : makeSure(directory.disk, handle.path, doubtful, clock),
    );
  }

  /** Has the names of the files on the device, which a run that was killed may have left to the system. */
  private makeSureOfNames(): Promise<void> {
    const { directory } = this.parts;
    return safely(directory.path, async () => {
      directory.disk.syncDirectoryOf(directory.manifestPath);
      if (!directory.isSingle) directory.disk.syncDirectoryOf(directory.path);
    });
  }

  private async progress(bytes: number, waitMs: number): Promise<void> {
    const { clock, log, isEnding } = this.parts;
    this.bytesOfFile = bytes;
    if (clock.monotonicUs() - this.reportedUs > REPORT_US) {
      this.reportedUs = clock.monotonicUs();
      const percent = ((this.loadedBytes / this.totalBytes) * 100).toFixed(0);
      log("notice", `Loading the append only file: ${percent}% of ${this.totalBytes} bytes`);
    }
    await breathe(clock, waitMs);
    stopIfEnding(isEnding);
  }

  private secondsSince(began: number): string {
    return ((this.parts.clock.monotonicUs() - began) / 1e6).toFixed(3);
  }
}

function openToRead(disk: Disk, path: string): DiskFile {
  try {
    return disk.open(path, "read");
  } catch (error) {
    throw new StartError(
      `Fatal error: can't open the append log file ${path} for reading: ${systemReason(error)}`,
    );
  }
}

/** Does what brings the path to the device. Rejects with a StartError. */
async function safely(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const reason = systemReason(error);
    throw new StartError(
      `${path} was loaded, but cannot be brought to the device: ${reason}. See to the disk and start again.`,
    );
  }
}
