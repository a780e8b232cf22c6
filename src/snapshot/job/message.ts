/** What a snapshot job and its thread say to each other. */

import type { Image } from "../capture.js";
import type { Format } from "./formats.js";

/** A file that is written under another name first and takes its place when it is complete and on the device. */
export interface FileTarget {
  readonly kind: "file";
  readonly path: string;
  /** In the same directory. */
  readonly temporary: string;
  /** `rdb-save-incremental-fsync`. */
  readonly incrementalSync: boolean;
  /** Bytes of the file system that are not for this file; default: none. */
  readonly leave?: number;
  /** What comes in meanwhile goes behind the snapshot: a DiffChannel. */
  readonly diff?: SharedArrayBuffer;
}

/** Pieces of about a megabyte, posted as they are made. */
export interface StreamTarget {
  readonly kind: "stream";
}

export interface JobInput {
  readonly image: Image;
  readonly format: Format;
  readonly target: FileTarget | StreamTarget;
  /** `rdb-key-save-delay`: microseconds to wait after each key. */
  readonly keyDelayUs: number;
  readonly control: SharedArrayBuffer;
}

export type JobMessage =
  | { readonly kind: "chunk"; readonly bytes: Uint8Array }
  | { readonly kind: "done" }
  | { readonly kind: "aborted" }
  /** `code` is Node's (ENOSPC, EIO, ...), or empty. */
  | { readonly kind: "failed"; readonly message: string; readonly code: string };

/** Shared memory of a job: how far it is, whether it shall stop, and how many pieces nobody has taken yet. */
export class Control {
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(32)) {
    this.words = new Int32Array(buffer, 0, 2);
    this.doubles = new Float64Array(buffer, 16, 2);
  }

  get aborted(): boolean {
    return Atomics.load(this.words, 0) !== 0;
  }

  abort(): void {
    Atomics.store(this.words, 0, 1);
    Atomics.notify(this.words, 1);
  }

  get keys(): number {
    return this.doubles[0]!;
  }

  get bytes(): number {
    return this.doubles[1]!;
  }

  progress(keys: number, bytes: number): void {
    this.doubles[0] = keys;
    this.doubles[1] = bytes;
  }

  /** One piece more is on its way; calls `wait` when there are `limit` or more. */
  sent(limit: number, wait: (words: Int32Array, at: number, value: number) => void): void {
    const waiting = Atomics.add(this.words, 1, 1) + 1;
    if (waiting >= limit && !this.aborted) wait(this.words, 1, waiting);
  }

  /** A piece has been taken. */
  taken(): void {
    Atomics.sub(this.words, 1, 1);
    Atomics.notify(this.words, 1);
  }
}
