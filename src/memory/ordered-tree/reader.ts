/** Reads an ordered tree, also a frozen one from another thread. */

import { compareBytes } from "../../util/ascii.js";
import { EntryReader } from "../entry.js";
import type { Memory, Ref } from "../memory.js";
import {
  COUNTS_AT,
  FIRSTS_AT,
  itemsOf,
  levelOf,
  REFS_AT,
  refOf,
  SCORES_AT,
  sumOfCounts,
  totalOf,
} from "./node.js";

const NO_BYTES = new Uint8Array(0);

/** Is shown neighbours: the elements of a leaf in the slots from `from` on and below `to`. */
export type RunVisitor = (leaf: Ref, from: number, to: number) => void;

export class OrderedTreeReader<M extends Memory = Memory> {
  /** Where a descent by rank has arrived: how many elements of the node are still to be passed. */
  protected rest = 0;
  // What is looked for.
  private score = 0;
  protected orEqual = false;
  /** Whether scores, or members, decide alone. */
  private by: "score" | "member" | "both" = "both";
  private bytes: Uint8Array = NO_BYTES;
  private start = 0;
  private end = 0;

  constructor(
    readonly memory: M,
    /** The root's block; changes as the tree grows, shrinks, or is changed while a snapshot is open. */
    public root: Ref,
    /** Reads the entries of the elements. */
    private readonly entries: EntryReader = new EntryReader(memory),
  ) {}

  /** Number of elements. */
  get count(): number {
    return totalOf(this.memory, this.root);
  }

  /** The slot of what `leafOf` has found. */
  get slotFound(): number {
    return this.rest;
  }

  /**
   * Visits `count` elements in ascending order from a rank on, those of a leaf together. The tree must not change
   * meanwhile.
   */
  forEachRun(first: number, count: number, visit: RunVisitor): void {
    const end = first + count;
    for (let rank = first; rank < end; ) {
      const leaf = this.leafOf(rank);
      const from = this.rest;
      const to = Math.min(itemsOf(this.memory, leaf), from + end - rank);
      visit(leaf, from, to);
      rank += to - from;
    }
  }

  /** As `forEachRun`, in descending order of the leaves: the last slot of the first run has the rank `last`. */
  forEachRunBackwards(last: number, count: number, visit: RunVisitor): void {
    const end = last - count;
    for (let rank = last; rank > end; ) {
      const leaf = this.leafOf(rank);
      const to = this.rest + 1;
      const from = Math.max(0, to - (rank - end));
      visit(leaf, from, to);
      rank -= to - from;
    }
  }

  /** How many elements have a score below the given one, or with `orEqual` one not above it. */
  countBelow(score: number, orEqual: boolean): number {
    this.by = "score";
    this.score = score;
    this.orEqual = orEqual;
    return this.position();
  }

  /** How many elements come before the one with that score and member, whether it is there or not. */
  countBefore(score: number, member: Uint8Array, start: number, end: number): number {
    this.lookFor(score, member, start, end);
    const position = this.position();
    this.forget();
    return position;
  }

  /**
   * How many members are below the given one, or with `orEqual` not above it, in a tree whose members ascend: whose
   * scores are all equal.
   */
  countMembersBelow(member: Uint8Array, start: number, end: number, orEqual: boolean): number {
    this.lookFor(0, member, start, end);
    this.by = "member";
    this.orEqual = orEqual;
    const position = this.position();
    this.forget();
    return position;
  }

  /** The leaf with the element of that rank, from 0 below `count`; `slotFound` tells where in it. */
  leafOf(rank: number): Ref {
    this.rest = rank;
    let node = this.root;
    for (let level = levelOf(this.memory, node); level > 0; level--) {
      node = refOf(this.memory, node, this.childAt(node));
    }
    return node;
  }

  /** The slot of the child that has the element of rank `rest`, which becomes its rank below that child. */
  protected childAt(node: Ref): number {
    const words = this.memory.wordsOf(node);
    const counts = this.memory.word(node) + COUNTS_AT;
    let slot = 0;
    let rest = this.rest;
    for (; rest >= words[counts + slot]!; slot++) rest -= words[counts + slot]!;
    this.rest = rest;
    return slot;
  }

  /** Looks for an element from now on, until `forget`. */
  protected lookFor(score: number, member: Uint8Array, start: number, end: number): void {
    this.by = "both";
    this.score = score;
    this.orEqual = false;
    this.bytes = member;
    this.start = start;
    this.end = end;
  }

  /** Lets go of the member. */
  protected forget(): void {
    this.bytes = NO_BYTES;
  }

  private position(): number {
    let node = this.root;
    let passed = 0;
    for (let level = levelOf(this.memory, node); level > 0; level--) {
      // What the search is for may lie behind the last child that begins below it.
      const slot = Math.max(0, this.itemsBelow(node, level) - 1);
      passed += sumOfCounts(this.memory, node, slot);
      node = refOf(this.memory, node, slot);
    }
    return passed + this.itemsBelow(node, 0);
  }

  /** How many items of the node begin below what is looked for. */
  protected itemsBelow(node: Ref, level: number): number {
    const doubles = this.memory.doublesOf(node);
    const scores = this.memory.double(node) + SCORES_AT;
    let low = 0;
    let high = itemsOf(this.memory, node);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const score = doubles[scores + middle]!;
      const ties = this.by === "member" || score === this.score;
      const below = ties ? this.tieIsBelow(node, level, middle) : score < this.score;
      if (below) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether an item that its score does not tell from what is looked for begins below it. */
  private tieIsBelow(node: Ref, level: number, slot: number): boolean {
    if (this.by === "score") return this.orEqual;
    const ref = this.memory.read(node, (level === 0 ? REFS_AT : FIRSTS_AT) + slot) >>> 0;
    const start = this.entries.keyStart(ref);
    const end = start + this.entries.keyLength(ref);
    const order = compareBytes(this.memory.bytesOf(ref), start, end, this.bytes, this.start, this.end);
    return order < 0 || (order === 0 && this.orEqual);
  }
}
