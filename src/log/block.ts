/** A run of whole atomic units in the log, handed to whoever stores or sends it. */

import type { Audience } from "./log.js";

/** Memory that blocks lie in. Internal to the log: sinks see blocks. */
export interface Segment {
  readonly bytes: Buffer;
  /** Bytes taken, from the front. */
  used: number;
  /** Blocks that lie here and are still held, and one more while the log writes into it. */
  holders: number;
}

/**
 * `bytes[start..end)`: units of the history, as RESP, in order. Immutable until its last holder releases it.
 *
 * Two blocks whose bytes adjoin in memory (`follows`) may be written with one call.
 */
export class LogBlock {
  bytes: Buffer;
  start = 0;
  end = 0;
  /** The log's offset behind the last byte. */
  endOffset = 0;
  /** The database that a reader must have selected before the first byte; -1: the block selects one itself. */
  database = -1;
  /** What is for the file alone lies at the offset where it ends: it is no part of the stream. */
  audience: Audience = "all";
  /** Counted by the log. */
  holders = 0;

  constructor(public segment: Segment) {
    this.bytes = segment.bytes;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** The log's offset before the first byte. */
  get startOffset(): number {
    return this.isOwn ? this.endOffset : this.endOffset - (this.end - this.start);
  }

  /** Whether the append-only file takes these bytes. */
  get forFile(): boolean {
    return this.audience !== "replicas";
  }

  /** Whether these bytes are for the append-only file alone. */
  get isOwn(): boolean {
    return this.audience === "file";
  }

  /** Whether this block's bytes lie right behind `previous` in memory. */
  follows(previous: LogBlock): boolean {
    return previous.bytes === this.bytes && previous.end === this.start;
  }
}
