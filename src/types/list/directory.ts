/**
 * The directory of a list's nodes, in two levels.
 *
 * The root is a row of leaves, a leaf is a row of up to LEAF_SLOTS nodes, and each slot knows the number of elements
 * below it. So the ends are reached at once, and an index by adding up a few hundred numbers: a million elements of ten
 * bytes are 1300 nodes, which is five leaves. A change while a snapshot is open copies one node, one leaf and the root,
 * and nothing else.
 *
 * No leaf is ever empty. The root is the value of the list's entry, which must be mutable as soon as something is changed.
 */

import type { Arena } from "../../memory/arena.js";
import type { Entries } from "../../memory/entry.js";
import type { Ref } from "../../memory/memory.js";
import * as row from "./row.js";

const LEAF_SLOTS = 256;
const FIRST_SLOTS = 4;

export class Directory {
  /** A change may move it. */
  root: Ref = 0;
  private entry: Ref = 0;
  private readonly arena: Arena;

  constructor(private readonly entries: Entries) {
    this.arena = entries.memory;
  }

  /** Points at a list's entry and its root. */
  attach(entry: Ref, root: Ref): void {
    this.entry = entry;
    this.root = root;
  }

  /** Makes a directory the value of an entry: of one node that holds `count` elements, or of none. */
  create(entry: Ref, node: Ref, count: number): void {
    const { arena } = this;
    const root = row.createRow(arena, FIRST_SLOTS);
    this.entry = entry;
    this.setRoot(count === 0 ? root : row.insert(arena, root, 0, this.leafOf(node, count), count));
  }

  /** Frees the directory of one node and makes `node` the entry's value in its place. */
  release(node: Ref): void {
    this.arena.free(this.leaf(0));
    this.arena.free(this.root);
    this.entries.setBox(this.entry, node);
  }

  get leaves(): number {
    return row.length(this.arena, this.root);
  }

  leaf(leafAt: number): Ref {
    return row.refAt(this.arena, this.root, leafAt);
  }

  nodesIn(leafAt: number): number {
    return row.length(this.arena, this.leaf(leafAt));
  }

  node(leafAt: number, nodeAt: number): Ref {
    return row.refAt(this.arena, this.leaf(leafAt), nodeAt);
  }

  /** The only node, or 0 when there are more. */
  get onlyNode(): Ref {
    return this.leaves === 1 && this.nodesIn(0) === 1 ? this.node(0, 0) : 0;
  }

  /** Makes the root and a leaf mutable; returns the leaf. */
  ownLeaf(leafAt: number): Ref {
    this.ownRoot();
    const leaf = this.leaf(leafAt);
    const owned = this.arena.own(leaf);
    if (owned !== leaf) row.setRef(this.arena, this.root, leafAt, owned);
    return owned;
  }

  /** Counts `by` elements more (or fewer) in a node of a mutable leaf. */
  addCounts(leaf: Ref, leafAt: number, nodeAt: number, by: number): void {
    row.addCount(this.arena, leaf, nodeAt, by);
    row.addCount(this.arena, this.root, leafAt, by);
  }

  /** Hangs a node with `count` elements before a node's place, which may be the end of its leaf. */
  insert(leafAt: number, nodeAt: number, node: Ref, count: number): void {
    const { arena } = this;
    if (this.leaves === 0) {
      this.insertLeaf(0, this.leafOf(node, count), count);
      return;
    }
    let leaf = this.ownLeaf(leafAt);
    if (row.length(arena, leaf) === LEAF_SLOTS) {
      this.insertIntoFull(leafAt, nodeAt, node, count);
      return;
    }
    leaf = row.insert(arena, leaf, nodeAt, node, count);
    row.setRef(arena, this.root, leafAt, leaf);
    row.addCount(arena, this.root, leafAt, count);
  }

  /** Takes a node out and frees it. */
  drop(leafAt: number, nodeAt: number): void {
    const { arena } = this;
    const leaf = this.ownLeaf(leafAt);
    const node = row.refAt(arena, leaf, nodeAt);
    row.addCount(arena, this.root, leafAt, -row.countAt(arena, leaf, nodeAt));
    row.remove(arena, leaf, nodeAt);
    arena.free(node);
    if (row.length(arena, leaf) > 0) return;
    row.remove(arena, this.root, leafAt);
    arena.free(leaf);
  }

  /** A full leaf gets a neighbour: an empty one at its ends, so that pushing fills leaves, else half of its nodes. */
  private insertIntoFull(leafAt: number, nodeAt: number, node: Ref, count: number): void {
    const { arena } = this;
    if (nodeAt === 0 || nodeAt === LEAF_SLOTS) {
      this.insertLeaf(nodeAt === 0 ? leafAt : leafAt + 1, this.leafOf(node, count), count);
      return;
    }
    const half = LEAF_SLOTS / 2;
    const right = row.createRow(arena, LEAF_SLOTS);
    row.moveTail(arena, this.leaf(leafAt), half, right);
    const moved = row.total(arena, right);
    row.addCount(arena, this.root, leafAt, -moved);
    this.insertLeaf(leafAt + 1, right, moved);
    if (nodeAt <= half) this.insert(leafAt, nodeAt, node, count);
    else this.insert(leafAt + 1, nodeAt - half, node, count);
  }

  /** A leaf of one node. */
  private leafOf(node: Ref, count: number): Ref {
    return row.insert(this.arena, row.createRow(this.arena, FIRST_SLOTS), 0, node, count);
  }

  private insertLeaf(leafAt: number, leaf: Ref, count: number): void {
    this.ownRoot();
    this.setRoot(row.insert(this.arena, this.root, leafAt, leaf, count));
  }

  private ownRoot(): void {
    const owned = this.arena.own(this.root);
    if (owned !== this.root) this.setRoot(owned);
  }

  private setRoot(root: Ref): void {
    this.root = root;
    this.entries.setBox(this.entry, root);
  }
}
