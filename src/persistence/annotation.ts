/** An annotation (log/seal.ts has the essay) on its way into the file, between blocks of the log. */

import type { Piece } from "./block-queue.js";

export class Annotation implements Piece {
  readonly start = 0;
  readonly end: number;
  readonly database = -1;

  constructor(
    readonly bytes: Buffer,
    /** The log's offset where it stands. */
    readonly endOffset: number,
    readonly isSeal: boolean,
  ) {
    this.end = bytes.length;
  }

  get length(): number {
    return this.end;
  }

  follows(): boolean {
    return false;
  }
}
