/**
 * An entry in the hands of somebody who changes it. A change may need another block for it: a larger one, one with
 * another encoding, or one that no snapshot sees. Each such move goes through `moveTo`, so that whoever changes an
 * entry need not know where it hangs, and where it hangs it is hung in at once. An entry that hangs nowhere yet is held
 * by one of these as it is; for one in a database see keyspace/hung.ts.
 */

import type { Entries } from "./entry.js";
import type { Ref } from "./memory.js";

export class Held {
  constructor(
    readonly entries: Entries,
    /** Where the entry is. */
    public ref: Ref = 0,
  ) {}

  /** Makes the entry's own block writable. What it refers to is not copied. */
  own(): Ref {
    const owned = this.entries.memory.own(this.ref);
    if (owned !== this.ref) this.moveTo(owned);
    return owned;
  }

  /** Goes on with another entry of the same key. The old one is freed, but not what it refers to. */
  become(ref: Ref): void {
    const old = this.ref;
    this.moveTo(ref);
    this.entries.memory.free(old);
  }

  /**
   * Makes the entry writable, with room for `size` bytes of an inline value, of which the first `used` are kept. Gives
   * back where the value begins in its chunk.
   */
  makeRoom(used: number, size: number): number {
    const { entries, ref } = this;
    const { memory } = entries;
    const start = entries.valueStart(ref);
    const head = start - memory.offset(ref);
    if (memory.isMutable(ref) && head + size <= memory.sizeOf(ref)) return start;
    this.become(memory.duplicate(ref, head + used, head + Math.max(used, size)));
    return memory.offset(this.ref) + head;
  }

  /** After a removal: gives back what most of a block has become, if no more than `used` bytes are left of the value. */
  trim(used: number): void {
    const { entries, ref } = this;
    const { memory } = entries;
    const bytes = memory.sizeOf(ref);
    const needed = entries.valueStart(ref) - memory.offset(ref) + used;
    if (bytes >= TRIMMED_BYTES_MIN && needed * 2 <= bytes) this.become(memory.duplicate(ref, needed));
  }

  /** The entry is in another block now. */
  protected moveTo(ref: Ref): void {
    this.ref = ref;
  }
}

/** Smaller blocks are not worth making smaller. */
const TRIMMED_BYTES_MIN = 128;
