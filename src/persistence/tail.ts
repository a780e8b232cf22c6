/**
 * The end of the log on its way into a file: blocks that wait to be written, blocks that are written and kept until
 * they are synced, and where in the file that is. When to do what is decided in append-only-file.ts.
 */

import type { LogBlock } from "../log/block.js";
import type { Log } from "../log/log.js";
import type { DiskFile } from "../platform/disk.js";
import { BlockQueue } from "./block-queue.js";
import { closeQuietly } from "./durable-file.js";

export class Tail {
  /** The kernel does not have these, or only the first `partialBytes` of the first one. */
  readonly unwritten = new BlockQueue();
  /** The kernel has these; the device perhaps not. Without a gap up to the end of what is written. */
  readonly retained = new BlockQueue();
  /** The log's offset up to which the kernel has whole blocks. */
  written: number;
  private partialBytes = 0;

  constructor(
    private readonly log: Log,
    public file: DiskFile,
    /** Length of the file up to the end of its last whole block. */
    public wholeBytes: number,
  ) {
    this.written = log.offset;
  }

  /** Length of the file without what is retained: up to here its content does not hang on a coming sync. */
  get settledBytes(): number {
    return this.wholeBytes - this.retained.bytes;
  }

  /** The database that is selected where the retained, or else the unwritten bytes begin; -1: they select one. */
  get databaseBefore(): number {
    const next = this.retained.first ?? this.unwritten.first;
    return next?.database ?? this.log.databaseBeforeNext;
  }

  /** Writes everything that waits. Throws the disk's error, with part of it written. `retain`: until it is synced. */
  write(retain: boolean): void {
    this.passOver(retain);
    while (!this.unwritten.isEmpty) {
      const { bytes, start } = this.unwritten.first!;
      this.taken(this.file.write(bytes, start + this.partialBytes, this.unwritten.endOfRun), retain);
    }
  }

  /** Writes what lies in one piece with the first waiting block, on the thread pool. Rejects with the disk's error. */
  async writeAside(): Promise<void> {
    this.passOver(true);
    if (this.unwritten.isEmpty) return;
    const { bytes, start } = this.unwritten.first!;
    const taken = await this.file.writeAsync(bytes, start + this.partialBytes, this.unwritten.endOfRun);
    this.taken(taken, true);
  }

  /** Takes a block out of the file that is there only in part. Throws the disk's error. */
  removePartial(): void {
    if (this.partialBytes === 0) return;
    this.file.truncate(this.wholeBytes);
    this.partialBytes = 0;
  }

  /** The device has the log up to this offset. */
  release(upTo: number): void {
    const { retained } = this;
    while (!retained.isEmpty && retained.first!.endOffset <= upTo) this.log.release(retained.shift());
  }

  /** Goes on in another file, which holds the retained blocks already, synced. */
  continueIn(file: DiskFile, bytes: number): void {
    this.release(this.written);
    closeQuietly(this.file);
    this.file = file;
    this.wholeBytes = bytes;
    this.partialBytes = 0;
  }

  private taken(bytes: number, retain: boolean): void {
    this.partialBytes += bytes;
    const { unwritten } = this;
    while (!unwritten.isEmpty && unwritten.first!.forFile && this.partialBytes >= unwritten.first!.length) {
      this.partialBytes -= unwritten.first!.length;
      this.wholeBytes += unwritten.first!.length;
      this.done(unwritten.shift(), retain);
    }
    this.passOver(retain);
  }

  /** What is not for the file is as good as written once everything before it is. */
  private passOver(retain: boolean): void {
    const { unwritten } = this;
    while (!unwritten.isEmpty && !unwritten.first!.forFile) this.done(unwritten.shift(), retain);
  }

  private done(block: LogBlock, retain: boolean): void {
    this.written = block.endOffset;
    if (block.forFile && (retain || !this.retained.isEmpty)) this.retained.push(block);
    else this.log.release(block);
  }
}
