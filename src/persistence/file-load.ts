/** Loading one file of the log. What a crash may leave, and what is damage: see recovery.ts. */

import { systemReason } from "../config/kinds/directory.js";
import type { Mark } from "../log/history.js";
import type { Clock } from "../platform/clock.js";
import type { DiskFile } from "../platform/disk.js";
import type { Request } from "../resp/request.js";
import type { LogLine } from "../util/log-line.js";
import type { AofDirectory } from "./directory.js";
import { FormatError } from "./log-reader.js";
import { LogWindow } from "./log-window.js";
import type { ManifestFile } from "./manifest.js";
import { type Replay, UnknownCommand } from "./replay.js";
import { findSeals, findZeros, sealMatches } from "./seal-checker.js";
import { type LoadPace, loadSnapshot, SnapshotLines, startErrorOf } from "./snapshot-load.js";
import { StartError } from "./start-error.js";
import type { StreamTail } from "./stream-tail.js";
import { cutTail, cutUnfinished, startOfTrailingZeros } from "./torn-tail.js";

export interface RecoveryParts {
  readonly directory: AofDirectory;
  readonly clock: Clock;
  readonly replay: Replay;
  /** The directive `aof-load-truncated`. */
  readonly loadTruncated: boolean;
  /** The directive `aof-load-corrupt-tail-max-size`. */
  readonly corruptTailMax: number;
  readonly log: LogLine;
  /** How much of the stream's end is wanted: `repl-backlog-size`. */
  readonly streamTailBytes: number;
  /** Slower than it could be, for tests of clients that meet a server that loads. */
  readonly pace?: LoadPace;
  /** Whether the rest need not be loaded any more; the load rejects then. */
  readonly isEnding?: () => boolean;
}

/** So many zero bytes in a row are taken for what the device never got, if there is reason to expect such. */
const ZEROS = 8;

/** Thrown where the last file can be loaded up to `limit` only, and may be; some of what is behind may be applied. */
export class TailLost extends Error {
  constructor(
    readonly limit: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** What one file has brought. */
export interface Loaded {
  /** The length that counts. */
  readonly length: number;
  /** Where its last seal ends. */
  readonly sealedBytes: number;
  /** Up to here it was on the device once: a seal says so, or it is a snapshot, which has its name only then. */
  readonly syncedBytes: number;
  /** The mark that the log reaches at its end, if that is known. */
  readonly mark: Mark | null;
}

/** Called now and then, with the bytes read so far and how long to wait for the sake of the pace. */
export type FileProgress = (bytes: number, waitMs: number) => Promise<void>;

/** One file on its way into the engine. */
export class FileLoad {
  private readonly window: LogWindow;
  /** Up to here the file holds whole units. */
  private wholeUntil = 0;
  /** The length of the snapshot that the file begins with. */
  private snapshotBytes = 0;
  /** Where the last annotation ends, or the snapshot. */
  private commandsFrom = 0;
  /** Nothing behind the place that has been reached counts. */
  private ended = false;
  /** The length that is read. */
  private readonly size: number;

  /**
   * `mark`: what the files before reach. `limit`: where to take the file's end to be, after a TailLost.
   */
  constructor(
    private readonly handle: DiskFile,
    private readonly fileSize: number,
    private readonly file: ManifestFile,
    private readonly isLast: boolean,
    private readonly parts: RecoveryParts,
    private mark: Mark | null,
    private readonly tail: StreamTail,
    private readonly limit: number | null,
  ) {
    const size = limit ?? fileSize;
    this.size = size;
    this.window = new LogWindow(handle, 0, size);
  }

  /** Applies the file. */
  async run(progress: FileProgress): Promise<Loaded> {
    const { window } = this;
    const delayMs = this.parts.pace?.keyDelayMs ?? 0;
    this.parts.replay.beginFile();
    if (window.fill() && window.isSnapshot) await this.loadSnapshot(progress);
    do {
      const commands = this.applyWhole();
      await progress(window.position, delayMs * commands);
    } while (!this.ended && window.fill());
    if (this.wholeUntil < this.fileSize) this.incompleteEnd();
    return {
      length: this.wholeUntil,
      sealedBytes: window.seals.sealedUntil,
      syncedBytes: Math.max(window.seals.synced, this.snapshotBytes),
      mark: this.mark,
    };
  }

  private get path(): string {
    return this.parts.directory.pathOf(this.file.name);
  }

  /** Applies what the window holds, and returns how many commands that were. */
  private applyWhole(): number {
    const { window, parts } = this;
    let commands = 0;
    while (this.next()) {
      if (window.request.argc > 0) {
        commands++;
        this.apply(window.request);
        window.take();
      } else this.annotation();
      if (!parts.replay.insideTransaction()) this.wholeUntil = window.position;
    }
    return commands;
  }

  private next(): boolean {
    try {
      return this.window.next();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (this.endsInZeros()) return false;
      throw this.damage(this.wholeUntil, error.message);
    }
  }

  private annotation(): void {
    const { window, tail } = this;
    tail.add(this.path, this.commandsFrom, window.position);
    if (window.isSeal) this.seal();
    window.take();
    this.commandsFrom = window.position;
  }

  private seal(): void {
    const { seals } = this.window;
    if (!this.window.checkSeal()) throw this.damage(seals.sealedUntil, "the checksum does not match");
    this.mark = seals.mark;
    this.tail.reached(seals.mark);
  }

  private apply(request: Request): void {
    this.mark = null;
    try {
      this.parts.replay.apply(request);
    } catch (error) {
      if (!(error instanceof UnknownCommand)) throw error;
      if (this.isBroken())
        throw this.damage(this.window.seals.sealedUntil, `unknown command '${error.command}'`);
      throw new StartError(
        `Unknown command '${error.command}' reading the append only file ${this.file.name}, at offset ${this.window.position} ` +
          `of ${this.path}. Nothing was changed. Start a server that has this command, or remove the command from a ` +
          "copy of the file.",
      );
    }
  }

  /** Whether the next seal does not match what comes before it. */
  private isBroken(): boolean {
    const { position, seals } = this.window;
    const [seal] = findSeals(this.handle, position, this.size);
    return seal !== undefined && !sealMatches(this.handle, seals.sealedUntil, seal);
  }

  /** Whether the file is damaged only in that it ends in zeros, with an incomplete command before them. */
  private endsInZeros(): boolean {
    if (!this.isLast) return false;
    this.ended = this.window.isCutShortAt(startOfTrailingZeros(this.handle, this.size));
    return this.ended;
  }

  private incompleteEnd(): void {
    const { parts, file, fileSize: size, wholeUntil } = this;
    if (!this.isLast) {
      throw new StartError(
        `Fatal error: the truncated file is not the last file: ${this.path} ends inside a command that begins at ` +
          `offset ${wholeUntil}. Nothing was changed. Put a complete copy of the file back.`,
      );
    }
    if (!parts.loadTruncated) {
      throw new StartError(
        `Unexpected end of file reading the append only file ${file.name}. You can: 1) Make a backup of your AOF ` +
          `file, then use ./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the ` +
          `'aof-load-truncated' configuration option to yes and restart the server. (${this.path} is whole up to ` +
          `offset ${wholeUntil} of ${size}.)`,
      );
    }
    if (this.limit === null && findSeals(this.handle, wholeUntil, size).length > 0)
      throw this.damage(wholeUntil, "a length that reaches beyond the end");
    const kept = this.cut();
    const inside = parts.replay.insideTransaction();
    const what = inside ? "a MULTI without its EXEC" : "an incomplete command";
    if (inside) parts.log("warning", `Revert incomplete MULTI/EXEC transaction in AOF file ${file.name}`);
    parts.log("warning", `!!! Warning: short read while loading the AOF file ${file.name}!!!`);
    parts.log(
      "warning",
      `!!! Truncating the AOF ${file.name} at offset ${wholeUntil} !!! It ended in ${what}; the ${size - wholeUntil} ` +
        `bytes that were cut off are ${kept === null ? "gone, since there is no room to keep them" : `kept in ${kept}`}`,
    );
    parts.log("warning", `AOF ${file.name} loaded anyway because aof-load-truncated is enabled`);
    parts.replay.beginFile();
  }

  /** Cuts off what is not whole, and gives back where it is kept, if it is. */
  private cut(): string | null {
    const { directory, clock } = this.parts;
    // With a limit it is more than one unfinished write.
    const cut = this.limit === null ? cutUnfinished : cutTail;
    try {
      return cut(directory.disk, this.path, this.wholeUntil, clock.now());
    } catch (error) {
      throw new StartError(
        `The end of ${this.path} from offset ${this.wholeUntil} on is not whole and could not be cut off: ` +
          `${systemReason(error)}. Nothing was changed. See to the disk and start again.`,
      );
    }
  }

  /** What has to be thrown when the bytes from `from` on are not as they were written. */
  private damage(from: number, reason: string): Error {
    const { seals } = this.window;
    const later = findSeals(this.handle, from, this.size);
    // The line that does not match what comes before it is where the damage ends.
    const until = later[0]?.end ?? this.size;
    if (this.isLast && this.limit === null && this.parts.loadTruncated) {
      if (this.size - from <= this.parts.corruptTailMax) return new TailLost(from, reason);
      const isSealed = seals.seals + later.length > 0;
      const synced = Math.max(seals.synced, ...later.map((seal) => seal.synced));
      const zeros = findZeros(this.handle, Math.max(from, synced), until, ZEROS);
      if (isSealed && zeros !== -1) return new TailLost(zeros, "bytes that never reached the device");
    }
    // A change in what was applied may show only later.
    const since = later.length > 0 ? seals.sealedUntil : from;
    return new StartError(
      `Bad file format reading the append only file ${this.file.name}: make a backup of your AOF file, then use ` +
        `./redis-check-aof --fix <filename.manifest>. (${this.path}: ${reason}; the damage is between offset ${since} ` +
        `and ${until} of ${this.size}. Nothing was changed. "tidemark check-aof ${this.path}" shows more; with --fix it ` +
        `cuts the file at ${since} and keeps what can be saved from behind the damage in a file beside it.)`,
    );
  }

  /** Loads the snapshot that the file begins with; commands may follow. */
  private async loadSnapshot(progress: FileProgress): Promise<void> {
    const { clock, replay, log, pace } = this.parts;
    const lines = new SnapshotLines(clock, log);
    log("notice", "Reading RDB base file on AOF loading...");
    const reader = replay.readSnapshot(this.size, lines);
    let length: number;
    try {
      length = await loadSnapshot(this.handle, this.size, reader, progress, pace);
    } catch (error) {
      throw startErrorOf(error, this.path);
    }
    lines.finished(reader);
    // As good as a seal's, as long as no command follows.
    this.mark = lines.mark;
    this.tail.reached(lines.mark);
    this.commandsFrom = length;
    this.snapshotBytes = length;
    this.wholeUntil = length;
    this.window.moveTo(length);
    this.window.fill();
  }
}
