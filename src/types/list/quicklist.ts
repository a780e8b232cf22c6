/**
 * A list of many nodes, in Redis's words a quicklist.
 *
 * The nodes are found through a directory of two levels: the root is a row of leaves, a leaf is a row of up to
 * LEAF_SLOTS nodes, and each slot knows the number of elements below it. So the ends are reached at once, and an index
 * by adding up a few hundred numbers: a million elements of ten bytes are 1300 nodes, which is five leaves. A change
 * while a snapshot is open copies one node, one leaf and the root, and nothing else.
 *
 * Nodes that are far enough from both ends are compressed (compression.ts). A change notes in which leaf it was, and
 * `tidy` looks there and at the ends for what is otherwise than it should be.
 *
 * No leaf and no node is ever empty. Nodes are filled as Redis fills them (limit.ts), with one difference: an element
 * that would make its node larger than NODE_BYTES_MAX gets a node of its own.
 */

import type { Arena } from "../../memory/arena.js";
import type { Entries } from "../../memory/entry.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { NodeCompression } from "./compression.js";
import type { ListCursor } from "./cursor.js";
import { fullNodeBytes, type ListLimits, takes } from "./limit.js";
import {
  baseOf,
  bytesIn,
  countIn,
  createNode,
  insertAt,
  isCompressed,
  nodeOf,
  removeAt,
  removeEqual,
  replaceAt,
  sizeReplaced,
} from "./node.js";
import * as row from "./row.js";

const LEAF_SLOTS = 256;
const FIRST_SLOTS = 4;
/** From so many nodes on, one that is pushed to an end gets room for all it will hold, and keeps it while it is one. */
const LONG_FROM = 4;
/** A node that LSET makes larger is taken apart. */
const NODE_BYTES_MAX = 1024 * 1024;
/** More nodes are not compressed at once: of a list that was made before the directive was changed there may be many. */
const COMPRESSED_AT_ONCE = 8;

export class Quicklist {
  private fill = -2;
  private depth = 0;
  /** The leaf that has to be tidied; negative when there is none. */
  private untidy = -1;
  private readonly arena: Arena;
  private readonly compression: NodeCompression;
  /** The root of the directory; a change may move it. */
  root: Ref = 0;
  private entry: Ref = 0;

  constructor(private readonly entries: Entries) {
    this.arena = entries.memory;
    this.compression = new NodeCompression(entries.memory);
  }

  /** For the list that is attached next. */
  setLimits(limits: ListLimits): void {
    this.fill = limits["list-max-listpack-size"];
    this.depth = limits["list-compress-depth"];
    this.untidy = -1;
  }

  /** Points at a list's entry, which must be mutable as soon as something is changed, and its root. */
  attach(entry: Ref, root: Ref): void {
    this.entry = entry;
    this.root = root;
  }

  /** Builds a directory over the entry's only node, which may be empty. */
  adopt(entry: Ref): void {
    const { arena } = this;
    const node = this.entries.box(entry);
    const count = countIn(arena, node);
    const root = row.createRow(arena, FIRST_SLOTS);
    if (count === 0) arena.free(node);
    else
      row.insert(arena, root, 0, row.insert(arena, row.createRow(arena, FIRST_SLOTS), 0, node, count), count);
    this.entry = entry;
    this.setRoot(root);
  }

  /** The only node, or 0 when there are more. */
  get onlyNode(): Ref {
    if (row.length(this.arena, this.root) !== 1) return 0;
    const leaf = row.refAt(this.arena, this.root, 0);
    return row.length(this.arena, leaf) === 1 ? row.refAt(this.arena, leaf, 0) : 0;
  }

  /** Frees the directory and makes its only node the entry's value. */
  release(node: Ref): void {
    this.arena.free(row.refAt(this.arena, this.root, 0));
    this.arena.free(this.root);
    this.entries.setBox(this.entry, this.compression.restore(node));
  }

  /** Compresses and restores what the last change has left otherwise than list-compress-depth says. */
  tidy(): void {
    const touched = this.untidy;
    if (touched < 0) return;
    this.untidy = -1;
    if (this.depth === 0) return;
    const { arena } = this;
    const leaves = row.length(arena, this.root);
    let left = COMPRESSED_AT_ONCE;
    for (let at = Math.max(touched - 1, 0); at <= touched + 1 && at < leaves; at++)
      left = this.tidyLeaf(at, left);
    for (let at = 0, passed = 0; at < leaves && passed <= this.depth; at++) {
      left = this.tidyLeaf(at, left);
      passed += this.nodesIn(at);
    }
    for (let at = leaves - 1, passed = 0; at >= 0 && passed <= this.depth; at--) {
      left = this.tidyLeaf(at, left);
      passed += this.nodesIn(at);
    }
  }

  /** Compresses up to `most` nodes of a leaf, and restores those near the ends; returns how many are left of `most`. */
  private tidyLeaf(leafAt: number, most: number): number {
    const { arena, depth } = this;
    const nodes = this.nodesIn(leafAt);
    const before = this.nodesBefore(leafAt);
    const behind = this.nodesBehind(leafAt);
    let left = most;
    for (let at = 0; at < nodes; at++) {
      const node = row.refAt(arena, row.refAt(arena, this.root, leafAt), at);
      if (before + at < depth || behind + nodes - 1 - at < depth) {
        if (isCompressed(arena, node)) this.replaceNode(leafAt, at, this.compression.restore(node));
      } else if (left > 0 && this.compression.isUntried(node)) {
        this.replaceNode(leafAt, at, this.compression.compress(node));
        left--;
      }
    }
    return left;
  }

  private replaceNode(leafAt: number, nodeAt: number, node: Ref): void {
    row.setRef(this.arena, this.ownLeaf(leafAt), nodeAt, node);
  }

  private nodesIn(leafAt: number): number {
    return row.length(this.arena, row.refAt(this.arena, this.root, leafAt));
  }

  /** Nodes before a leaf, all of them or at least `depth`. */
  private nodesBefore(leafAt: number): number {
    let nodes = 0;
    for (let at = leafAt - 1; at >= 0 && nodes < this.depth; at--) nodes += this.nodesIn(at);
    return nodes;
  }

  private nodesBehind(leafAt: number): number {
    const leaves = row.length(this.arena, this.root);
    let nodes = 0;
    for (let at = leafAt + 1; at < leaves && nodes < this.depth; at++) nodes += this.nodesIn(at);
    return nodes;
  }

  /** A node of a mutable leaf, ready to be changed. */
  private nodeToChange(leaf: Ref, leafAt: number, nodeAt: number): Ref {
    const node = row.refAt(this.arena, leaf, nodeAt);
    if (this.compression.isUntried(node)) return node;
    const restored = this.compression.restore(node);
    row.setRef(this.arena, leaf, nodeAt, restored);
    this.untidy = leafAt;
    return restored;
  }

  /** Appends a node that hangs nowhere yet and is not empty. */
  append(node: Ref): void {
    const { arena } = this;
    const leaves = row.length(arena, this.root);
    const nodes = leaves === 0 ? 0 : row.length(arena, row.refAt(arena, this.root, leaves - 1));
    this.insertNode(leaves - 1, nodes, node, countIn(arena, node));
  }

  push(atHead: boolean, value: Uint8Array, start: number, end: number): void {
    const { arena } = this;
    const leaves = row.length(arena, this.root);
    if (leaves === 0) {
      this.addNode(0, 0, value, start, end);
      return;
    }
    const leafAt = atHead ? 0 : leaves - 1;
    const leaf = row.refAt(arena, this.root, leafAt);
    const nodeAt = atHead ? 0 : row.length(arena, leaf) - 1;
    const bytes = bytesIn(arena, row.refAt(arena, leaf, nodeAt));
    if (takes(this.fill, bytes, row.countAt(arena, leaf, nodeAt), end - start)) {
      const position = atHead ? listpack.HEADER_SIZE : bytes - 1;
      this.insertInto(leafAt, nodeAt, position, value, start, end);
      return;
    }
    const size = listpack.encodedSize(value, start, end);
    const room = row.length(arena, leaf) < LONG_FROM ? 0 : fullNodeBytes(this.fill, end - start, size);
    this.addNode(leafAt, atHead ? 0 : nodeAt + 1, value, start, end, room);
  }

  /** Inserts before the cursor's element, or after it. The cursor is not valid afterwards. */
  insert(cursor: ListCursor, after: boolean, value: Uint8Array, start: number, end: number): void {
    const { leafAt, nodeAt, bytes, base } = cursor;
    const leaf = row.refAt(this.arena, this.root, leafAt);
    const last = listpack.endPosition(bytes, base);
    let { position } = cursor;
    if (after) position += listpack.entrySize(bytes, base + position);
    if (this.nodeTakes(leaf, nodeAt, end - start)) {
      this.insertInto(leafAt, nodeAt, position, value, start, end);
    } else if (position === listpack.HEADER_SIZE) {
      this.insertBetween(leafAt, nodeAt, value, start, end);
    } else if (position === last) {
      this.insertBetween(leafAt, nodeAt + 1, value, start, end);
    } else {
      const [leftLeafAt, leftNodeAt] = this.split(cursor, position);
      this.insertBetween(leftLeafAt, leftNodeAt + 1, value, start, end);
    }
  }

  /** Replaces the cursor's element. The cursor is not valid afterwards. */
  replace(cursor: ListCursor, value: Uint8Array, start: number, end: number): void {
    const { arena } = this;
    const { leafAt, nodeAt, position } = cursor;
    const leaf = this.ownLeaf(leafAt);
    const node = this.nodeToChange(leaf, leafAt, nodeAt);
    const alone = row.countAt(arena, leaf, nodeAt) === 1;
    if (!alone && sizeReplaced(arena, node, position, value, start, end) > NODE_BYTES_MAX) {
      this.replaceApart(cursor, value, start, end);
      return;
    }
    row.setRef(arena, leaf, nodeAt, replaceAt(arena, node, position, value, start, end));
  }

  /** Removes up to `count` elements of one node, from a position on; returns how many. */
  removeFrom(leafAt: number, nodeAt: number, position: number, count: number): number {
    const { arena } = this;
    const held = row.countAt(arena, row.refAt(arena, this.root, leafAt), nodeAt);
    if (count >= held && position === listpack.HEADER_SIZE) {
      this.dropNode(leafAt, nodeAt);
      return held;
    }
    const leaf = this.ownLeaf(leafAt);
    const old = this.nodeToChange(leaf, leafAt, nodeAt);
    const node = removeAt(arena, old, position, count, this.keepsRoom(leaf, leafAt, nodeAt));
    if (node !== old) row.setRef(arena, leaf, nodeAt, node);
    const removed = held - countIn(arena, node);
    this.addCounts(leaf, leafAt, nodeAt, -removed);
    return removed;
  }

  /** Removes up to `most` elements of the cursor's node that are value[start, end); returns how many. */
  removeEqual(
    cursor: ListCursor,
    value: Uint8Array,
    start: number,
    end: number,
    most: number,
    fromTail: boolean,
  ): number {
    const { arena } = this;
    const { leafAt, nodeAt, bytes, base } = cursor;
    const first = listpack.first(bytes, base);
    if (listpack.find(bytes, base, first, value, start, end) === listpack.NONE) return 0;
    const leaf = this.ownLeaf(leafAt);
    const held = row.countAt(arena, leaf, nodeAt);
    const there = this.nodeToChange(leaf, leafAt, nodeAt);
    const node = removeEqual(arena, there, value, start, end, most, fromTail);
    row.setRef(arena, leaf, nodeAt, node);
    const removed = held - countIn(arena, node);
    if (removed === held) this.dropNode(leafAt, nodeAt);
    else if (removed > 0) this.addCounts(leaf, leafAt, nodeAt, -removed);
    return removed;
  }

  private insertInto(
    leafAt: number,
    nodeAt: number,
    position: number,
    value: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { arena } = this;
    const leaf = this.ownLeaf(leafAt);
    const node = this.nodeToChange(leaf, leafAt, nodeAt);
    const target = insertAt(arena, node, position, value, start, end);
    if (target !== node) row.setRef(arena, leaf, nodeAt, target);
    this.addCounts(leaf, leafAt, nodeAt, 1);
  }

  /** Inserts between two nodes: into either if it has room, else into a node between them. */
  private insertBetween(leafAt: number, nodeAt: number, value: Uint8Array, start: number, end: number): void {
    const { arena } = this;
    const leaf = row.refAt(arena, this.root, leafAt);
    if (nodeAt > 0 && this.nodeTakes(leaf, nodeAt - 1, end - start)) {
      const behind = bytesIn(arena, row.refAt(arena, leaf, nodeAt - 1)) - 1;
      this.insertInto(leafAt, nodeAt - 1, behind, value, start, end);
    } else if (nodeAt < row.length(arena, leaf) && this.nodeTakes(leaf, nodeAt, end - start)) {
      this.insertInto(leafAt, nodeAt, listpack.HEADER_SIZE, value, start, end);
    } else this.addNode(leafAt, nodeAt, value, start, end);
  }

  /** Replaces the cursor's element by one in a node of its own. */
  private replaceApart(cursor: ListCursor, value: Uint8Array, start: number, end: number): void {
    const { leafAt, nodeAt, position } = cursor;
    if (position === listpack.HEADER_SIZE) {
      this.removeFrom(leafAt, nodeAt, position, 1);
      this.addNode(leafAt, nodeAt, value, start, end);
      return;
    }
    const after = position + listpack.entrySize(cursor.bytes, cursor.base + position);
    const isLast = after === listpack.endPosition(cursor.bytes, cursor.base);
    const [leftLeafAt, leftNodeAt] = isLast ? [leafAt, nodeAt] : this.split(cursor, after);
    this.removeFrom(leftLeafAt, leftNodeAt, position, 1);
    this.addNode(leftLeafAt, leftNodeAt + 1, value, start, end);
  }

  /** Moves what follows a position of the cursor's node into a node behind it; returns where the first half is. */
  private split(cursor: ListCursor, position: number): readonly [leafAt: number, nodeAt: number] {
    const { arena } = this;
    const { leafAt, nodeAt, bytes, base } = cursor;
    const end = listpack.endPosition(bytes, base);
    let moved = 0;
    for (let at = position; at !== listpack.NONE; at = listpack.next(bytes, base, at)) moved++;
    const right = createNode(arena, listpack.EMPTY_SIZE + end - position);
    listpack.insertEncoded(
      arena.bytesOf(right),
      baseOf(arena, right),
      listpack.HEADER_SIZE,
      bytes,
      base + position,
      base + end,
      moved,
    );
    this.removeFrom(leafAt, nodeAt, position, moved);
    this.insertNode(leafAt, nodeAt + 1, right, moved);
    // The leaf may have been full, and half of it be in another one now.
    const left = row.length(arena, row.refAt(arena, this.root, leafAt));
    return nodeAt < left ? [leafAt, nodeAt] : [leafAt + 1, nodeAt - left];
  }

  /** A node that holds one element, and has at least so many bytes of room. */
  private addNode(
    leafAt: number,
    nodeAt: number,
    value: Uint8Array,
    start: number,
    end: number,
    room = 0,
  ): void {
    this.insertNode(leafAt, nodeAt, nodeOf(this.arena, value, start, end, room), 1);
  }

  /** Hangs a node into the directory before a node's place, which may be the end of its leaf. */
  private insertNode(leafAt: number, nodeAt: number, node: Ref, count: number): void {
    const { arena } = this;
    this.untidy = Math.max(leafAt, 0);
    if (row.length(arena, this.root) === 0) {
      this.insertLeaf(0, row.insert(arena, row.createRow(arena, FIRST_SLOTS), 0, node, count), count);
      return;
    }
    let leaf = this.ownLeaf(leafAt);
    const nodes = row.length(arena, leaf);
    if (nodes === LEAF_SLOTS) {
      this.insertIntoFull(leafAt, nodeAt, node, count);
      return;
    }
    leaf = row.insert(arena, leaf, nodeAt, node, count);
    row.setRef(arena, this.root, leafAt, leaf);
    row.addCount(arena, this.root, leafAt, count);
  }

  /** A full leaf gets a neighbour: an empty one at its ends, so that pushing fills leaves, else half of its nodes. */
  private insertIntoFull(leafAt: number, nodeAt: number, node: Ref, count: number): void {
    const { arena } = this;
    const leaf = row.refAt(arena, this.root, leafAt);
    if (nodeAt === 0 || nodeAt === LEAF_SLOTS) {
      const added = row.insert(arena, row.createRow(arena, FIRST_SLOTS), 0, node, count);
      this.insertLeaf(nodeAt === 0 ? leafAt : leafAt + 1, added, count);
      return;
    }
    const half = LEAF_SLOTS / 2;
    const right = row.createRow(arena, LEAF_SLOTS);
    row.moveTail(arena, leaf, half, right);
    const moved = row.total(arena, right);
    row.addCount(arena, this.root, leafAt, -moved);
    this.insertLeaf(leafAt + 1, right, moved);
    if (nodeAt <= half) this.insertNode(leafAt, nodeAt, node, count);
    else this.insertNode(leafAt + 1, nodeAt - half, node, count);
  }

  private insertLeaf(leafAt: number, leaf: Ref, count: number): void {
    this.ownRoot();
    this.setRoot(row.insert(this.arena, this.root, leafAt, leaf, count));
  }

  private dropNode(leafAt: number, nodeAt: number): void {
    const { arena } = this;
    this.untidy = leafAt;
    const leaf = this.ownLeaf(leafAt);
    const node = row.refAt(arena, leaf, nodeAt);
    row.addCount(arena, this.root, leafAt, -row.countAt(arena, leaf, nodeAt));
    row.remove(arena, leaf, nodeAt);
    arena.free(node);
    if (row.length(arena, leaf) > 0) return;
    row.remove(arena, this.root, leafAt);
    arena.free(leaf);
  }

  /** Whether it is a node at an end of a long list: soon it is either empty or full again. */
  private keepsRoom(leaf: Ref, leafAt: number, nodeAt: number): boolean {
    const { arena, root } = this;
    const nodes = row.length(arena, leaf);
    const isEnd = leafAt + nodeAt === 0 || (nodeAt === nodes - 1 && leafAt === row.length(arena, root) - 1);
    return isEnd && nodes >= LONG_FROM;
  }

  private addCounts(leaf: Ref, leafAt: number, nodeAt: number, by: number): void {
    row.addCount(this.arena, leaf, nodeAt, by);
    row.addCount(this.arena, this.root, leafAt, by);
  }

  private nodeTakes(leaf: Ref, nodeAt: number, length: number): boolean {
    const { arena } = this;
    const node = row.refAt(arena, leaf, nodeAt);
    return takes(this.fill, bytesIn(arena, node), row.countAt(arena, leaf, nodeAt), length);
  }

  /** Makes the root and a leaf mutable; returns the leaf. */
  private ownLeaf(leafAt: number): Ref {
    this.ownRoot();
    const leaf = row.refAt(this.arena, this.root, leafAt);
    const owned = this.arena.own(leaf);
    if (owned !== leaf) row.setRef(this.arena, this.root, leafAt, owned);
    return owned;
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
