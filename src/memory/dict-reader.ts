/** Reading a dict (dict.ts): its layout, and going through its entries. */

import { Arena } from "./arena.js";
import type { Memory, Ref } from "./memory.js";

// The root, in words.
export const COUNT = 2;
export const DEPTH = 3;
export const DEEPEST = 4;
export const DIRECTORY = 6;

// A segment. Its count shares a word with its depth.
export const SLOTS = 510;
export const SLOTS_AT = 4;
export const SEGMENT_BYTES = (SLOTS_AT + SLOTS * 2) * 4;
const COUNT_MASK = 0xffff;

/** Entries that `visitCold` touches at a time. */
const TOUCHED = 16;

/** Reads a dict, also a frozen one from another thread. */
export class DictReader<M extends Memory = Memory> {
  /** Of no meaning; keeps the reads of `visitCold` from being left out. */
  private touched = 0;

  constructor(
    readonly memory: M,
    /** The root's block; changes when the dict is changed while a snapshot is open. */
    public root: Ref,
  ) {}

  /** Number of entries. */
  get count(): number {
    return this.memory.read(this.root, COUNT);
  }

  /** Segments: how many blocks of slots the dict has. */
  get segments(): number {
    let segments = 0;
    this.forEachSegment(() => segments++);
    return segments;
  }

  /** Bytes of the directory and the segments. */
  get tableBytes(): number {
    return this.memory.sizeOf(this.root) + this.segments * Arena.roundUp(SEGMENT_BYTES);
  }

  /** Places for entries in each segment. */
  get slotsPerSegment(): number {
    return SLOTS;
  }

  /** Calls `visit` for every entry; the dict must not change meanwhile. */
  forEach(visit: (ref: Ref, hash: number) => void): void {
    this.forEachSegment((segment) => this.visitSegment(segment, visit));
  }

  /** Calls `visit` for every segment, in the order of hashes. */
  forEachSegment(visit: (segment: Ref) => void): void {
    for (const segment of this.eachSegment()) visit(segment);
  }

  /** The segments, in the order of hashes. */
  *eachSegment(): Generator<Ref, void, void> {
    const depth = this.depth;
    for (let at = 0; at < 1 << depth; ) {
      const segment = this.directoryAt(at);
      at += 1 << (depth - this.segmentDepth(segment));
      yield segment;
    }
  }

  /** Calls `visit` for every entry of a segment, with its hash. */
  visitSegment(segment: Ref, visit: (ref: Ref, hash: number) => void): void {
    const words = this.memory.wordsOf(segment);
    const base = this.memory.word(segment) + SLOTS_AT;
    for (let slot = base; slot < base + SLOTS * 2; slot += 2) {
      const ref = words[slot + 1]!;
      if (ref !== 0) visit(ref >>> 0, words[slot]!);
    }
  }

  /**
   * As `visitSegment`, for whoever goes through entries that lie anywhere in memory and are in no cache: some are
   * touched at a time before they are visited, so that the processor fetches them side by side.
   */
  visitCold(segment: Ref, visit: (ref: Ref, hash: number) => void): void {
    const { memory } = this;
    const words = memory.wordsOf(segment);
    const base = memory.word(segment) + SLOTS_AT;
    const end = base + SLOTS * 2;
    for (let start = base; start < end; start += TOUCHED * 2) {
      const stop = Math.min(start + TOUCHED * 2, end);
      for (let slot = start; slot < stop; slot += 2) {
        const ref = words[slot + 1]!;
        if (ref !== 0) this.touched ^= memory.read(ref, 0);
      }
      for (let slot = start; slot < stop; slot += 2) {
        const ref = words[slot + 1]!;
        if (ref !== 0) visit(ref >>> 0, words[slot]!);
      }
    }
  }

  protected get depth(): number {
    return this.memory.read(this.root, DEPTH);
  }

  protected directoryAt(at: number): Ref {
    return this.memory.read(this.root, DIRECTORY + at) >>> 0;
  }

  protected segmentDepth(segment: Ref): number {
    return this.memory.read(segment, COUNT) >>> 16;
  }

  protected segmentCount(segment: Ref): number {
    return this.memory.read(segment, COUNT) & COUNT_MASK;
  }
}
