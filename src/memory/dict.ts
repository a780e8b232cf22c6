/**
 * An extendible hash table of entries: a directory of segments, each with 510 slots of two words, the entry's hash
 * and its reference.
 *
 * The upper bits of a hash choose the segment: as many as the directory's depth. A segment whose own depth is
 * smaller is named by several neighbours of the directory. A segment that fills up is split by its next bit into
 * two, alone; only when it is as deep as the directory does the directory double, which copies references and no
 * entries. So no operation ever rehashes more than one segment. Two neighbours that have emptied are merged the same
 * way, and a directory that nobody needs at its depth is halved.
 *
 * Inside a segment slots are probed linearly from a place that the whole hash chooses, and a removal closes the gap
 * by shifting back, so there are no tombstones.
 *
 *     root      header, count, depth, number of segments at that depth, spare, references of 2^depth segments
 *     segment   header, count | depth << 16, spare, 510 times (hash, reference)
 *
 * ## The cursor of SCAN
 *
 * A segment covers a range of hashes, and segments follow each other in the order of hashes. A cursor is a place in
 * that order: "everything with a smaller hash has been returned". An entry's hash never changes, so the promise that
 * what is present throughout is returned holds whatever is split, merged or flushed between two calls, each entry is
 * returned once, and the server keeps no state for it. Entries of equal hash are returned by the same call.
 *
 * Everything that changes is `own`ed first, so a snapshot that was opened keeps the root that it saw.
 */

import { below, type Chance } from "../platform/chance.js";
import type { Arena } from "./arena.js";
import {
  COUNT,
  DEEPEST,
  DEPTH,
  DIRECTORY,
  DictReader,
  SEGMENT_BYTES,
  SLOTS,
  SLOTS_AT,
} from "./dict-reader.js";
import { EntryReader } from "./entry.js";
import type { Key } from "./key.js";
import type { Ref } from "./memory.js";

export { DictReader };

/** A segment with so many entries is split before it takes another. */
const SPLIT_AT = 434;
/** Of so many entries on average hardly a segment gets as many as would split it. */
const RESERVED_PER_SEGMENT = 340;
/** Two halves with no more than this together are merged. */
const MERGE_AT = 170;
/** A segment that empties looks at its neighbour, which is in no cache, once in so many removals. */
const MERGE_EVERY = 16;
/** Deeper than this no 32-bit hash can tell entries apart usefully. */
const DEPTH_MAX = 26;
const HASHES = 4294967296;
/** A hash times this, and a slot added, is one number for the two: numbers are sorted without a comparison of ours. */
const PLACES = 512;

function hashOf(place: number): number {
  return Math.floor(place / PLACES);
}

function home(hash: number): number {
  return ((Math.imul(hash, 0x9e3779b1) >>> 16) * SLOTS) >>> 16;
}

function following(slot: number): number {
  return slot + 1 === SLOTS ? 0 : slot + 1;
}

/** How many slots lie between two, going round from the first. */
function distance(from: number, to: number): number {
  return to >= from ? to - from : to - from + SLOTS;
}

export class Dict extends DictReader<Arena> {
  /** `entries` reads the keys of the entries. */
  constructor(
    arena: Arena,
    root: Ref = Dict.createRoot(arena),
    private readonly entries: EntryReader = new EntryReader(arena),
  ) {
    super(arena, root);
  }

  /** The entry with that key, or 0. */
  find(key: Key): Ref {
    const hash = key.hash;
    const segment = this.segmentOf(hash);
    const words = this.memory.words[segment >>> 22]!;
    const base = this.memory.word(segment) + SLOTS_AT;
    for (let slot = home(hash); ; ) {
      const at = base + slot * 2;
      const ref = words[at + 1]!;
      if (ref === 0) return 0;
      if (words[at] === hash && this.entries.keyEquals(ref, key)) return ref >>> 0;
      if (++slot === SLOTS) slot = 0;
    }
  }

  /** Gives an empty dict the segments that about `count` entries need, so that none has to be split for them. */
  reserve(count: number): void {
    if (this.count > 0 || count <= RESERVED_PER_SEGMENT) return;
    const depth = Math.min(Math.ceil(Math.log2(count / RESERVED_PER_SEGMENT)), DEPTH_MAX);
    if (depth <= this.depth) return;
    this.freeTable();
    this.root = Dict.createRoot(this.memory, depth);
  }

  /** Adds an entry whose key is not there yet. */
  insert(hash: number, ref: Ref): void {
    let segment = this.segmentOf(hash);
    while (this.segmentCount(segment) >= SPLIT_AT && this.segmentDepth(segment) < DEPTH_MAX) {
      this.split(hash, segment);
      segment = this.segmentOf(hash);
    }
    if (this.segmentCount(segment) === SLOTS - 1)
      throw new Error("more entries of one hash than a segment holds");
    this.place(this.ownSegment(hash, segment), hash, ref);
    this.addToCount(1);
  }

  /** Hangs `ref` in the place of `old`, an entry of that hash. */
  replace(hash: number, old: Ref, ref: Ref): void {
    if (old === ref) return;
    const segment = this.ownSegment(hash, this.segmentOf(hash));
    const slot = this.slotOf(segment, hash, old);
    if (slot < 0) throw new Error(`entry ${old} is not in the dict`);
    this.memory.wordsOf(segment)[this.memory.word(segment) + SLOTS_AT + slot * 2 + 1] = ref;
  }

  /** Takes an entry out; freeing it is the caller's. */
  remove(hash: number, ref: Ref): void {
    const segment = this.ownSegment(hash, this.segmentOf(hash));
    const slot = this.slotOf(segment, hash, ref);
    if (slot < 0) throw new Error(`entry ${ref} is not in the dict`);
    this.closeGap(segment, slot);
    this.memory.wordsOf(segment)[this.memory.word(segment) + COUNT]!--;
    this.addToCount(-1);
    this.mergeIfEmpty(hash, segment);
  }

  /** Whether an entry of that hash is this one; tells a moved or removed entry from one that is still there. */
  has(hash: number, ref: Ref): boolean {
    return this.slotOf(this.segmentOf(hash), hash, ref) >= 0;
  }

  /**
   * Visits at least `count` entries from the cursor on (all of a hash together) and returns the next cursor, 0 at the
   * end. The dict must not change during the call.
   */
  scan(cursor: number, count: number, visit: (ref: Ref) => void): number {
    let position = cursor;
    let left = count;
    // Sparse tables have many empty segments: a call passes over so many and then comes back with its cursor.
    for (let visits = count * 10; left > 0 && visits > 0; visits--) {
      const segment = this.segmentOf(position | 0);
      const end = this.endOfPart(segment, position, left);
      const found = this.placesIn(segment, position, end);
      const stop = found.length > left ? hashOf(found[left - 1]!) : end;
      for (const place of found) {
        if (hashOf(place) > stop) break;
        visit(this.refAt(segment, place % PLACES));
        left--;
      }
      position = stop < end ? stop + 1 : end;
      if (position === HASHES) return 0;
    }
    return position;
  }

  /** An entry, each with the same chance; 0 when there is none. */
  random(chance: Chance): Ref {
    if (this.count === 0) return 0;
    const depth = this.depth;
    for (;;) {
      const segment = this.directoryAt(below(chance, 1 << depth));
      // A shallow segment is named more often than a deep one and must not be favoured for that.
      const names = 1 << (depth - this.segmentDepth(segment));
      if (names > 1 && below(chance, names) !== 0) continue;
      const ref = this.refAt(segment, below(chance, SLOTS));
      if (ref !== 0) return ref;
    }
  }

  /** A dict of the same shape with what `copyEntry` makes of each entry; gives back its root. */
  copy(copyEntry: (ref: Ref) => Ref): Ref {
    const copied = new Dict(this.memory, this.memory.duplicate(this.root), this.entries);
    let hash = 0;
    this.forEachSegment((segment) => {
      const depth = this.segmentDepth(segment);
      const twin = Dict.createSegment(this.memory, depth);
      this.visitCold(segment, (ref, of) => copied.place(twin, of, copyEntry(ref)));
      copied.name(hash, twin);
      hash += 2 ** (32 - depth);
    });
    return copied.root;
  }

  /** Frees the directory and the segments, not the entries; the dict is dead afterwards. */
  freeTable(): void {
    this.forEachSegment((segment) => this.memory.free(segment));
    this.memory.free(this.root);
  }

  private static createRoot(arena: Arena, depth = 0): Ref {
    const segments = 1 << depth;
    const root = arena.allocate((DIRECTORY + segments) * 4);
    const words = arena.wordsOf(root);
    const at = arena.word(root);
    words[at + COUNT] = 0;
    words[at + DEPTH] = depth;
    words[at + DEEPEST] = segments;
    for (let segment = 0; segment < segments; segment++) {
      words[at + DIRECTORY + segment] = Dict.createSegment(arena, depth);
    }
    return root;
  }

  private static createSegment(arena: Arena, depth: number): Ref {
    const segment = arena.allocate(SEGMENT_BYTES);
    const at = arena.word(segment);
    arena.wordsOf(segment).fill(0, at + COUNT, at + SLOTS_AT + SLOTS * 2);
    arena.wordsOf(segment)[at + COUNT] = depth << 16;
    return segment;
  }

  private directoryIndex(hash: number): number {
    // In two steps, since a shift by 32 is a shift by 0.
    return (hash >>> 1) >>> (31 - this.depth);
  }

  private segmentOf(hash: number): Ref {
    return this.directoryAt(this.directoryIndex(hash));
  }

  private ownRoot(): void {
    this.root = this.memory.own(this.root);
  }

  private setRoot(word: number, value: number): void {
    this.memory.wordsOf(this.root)[this.memory.word(this.root) + word] = value;
  }

  private addToCount(change: number): void {
    this.ownRoot();
    this.setRoot(COUNT, this.count + change);
  }

  private ownSegment(hash: number, segment: Ref): Ref {
    const owned = this.memory.own(segment);
    if (owned !== segment) this.name(hash, owned);
    return owned;
  }

  /** Writes the segment into all places of the directory that its depth and the hash give it. */
  private name(hash: number, segment: Ref): void {
    this.ownRoot();
    const names = 1 << (this.depth - this.segmentDepth(segment));
    const first = this.directoryIndex(hash) & -names;
    const words = this.memory.wordsOf(this.root);
    const at = this.memory.word(this.root) + DIRECTORY + first;
    words.fill(segment, at, at + names);
  }

  private place(segment: Ref, hash: number, ref: Ref): void {
    const words = this.memory.words[segment >>> 22]!;
    const head = this.memory.word(segment);
    let slot = home(hash);
    while (words[head + SLOTS_AT + slot * 2 + 1] !== 0) {
      if (++slot === SLOTS) slot = 0;
    }
    words[head + SLOTS_AT + slot * 2] = hash;
    words[head + SLOTS_AT + slot * 2 + 1] = ref;
    words[head + COUNT]!++;
  }

  private slotOf(segment: Ref, hash: number, ref: Ref): number {
    const words = this.memory.words[segment >>> 22]!;
    const base = this.memory.word(segment) + SLOTS_AT;
    const wanted = ref | 0;
    for (let slot = home(hash); ; ) {
      const found = words[base + slot * 2 + 1]!;
      if (found === wanted) return slot;
      if (found === 0) return -1;
      if (++slot === SLOTS) slot = 0;
    }
  }

  /** Empties a slot by moving back what was pushed past it. */
  private closeGap(segment: Ref, slot: number): void {
    const words = this.memory.words[segment >>> 22]!;
    const base = this.memory.word(segment) + SLOTS_AT;
    let gap = slot;
    for (let next = following(slot); words[base + next * 2 + 1] !== 0; next = following(next)) {
      const wants = home(words[base + next * 2]!);
      // The entry may move into the gap unless its home lies behind the gap, seen round the circle.
      if (distance(wants, next) < distance(gap, next)) continue;
      words[base + gap * 2] = words[base + next * 2]!;
      words[base + gap * 2 + 1] = words[base + next * 2 + 1]!;
      gap = next;
    }
    words[base + gap * 2 + 1] = 0;
  }

  private split(hash: number, segment: Ref): void {
    const depth = this.segmentDepth(segment);
    if (depth === this.depth) this.doubleDirectory();
    const low = Dict.createSegment(this.memory, depth + 1);
    const high = Dict.createSegment(this.memory, depth + 1);
    const bit = 1 << (31 - depth);
    this.copyEntries(segment, (each) => ((each & bit) === 0 ? low : high));
    this.memory.free(segment);
    this.name(hash & ~bit, low);
    this.name(hash | bit, high);
    if (depth + 1 === this.depth) this.setRoot(DEEPEST, this.memory.read(this.root, DEEPEST) + 2);
  }

  private copyEntries(from: Ref, target: (hash: number) => Ref): void {
    const words = this.memory.wordsOf(from);
    const base = this.memory.word(from) + SLOTS_AT;
    for (let at = base; at < base + SLOTS * 2; at += 2) {
      const hash = words[at]!;
      if (words[at + 1] !== 0) this.place(target(hash), hash, words[at + 1]!);
    }
  }

  private doubleDirectory(): void {
    const depth = this.depth;
    this.resizeDirectory(depth + 1, (at) => at >>> 1);
    this.setRoot(DEEPEST, 0);
  }

  /** A new root of another depth; `from` tells which name of the old one each name of the new one repeats. */
  private resizeDirectory(depth: number, from: (at: number) => number): void {
    const root = this.memory.allocate((DIRECTORY + 2 ** depth) * 4);
    const words = this.memory.wordsOf(root);
    const base = this.memory.word(root);
    words[base + COUNT] = this.count;
    words[base + DEPTH] = depth;
    const old = this.memory.wordsOf(this.root);
    const oldNames = this.memory.word(this.root) + DIRECTORY;
    for (let at = 0; at < 1 << depth; at++) words[base + DIRECTORY + at] = old[oldNames + from(at)]!;
    this.memory.free(this.root);
    this.root = root;
  }

  private mergeIfEmpty(hash: number, segment: Ref): void {
    const depth = this.segmentDepth(segment);
    const count = this.segmentCount(segment);
    if (depth === 0 || count > MERGE_AT || count % MERGE_EVERY !== 0) return;
    const other = this.segmentOf(hash ^ (1 << (32 - depth)));
    if (this.segmentDepth(other) !== depth) return;
    if (count + this.segmentCount(other) > MERGE_AT) return;
    const merged = Dict.createSegment(this.memory, depth - 1);
    this.copyEntries(segment, () => merged);
    this.copyEntries(other, () => merged);
    this.memory.free(segment);
    this.memory.free(other);
    this.name(hash, merged);
    if (depth === this.depth) this.setRoot(DEEPEST, this.memory.read(this.root, DEEPEST) - 2);
    this.halveDirectory();
  }

  /** Halves the directory while no segment needs its depth. */
  private halveDirectory(): void {
    while (this.depth > 0 && this.memory.read(this.root, DEEPEST) === 0) {
      this.resizeDirectory(this.depth - 1, (at) => at << 1);
      let deepest = 0;
      this.forEachSegment((segment) => {
        if (this.segmentDepth(segment) === this.depth) deepest++;
      });
      this.setRoot(DEEPEST, deepest);
    }
  }

  /**
   * Where to end looking for the next `left` entries: where twice as many are to be expected, as hashes are spread
   * evenly, or where the segment's range ends.
   */
  private endOfPart(segment: Ref, position: number, left: number): number {
    const range = 2 ** (32 - this.segmentDepth(segment));
    const end = (Math.floor(position / range) + 1) * range;
    const part = Math.ceil((range / (this.segmentCount(segment) + 1)) * left * 2);
    return Math.min(position + part, end);
  }

  private refAt(segment: Ref, slot: number): Ref {
    return this.memory.read(segment, SLOTS_AT + slot * 2 + 1) >>> 0;
  }

  /** The places of the entries whose hash is in [start, end), in the order of hashes: see PLACES. */
  private placesIn(segment: Ref, start: number, end: number): Float64Array {
    const words = this.memory.wordsOf(segment);
    const base = this.memory.word(segment) + SLOTS_AT;
    const places: number[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const hash = words[base + slot * 2]! >>> 0;
      const isWanted = hash >= start && hash < end && words[base + slot * 2 + 1] !== 0;
      if (isWanted) places.push(hash * PLACES + slot);
    }
    return Float64Array.from(places).sort();
  }
}
