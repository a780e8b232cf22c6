/**
 * The allocator of the dataset, and the epochs that let a snapshot be read while the dataset changes.
 *
 * ## Epochs
 *
 * Every block carries the epoch in which it was allocated. Opening a snapshot remembers the current epoch as its
 * number and begins the next one; nothing is copied. From then on a block whose epoch is not later than the number
 * of the newest open snapshot is *frozen*: it may be reachable from that snapshot's root, and so
 *
 *  - it is never changed in place: whoever wants to change it first calls `own`, which gives back the block itself
 *    when it is not frozen, else a copy in the current epoch that the caller hangs in its place;
 *  - freeing it only puts it aside until the last snapshot that may see it has closed.
 *
 * So everything below the root of an open snapshot stays as it was, and a thread that was given `buffers` at the
 * cut can read it without a lock. When no snapshot is open, no block is frozen and both rules cost one comparison.
 *
 * What a closed snapshot held is released by `reap` in slices, so that closing one never stalls the loop.
 *
 * Forgetting everything (`reset`) does not disturb a snapshot either: it keeps the chunks that it was opened with,
 * which nobody writes to any more, and the arena goes on in new ones.
 */

import { Chunks } from "./chunks.js";
import { HEADER_BYTES, type Ref, UNIT_BYTES } from "./memory.js";
import { roundSmall, Slabs, SMALL_UNITS_MAX } from "./slabs.js";
import { Spans } from "./spans.js";

export interface ArenaOptions {
  /** Fills freed blocks with 0xDB, so that reading one shows, and checks every header that is used. */
  readonly poison?: boolean;
}

const POISON = 0xdb;
/** Up to here a loop by words is faster than what it takes to begin a native copy. */
const WORDS_BYTES_MAX = 256;
const NO_SNAPSHOT = -1;

/** An open snapshot: a cut through the arena. Whoever opened it also remembers the roots. */
export interface Cut {
  readonly epoch: number;
  /** The chunks as they were at the cut, to hand to another thread. */
  readonly buffers: readonly (SharedArrayBuffer | null)[];
  /** Bytes that the arena has set aside since the cut, for it or for a later one: what it has cost so far. */
  readonly heldBytes: number;
  /** Ends it: what it alone could still see is released by later calls of `reap`. Closing twice is harmless. */
  close(): void;
}

/** References set aside while a snapshot may see them. */
class Deferred {
  private blocks: Uint32Array<ArrayBuffer>[] = [];
  private inLast = 0;
  static readonly ROOM = 16384;

  add(ref: Ref): void {
    if (this.blocks.length === 0 || this.inLast === Deferred.ROOM) {
      this.blocks.push(new Uint32Array(Deferred.ROOM));
      this.inLast = 0;
    }
    this.blocks[this.blocks.length - 1]![this.inLast++] = ref;
  }

  /** Removes and returns the last reference, 0 when there is none. */
  take(): Ref {
    const last = this.blocks[this.blocks.length - 1];
    if (last === undefined) return 0;
    const ref = last[--this.inLast]!;
    if (this.inLast === 0) {
      this.blocks.pop();
      this.inLast = Deferred.ROOM;
    }
    return ref;
  }
}

interface OpenCut extends Cut {
  readonly deferred: Deferred;
  heldBytes: number;
}

export class Arena extends Chunks {
  /** The epoch that new blocks get. */
  private epoch = 0;
  /** Number of the newest open snapshot; blocks up to this epoch are frozen. */
  private frozen = NO_SNAPSHOT;
  private readonly cuts: OpenCut[] = [];
  /** What closed snapshots held and nobody has released yet. */
  private readonly closed: Deferred[] = [];
  private slabs = new Slabs(this);
  private spans = new Spans(this);
  private readonly poison: boolean;

  /** Bytes of all blocks that are in use or set aside. */
  usedBytes = 0;
  /** Bytes of freed blocks that wait for a snapshot to close. */
  deferredBytes = 0;
  /** Bytes that `own` has copied since the server started: what snapshots have cost so far. */
  copiedBytes = 0;
  /** Blocks in use or set aside. */
  blocks = 0;

  constructor(options: ArenaOptions = {}) {
    super();
    this.poison = options.poison ?? false;
  }

  /** Bytes of the slabs and spans that hold blocks: used bytes and the room lost between them. */
  get activeBytes(): number {
    return this.slabs.slabBytes + this.spans.spanBytes;
  }

  get openCuts(): number {
    return this.cuts.length;
  }

  /** A block of at least `bytes` (header included); its content is undefined. */
  allocate(bytes: number): Ref {
    const asked = (bytes + UNIT_BYTES - 1) >>> 4;
    let units: number;
    let ref: Ref;
    if (asked <= SMALL_UNITS_MAX) {
      units = roundSmall(asked);
      ref = this.slabs.allocate(asked);
    } else {
      units = Spans.round(asked);
      ref = this.spans.allocate(asked);
    }
    const words = this.words[ref >>> 22]!;
    const at = this.word(ref);
    words[at] = units;
    words[at + 1] = this.epoch;
    this.usedBytes += units * UNIT_BYTES;
    this.blocks++;
    return ref;
  }

  /** Bytes that `allocate(bytes)` would take. */
  static roundUp(bytes: number): number {
    const units = (bytes + UNIT_BYTES - 1) >>> 4;
    return (units <= SMALL_UNITS_MAX ? roundSmall(units) : Spans.round(units)) * UNIT_BYTES;
  }

  /** Ends the block's life, at once or when the snapshots that may see it have closed. */
  free(ref: Ref): void {
    if (this.epochOf(ref) <= this.frozen) {
      this.setAside(ref);
      return;
    }
    this.release(ref);
  }

  /** Whether the block may be changed in place. */
  isMutable(ref: Ref): boolean {
    return this.epochOf(ref) > this.frozen;
  }

  /** The block itself if it may be changed in place, else a copy to hang in its place; the old one is freed. */
  own(ref: Ref): Ref {
    if (this.epochOf(ref) > this.frozen) return ref;
    const bytes = this.sizeOf(ref);
    const copy = this.duplicate(ref);
    this.copiedBytes += bytes;
    this.free(ref);
    return copy;
  }

  /** Another block of `size` bytes or more that begins with the same `used` ones, header apart. */
  duplicate(ref: Ref, used = this.sizeOf(ref), size: number = used): Ref {
    const copied = this.allocate(size);
    const from = this.words[ref >>> 22]!;
    const to = this.words[copied >>> 22]!;
    const start = this.word(ref) + HEADER_BYTES / 4;
    const end = this.word(ref) + ((used + 3) >>> 2);
    let at = this.word(copied) + HEADER_BYTES / 4;
    if (used > WORDS_BYTES_MAX) to.set(from.subarray(start, end), at);
    else for (let word = start; word < end; word++) to[at++] = from[word]!;
    return copied;
  }

  /** Opens a snapshot: from now on nothing that exists changes, until it is closed. */
  openCut(): Cut {
    const epoch = this.epoch++;
    const cut: OpenCut = {
      epoch,
      buffers: [...this.buffers],
      deferred: new Deferred(),
      heldBytes: 0,
      close: () => this.closeCut(cut),
    };
    this.cuts.push(cut);
    this.frozen = epoch;
    return cut;
  }

  /** Releases up to `count` blocks that closed snapshots held; false when there are no more. */
  reap(count: number): boolean {
    for (let done = 0; done < count; ) {
      const list = this.closed[this.closed.length - 1];
      if (list === undefined) return false;
      const ref = list.take();
      if (ref === 0) {
        this.closed.pop();
        continue;
      }
      done++;
      const bytes = this.sizeOf(ref);
      this.deferredBytes -= bytes;
      // An older snapshot may still see the block: freeing it again puts it on that one's list, where it has been counted.
      if (this.epochOf(ref) <= this.frozen) for (const cut of this.cuts) cut.heldBytes -= bytes;
      this.free(ref);
    }
    return this.closed.length > 0;
  }

  /** Forgets every block and gives all chunks back; open snapshots keep those that they see. */
  reset(): void {
    for (const cut of this.cuts) cut.heldBytes += this.usedBytes - this.deferredBytes;
    this.cuts.length = 0;
    this.frozen = NO_SNAPSHOT;
    this.buffers.forEach((buffer, chunk) => {
      if (buffer !== null) this.dropChunk(chunk);
    });
    this.slabs = new Slabs(this);
    this.spans = new Spans(this);
    this.closed.length = 0;
    this.usedBytes = 0;
    this.deferredBytes = 0;
    this.blocks = 0;
  }

  private setAside(ref: Ref): void {
    const bytes = this.sizeOf(ref);
    this.deferredBytes += bytes;
    for (const cut of this.cuts) cut.heldBytes += bytes;
    this.cuts[this.cuts.length - 1]!.deferred.add(ref);
  }

  private closeCut(cut: OpenCut): void {
    const at = this.cuts.indexOf(cut);
    if (at === -1) return;
    this.cuts.splice(at, 1);
    this.frozen = this.cuts[this.cuts.length - 1]?.epoch ?? NO_SNAPSHOT;
    this.closed.push(cut.deferred);
  }

  private release(ref: Ref): void {
    const words = this.words[ref >>> 22]!;
    const at = this.word(ref);
    const units = words[at]!;
    if (!(units > 0)) throw new Error(`block ${ref} is freed twice or was never allocated`);
    if (this.poison) {
      const from = this.offset(ref) + HEADER_BYTES;
      this.bytesOf(ref).fill(POISON, from, from - HEADER_BYTES + units * UNIT_BYTES);
    }
    words[at] = -units;
    this.usedBytes -= units * UNIT_BYTES;
    this.blocks--;
    if (units <= SMALL_UNITS_MAX) this.slabs.release(ref);
    else this.spans.release(ref, units);
  }
}
