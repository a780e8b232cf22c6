/**
 * Elements in the order of their scores, and of their members where scores are equal: the order of a sorted set. A
 * counted B+ tree, whose nodes (ordered-tree/node.ts) tell how many elements lie below each child: the rank of an
 * element and the element of a rank take one descent.
 *
 * An element is a score and the reference of an entry, whose key is the member. Entries are not the tree's: it compares
 * their keys and neither moves nor frees them. An inner node repeats the score and the entry that each child begins with,
 * so that a search reads no node but those it passes.
 *
 * A change is one descent, by score and member or by rank, that owns what it passes: every node on the way changes
 * anyhow, since its counts do. While a snapshot is open that copies one node of each level at most, some five kilobytes
 * for millions of elements. A range of ranks goes in one descent as well, which frees whole nodes that lie inside of it.
 *
 * A full node is split in halves, or, where elements come in ascending order, left full. A node that becomes nearly
 * empty is joined with its neighbour if both fit well into one node; it goes when it is empty.
 */

import type { Arena } from "./arena.js";
import { EntryReader } from "./entry.js";
import type { Ref } from "./memory.js";
import {
  COUNT,
  COUNTS_AT,
  countOf,
  entryOf,
  FIRSTS_AT,
  INNER_BYTES,
  ITEMS_MAX,
  itemsOf,
  LEAF_BYTES,
  LEVEL,
  levelOf,
  REFS_AT,
  refOf,
  SCORES_AT,
  scoreOf,
  totalOf,
} from "./ordered-tree/node.js";
import { OrderedTreeReader } from "./ordered-tree/reader.js";

export { itemsOf, refOf, scoreOf } from "./ordered-tree/node.js";
export { OrderedTreeReader } from "./ordered-tree/reader.js";

/** A node with fewer items looks for a neighbour to join. */
const JOIN_BELOW = ITEMS_MAX >>> 2;
/** Joined nodes have no more items than this, so that they do not have to be split again soon. */
const JOINED_MAX = ITEMS_MAX - JOIN_BELOW;

export class OrderedTree extends OrderedTreeReader<Arena> {
  /** Where `open` has made room. */
  private target: Ref = 0;
  private slot = 0;
  /** Whether the insertion is known to come behind all other elements; else what is looked for says where. */
  private appends = false;
  /** Whether the last insertion came there. */
  private appended = false;

  /** `entries` reads the entries of the elements. */
  constructor(arena: Arena, root: Ref = createNode(arena, 0), entries: EntryReader = new EntryReader(arena)) {
    super(arena, root, entries);
  }

  /** Adds an element that the caller knows to come behind all others. */
  append(score: number, ref: Ref): void {
    this.appends = true;
    this.addToRoot(score, ref);
    this.appends = false;
  }

  /** Inserts an element that is not there, whose entry has that member. */
  insert(score: number, member: Uint8Array, start: number, end: number, ref: Ref): void {
    this.lookFor(score, member, start, end);
    this.addToRoot(score, ref);
    this.forget();
  }

  /** Takes `count` elements out, from a rank on, whole leaves at a time. Their entries are not looked at any more. */
  removeRange(rank: number, count: number): void {
    this.root = this.memory.own(this.root);
    this.cut(this.root, rank, count);
    this.lowerRoot();
  }

  /** Takes the element with that score and member out, which must be there. */
  remove(score: number, member: Uint8Array, start: number, end: number): void {
    this.lookFor(score, member, start, end);
    this.root = this.memory.own(this.root);
    this.removeFrom(this.root);
    this.lowerRoot();
    this.forget();
  }

  /** Frees all nodes; the tree is dead afterwards. */
  free(): void {
    const nodes = [this.root];
    while (nodes.length > 0) this.freeNode(nodes);
  }

  /** Frees the last of the given nodes and puts its children in its place: to free a dead tree in slices. */
  freeNode(nodes: Ref[]): void {
    const node = nodes.pop()!;
    if (levelOf(this.memory, node) > 0) {
      const items = itemsOf(this.memory, node);
      for (let slot = 0; slot < items; slot++) nodes.push(refOf(this.memory, node, slot));
    }
    this.memory.free(node);
  }

  /** Bytes of all nodes. */
  get nodeBytes(): number {
    let bytes = 0;
    this.forEachNode(this.root, (node) => {
      bytes += this.memory.sizeOf(node);
    });
    return bytes;
  }

  private addToRoot(score: number, ref: Ref): void {
    this.root = this.memory.own(this.root);
    const right = this.insertInto(this.root, score, ref, true);
    if (right !== 0) this.grow(right);
  }

  /** Takes away the levels that a removal has left without a purpose. */
  private lowerRoot(): void {
    if (itemsOf(this.memory, this.root) === 0 && levelOf(this.memory, this.root) > 0) {
      this.memory.free(this.root);
      this.root = createNode(this.memory, 0);
    }
    while (levelOf(this.memory, this.root) > 0 && itemsOf(this.memory, this.root) === 1) {
      const only = refOf(this.memory, this.root, 0);
      this.memory.free(this.root);
      this.root = only;
    }
  }

  /** Inserts below an owned node, the last of its level or not; gives back the node split off to its right, or 0. */
  private insertInto(node: Ref, score: number, ref: Ref, isLast: boolean): Ref {
    const level = levelOf(this.memory, node);
    const items = itemsOf(this.memory, node);
    if (level === 0) {
      const slot = this.appends ? items : this.itemsBelow(node, 0);
      this.appended = isLast && slot === items;
      const right = this.open(node, slot, this.appended);
      this.writeElement(this.target, this.slot, score, ref);
      return right;
    }
    const slot = this.appends ? items - 1 : Math.max(0, this.itemsBelow(node, level) - 1);
    const child = this.ownChild(node, slot);
    const half = this.insertInto(child, score, ref, isLast && slot === items - 1);
    if (half === 0) {
      this.refresh(node, slot, child, 1);
      return 0;
    }
    this.writeChild(node, slot, child);
    const right = this.open(node, slot + 1, this.appended);
    this.writeChild(this.target, this.slot, half);
    return right;
  }

  /** The slot of the child that has the element that is looked for: the last one that does not begin behind it. */
  private childWith(node: Ref, level: number): number {
    this.orEqual = true;
    const slot = this.itemsBelow(node, level) - 1;
    this.orEqual = false;
    return slot;
  }

  /**
   * Opens a gap in an owned node at `target` and `slot`, which are in the node itself or in the one that is split off
   * when it is full: gives that back, or 0.
   */
  private open(node: Ref, slot: number, appends: boolean): Ref {
    const items = itemsOf(this.memory, node);
    let right = 0;
    this.target = node;
    this.slot = slot;
    if (items === ITEMS_MAX) {
      const kept = appends ? items : items >>> 1;
      right = this.splitOff(node, kept);
      if (slot > kept || appends) {
        this.target = right;
        this.slot = slot - kept;
      }
    }
    this.shift(this.target, this.slot, 1);
    return right;
  }

  /** A new node with what follows the first `kept` items. */
  private splitOff(node: Ref, kept: number): Ref {
    const right = createNode(this.memory, levelOf(this.memory, node));
    this.appendItems(right, node, kept);
    this.memory.wordsOf(node)[this.memory.word(node) + COUNT] = kept;
    return right;
  }

  /** Appends the items of `from`, from a slot on, to an owned node of the same level. */
  private appendItems(to: Ref, from: Ref, slot: number): void {
    const base = itemsOf(this.memory, to);
    const end = itemsOf(this.memory, from);
    this.memory.wordsOf(to)[this.memory.word(to) + COUNT] = base + end - slot;
    for (let at = slot; at < end; at++) this.copyItem(to, base + at - slot, from, at);
  }

  private grow(right: Ref): void {
    const left = this.root;
    this.root = createNode(this.memory, levelOf(this.memory, left) + 1);
    this.memory.wordsOf(this.root)[this.memory.word(this.root) + COUNT] = 2;
    this.writeChild(this.root, 0, left);
    this.writeChild(this.root, 1, right);
  }

  /** Takes what is looked for out of an owned node. */
  private removeFrom(node: Ref): void {
    const level = levelOf(this.memory, node);
    if (level === 0) {
      this.shift(node, this.itemsBelow(node, 0) + 1, -1);
      return;
    }
    const slot = this.childWith(node, level);
    const child = this.ownChild(node, slot);
    this.removeFrom(child);
    const items = itemsOf(this.memory, child);
    if (items === 0) {
      this.memory.free(child);
      this.shift(node, slot + 1, -1);
      return;
    }
    this.refresh(node, slot, child, -1);
    this.join(node, slot);
  }

  /** Takes `count` elements out of an owned node, from its element `first` on. */
  private cut(node: Ref, first: number, count: number): void {
    if (levelOf(this.memory, node) === 0) {
      this.shift(node, first + count, -count);
      return;
    }
    this.rest = first;
    const start = this.childAt(node);
    let from = this.rest;
    let slot = start;
    // The children that lose some elements stay; between them lie those that lose all.
    let gone = 0;
    let goneEnd = 0;
    for (let left = count; left > 0; slot++) {
      const size = countOf(this.memory, node, slot);
      const taken = Math.min(left, size - from);
      if (taken === size) {
        this.cutOff(refOf(this.memory, node, slot));
        gone++;
        goneEnd = slot + 1;
      } else {
        const child = this.ownChild(node, slot);
        this.cut(child, from, taken);
        this.refresh(node, slot, child, -taken);
      }
      left -= taken;
      from = 0;
    }
    if (gone > 0) this.shift(node, goneEnd, -gone);
    for (let left = slot - gone - 1; left >= start; left--) this.join(node, left);
  }

  /** Frees a node with all below it. */
  private cutOff(node: Ref): void {
    if (levelOf(this.memory, node) > 0) {
      const items = itemsOf(this.memory, node);
      for (let slot = 0; slot < items; slot++) this.cutOff(refOf(this.memory, node, slot));
    }
    this.memory.free(node);
  }

  /** Joins a child with a neighbour, if it has few items and they fit. */
  private join(node: Ref, slot: number): void {
    if (itemsOf(this.memory, refOf(this.memory, node, slot)) >= JOIN_BELOW) return;
    const left = slot > 0 ? slot - 1 : 0;
    if (left + 1 === itemsOf(this.memory, node)) return;
    const right = refOf(this.memory, node, left + 1);
    const items = itemsOf(this.memory, right) + itemsOf(this.memory, refOf(this.memory, node, left));
    if (items > JOINED_MAX) return;
    const joined = this.ownChild(node, left);
    this.appendItems(joined, right, 0);
    this.writeChild(node, left, joined);
    this.memory.free(right);
    this.shift(node, left + 2, -1);
  }

  private ownChild(node: Ref, slot: number): Ref {
    const child = refOf(this.memory, node, slot);
    const owned = this.memory.own(child);
    if (owned !== child) {
      this.memory.wordsOf(node)[this.memory.word(node) + REFS_AT + slot] = owned;
    }
    return owned;
  }

  private writeElement(leaf: Ref, slot: number, score: number, ref: Ref): void {
    const memory = this.memory;
    memory.doublesOf(leaf)[memory.double(leaf) + SCORES_AT + slot] = score;
    memory.wordsOf(leaf)[memory.word(leaf) + REFS_AT + slot] = ref;
  }

  /** Writes a child with all that a node knows of it. */
  private writeChild(node: Ref, slot: number, child: Ref): void {
    const at = this.memory.word(node) + slot;
    const words = this.memory.wordsOf(node);
    words[at + REFS_AT] = child;
    words[at + COUNTS_AT] = totalOf(this.memory, child);
    this.refresh(node, slot, child, 0);
  }

  /** Writes what a node knows of a child that has changed: its first element, and how many more it has. */
  private refresh(node: Ref, slot: number, child: Ref, more: number): void {
    const memory = this.memory;
    const at = memory.word(node) + slot;
    const words = memory.wordsOf(node);
    memory.doublesOf(node)[memory.double(node) + SCORES_AT + slot] = scoreOf(memory, child, 0);
    words[at + COUNTS_AT]! += more;
    words[at + FIRSTS_AT] = entryOf(memory, child, 0);
  }

  private copyItem(to: Ref, toSlot: number, from: Ref, fromSlot: number): void {
    const memory = this.memory;
    this.writeElement(to, toSlot, scoreOf(memory, from, fromSlot), refOf(memory, from, fromSlot));
    if (levelOf(memory, from) === 0) return;
    const words = memory.wordsOf(to);
    const at = memory.word(to) + toSlot;
    words[at + COUNTS_AT] = countOf(memory, from, fromSlot);
    words[at + FIRSTS_AT] = entryOf(memory, from, fromSlot);
  }

  /** Moves the items from a slot on by so many places, to open a gap (1) or to close one (negative). */
  private shift(node: Ref, slot: number, by: number): void {
    const memory = this.memory;
    const words = memory.wordsOf(node);
    const at = memory.word(node);
    const items = words[at + COUNT]!;
    const scores = memory.double(node) + SCORES_AT;
    moveItems(memory.doublesOf(node), scores + slot, scores + items, by);
    const last = at + (words[at + LEVEL] === 0 ? REFS_AT : FIRSTS_AT);
    for (let array = at + REFS_AT; array <= last; array += ITEMS_MAX)
      moveItems(words, array + slot, array + items, by);
    words[at + COUNT] = items + by;
  }

  private forEachNode(node: Ref, visit: (node: Ref) => void): void {
    if (levelOf(this.memory, node) > 0) {
      const items = itemsOf(this.memory, node);
      for (let slot = 0; slot < items; slot++) this.forEachNode(refOf(this.memory, node, slot), visit);
    }
    visit(node);
  }
}

/** Moves a range by so many places. A loop: a native copy in shared memory takes longer for so few. */
function moveItems(array: Float64Array | Int32Array, from: number, end: number, by: number): void {
  if (by < 0) for (let at = from; at < end; at++) array[at + by] = array[at]!;
  else for (let at = end - 1; at >= from; at--) array[at + by] = array[at]!;
}

function createNode(arena: Arena, level: number): Ref {
  const node = arena.allocate(level === 0 ? LEAF_BYTES : INNER_BYTES);
  const words = arena.wordsOf(node);
  const at = arena.word(node);
  words[at + COUNT] = 0;
  words[at + LEVEL] = level;
  return node;
}
