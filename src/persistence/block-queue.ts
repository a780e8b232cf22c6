/** Blocks of the log in order: those that wait to be written, or those that are kept until they are synced. */

import type { LogBlock } from "../log/block.js";

/** Taken blocks stay at the front of the array until there are this many. */
const COMPACT_AT = 1024;

export class BlockQueue {
  private blocks: LogBlock[] = [];
  private head = 0;
  private total = 0;

  /** Bytes in the queue that are for the file. */
  get bytes(): number {
    return this.total;
  }

  get isEmpty(): boolean {
    return this.head === this.blocks.length;
  }

  /** The oldest block; undefined when the queue is empty. */
  get first(): LogBlock | undefined {
    return this.blocks[this.head];
  }

  push(block: LogBlock): void {
    this.blocks.push(block);
    if (block.forFile) this.total += block.length;
  }

  /** Takes the oldest block out. */
  shift(): LogBlock {
    const block = this.blocks[this.head++]!;
    if (block.forFile) this.total -= block.length;
    if (this.head === this.blocks.length || this.head === COMPACT_AT) {
      this.blocks.splice(0, this.head);
      this.head = 0;
    }
    return block;
  }

  /** Where the bytes end that lie in one piece with the first block, which is for the file. */
  get endOfRun(): number {
    let last = this.blocks[this.head]!;
    for (let at = this.head + 1; at < this.blocks.length; at++) {
      const next = this.blocks[at]!;
      if (!next.forFile || !next.follows(last)) break;
      last = next;
    }
    return last.end;
  }

  /** The blocks as they are now, oldest first. */
  toArray(): LogBlock[] {
    return this.blocks.slice(this.head);
  }
}
