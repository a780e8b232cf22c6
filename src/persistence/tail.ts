/**
 * The end of the log on its way into a file: blocks that wait to be written, blocks that are written and kept until
 * they are synced, the annotations between them, and where in the file that is. When to do what is decided in
 * append-only-file.ts.
 */

import { systemReason } from "../config/kinds/directory.js";
import { LogBlock } from "../log/block.js";
import type { Log } from "../log/log.js";
import type { DiskFile } from "../platform/disk.js";
import { encodeCommand } from "../resp/request.js";
import { Annotation } from "./annotation.js";
import type { AofParts } from "./aof-parts.js";
import { BlockQueue, type Piece } from "./block-queue.js";
import { closeQuietly } from "./durable-file.js";
import type { Sealing } from "./sealing.js";
import { crcOf } from "./torn-tail.js";

const NO_BYTES = Buffer.alloc(0);
/** Under `everysec` a sync begins early when this much waits for one: it bounds the memory that is retained. */
const RETAINED_SOON = 4 * 1024 * 1024;
const RETAINED_MAX = 128 * 1024 * 1024;

/** How much had been taken in at some moment. */
export interface TailEnd {
  /** Pieces that wait to be written. */
  readonly pieces: number;
  /** The log's offset. */
  readonly offset: number;
}

export class Tail {
  /** The kernel does not have these, or only the first `partialBytes` of the first one. */
  readonly unwritten = new BlockQueue();
  /** The kernel has these; the device perhaps not. Without a gap up to the end of what is written. */
  readonly retained = new BlockQueue();
  /** The log's offset up to which the kernel has whole blocks. */
  written: number;
  /** The end of the last block that came in. */
  accepted: number;
  /**
   * The ends of blocks that are for the file alone (log.ts) and that the kernel does not have. They end at an offset
   * that was reached before they came, so `written` steps back by one until they are written: nobody may take them for
   * written that waits for that offset.
   */
  private readonly own: number[] = [];
  /** The same for what is synced: such blocks have come since the last sync began, so it reaches no further. */
  syncLimit = Number.POSITIVE_INFINITY;
  private partialBytes = 0;
  /** The length of the file that was on the device at the last good sync. */
  syncedBytes: number;

  /** `wholeBytes`: the length of the file up to the end of its last whole block; all of it is on the device. */
  constructor(
    private readonly log: Log,
    public file: DiskFile,
    public wholeBytes: number,
    private readonly sealing: Sealing,
  ) {
    this.written = log.offset;
    this.accepted = log.offset;
    this.syncedBytes = wholeBytes;
  }

  /** What has been taken in up to now. */
  get end(): TailEnd {
    return { pieces: this.unwritten.toArray().length, offset: this.accepted };
  }

  /** Length of the file without what is retained: up to here its content does not hang on a coming sync. */
  get settledBytes(): number {
    return this.wholeBytes - this.retained.bytes;
  }

  /** Whether bytes that the device may not have are no longer in memory. */
  get hasLetGo(): boolean {
    return this.settledBytes > this.syncedBytes;
  }

  /** Whether so much is retained that a sync should begin. */
  get retainsMuch(): boolean {
    return this.retained.bytes >= RETAINED_SOON;
  }

  /** Whether so much is retained that nothing more should be written before a sync. */
  get retainsTooMuch(): boolean {
    return this.retained.bytes >= RETAINED_MAX;
  }

  /** The database that is selected where the retained, or else the unwritten bytes begin; -1: they select one. */
  get databaseBefore(): number {
    const next = [...this.retained.toArray(), ...this.unwritten.toArray()].find(isBlock);
    return next?.database ?? this.log.databaseBeforeNext;
  }

  /** Takes a block in, with the annotations that are due. What is not for the file only keeps its place. */
  accept(block: LogBlock): void {
    if (!block.forFile) {
      this.accepted = block.endOffset;
      this.unwritten.push(new Annotation(NO_BYTES, block.endOffset, false));
      this.sealing.passOver();
      this.log.release(block);
      return;
    }
    // Between two marks that are as far apart as the bytes are long is the stream, and nothing else (stream-tail.ts).
    if (block.isOwn && this.sealing.isWanted) this.seal();
    const timestamp = this.sealing.timestamp(this.accepted);
    if (timestamp !== null) this.add(timestamp);
    this.add(block);
    if (block.isOwn) this.noteOwn(block.endOffset);
    this.accepted = block.endOffset;
    if (this.sealing.isDue) this.seal();
  }

  /**
   * What comes next is the first of a run or of a file, and needs its database. A log of our own selects it itself; into
   * a primary's stream nothing can be put, so it is put into the file. Gives back what was put there.
   */
  selectDatabase(): Buffer {
    this.log.forgetDatabase();
    this.sealing.forgetTime();
    const { database } = this.log;
    if (database === -1) return NO_BYTES;
    const select = encodeCommand(["SELECT", String(database)]);
    this.add(new Annotation(select, this.accepted, false));
    return select;
  }

  /** Puts a seal behind everything that has been taken in. */
  seal(): void {
    this.unwritten.push(this.sealing.seal(this.accepted, this.syncedBytes));
  }

  /** Writes everything that waits. Throws the disk's error, with part of it written. `retain`: until it is synced. */
  write(retain: boolean): void {
    this.taken(0, retain);
    while (!this.unwritten.isEmpty) {
      const { bytes, start } = this.unwritten.first!;
      this.taken(
        this.unwritten.isOneRun
          ? this.file.write(bytes, start + this.partialBytes, this.unwritten.endOfRun)
          : this.file.writeParts(this.unwritten.runs(this.partialBytes)),
        retain,
      );
    }
  }

  /** Writes what waits, on the thread pool, in one call. Rejects with the disk's error. */
  async writeAside(): Promise<void> {
    this.taken(0, true);
    if (this.unwritten.isEmpty) return;
    this.taken(await this.file.writePartsAsync(this.unwritten.runs(this.partialBytes)), true);
  }

  /** Takes a block out of the file that is there only in part. Gives back a warning if it cannot, else null. */
  removePartial(): string | null {
    if (this.partialBytes === 0) return null;
    try {
      this.file.truncate(this.wholeBytes);
      this.partialBytes = 0;
      return null;
    } catch (error) {
      const text = `Could not remove an incomplete write from ${this.file.path}: ${systemReason(error)}. `;
      return `${text}The rest of it is written when there is room.`;
    }
  }

  /** A sync begins: what is written now is what it brings to the device. */
  beginSync(): this {
    this.syncLimit = Number.POSITIVE_INFINITY;
    return this;
  }

  /** The device has the file up to this length. */
  deviceHas(length: number): void {
    this.syncedBytes = length;
    this.release(length);
  }

  /** What the file has up to this length is not kept any longer. */
  release(length: number): void {
    const { retained } = this;
    while (!retained.isEmpty && this.settledBytes + retained.first!.length <= length)
      this.letGo(retained.shift());
  }

  /**
   * Goes on in another file, of so many bytes, which holds the retained blocks already, synced. No seal covers the last
   * `unsealed` bytes of it, whose CRC-32 is `crc`. Gives back the old file, as the two methods below do.
   */
  continueIn(file: DiskFile, bytes: number, unsealed: number, crc: number): DiskFile {
    const old = this.exchange(file, bytes);
    this.sealing.begin(bytes, unsealed, crc);
    this.unwritten.filter((piece) => !(piece instanceof Annotation && piece.isSeal));
    for (const piece of this.unwritten.toArray()) this.sealing.add(piece);
    if (this.sealing.isWanted) this.seal();
    return old;
  }

  /** Goes on in a copy of the file, all of it on the device. */
  continueInCopy(file: DiskFile): DiskFile {
    return this.exchange(file, this.wholeBytes);
  }

  /** Goes on in another file, which has what was taken in up to `end`. For the parameters see `continueIn`. */
  replaceBy(file: DiskFile, bytes: number, unsealed: number, crc: number, end: TailEnd): DiskFile {
    for (let pieces = 0; pieces < end.pieces; pieces++) {
      const piece = this.unwritten.shift();
      this.passed(piece);
      this.letGo(piece);
    }
    return this.continueIn(file, bytes, unsealed, crc);
  }

  /** Goes on in another file, which has what is retained. */
  private exchange(file: DiskFile, bytes: number): DiskFile {
    const old = this.file;
    this.release(this.wholeBytes);
    this.file = file;
    this.wholeBytes = bytes;
    this.syncedBytes = bytes;
    this.partialBytes = 0;
    return old;
  }

  /** Lets go of everything. */
  abandon(): void {
    for (const queue of [this.unwritten, this.retained]) while (!queue.isEmpty) this.letGo(queue.shift());
    closeQuietly(this.file);
  }

  private noteOwn(end: number): void {
    this.own.push(end);
    this.written = Math.min(this.written, end - 1);
    this.syncLimit = Math.min(this.syncLimit, end - 1);
  }

  private add(piece: Piece): void {
    this.unwritten.push(piece);
    this.sealing.add(piece);
  }

  private taken(bytes: number, retain: boolean): void {
    this.partialBytes += bytes;
    const { unwritten } = this;
    while (!unwritten.isEmpty && this.partialBytes >= unwritten.first!.length) this.pieceWritten(retain);
  }

  private pieceWritten(retain: boolean): void {
    const piece = this.unwritten.shift();
    this.partialBytes -= piece.length;
    this.wholeBytes += piece.length;
    this.passed(piece);
    if (piece.length > 0 && (retain || !this.retained.isEmpty)) this.retained.push(piece);
    else this.letGo(piece);
  }

  /** The kernel has this piece, and all before it. */
  private passed(piece: Piece): void {
    if (isBlock(piece) && piece.isOwn) this.own.shift();
    this.written = Math.min(piece.endOffset, (this.own[0] ?? Number.POSITIVE_INFINITY) - 1);
  }

  private letGo(piece: Piece): void {
    this.sealing.sum();
    if (isBlock(piece)) this.log.release(piece);
  }
}

/** The end of a file that other runs have written. All of it is on the device. */
export function openTail(
  { directory, incr, log, annotations, sealedBytes }: AofParts,
  sealing: Sealing,
): Tail {
  const path = directory.pathOf(incr.name);
  const bytes = directory.sizeOf(incr.name);
  const file = directory.disk.open(path, "append");
  if (annotations.seals) {
    const reading = directory.disk.open(path, "read");
    sealing.begin(bytes, bytes - sealedBytes, crcOf(reading, sealedBytes, bytes));
    reading.close();
  }
  return new Tail(log, file, bytes, sealing);
}

function isBlock(piece: Piece): piece is LogBlock {
  return piece instanceof LogBlock;
}
