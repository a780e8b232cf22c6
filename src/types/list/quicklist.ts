/**
 * The elements of a list of many nodes, in Redis's words a quicklist: which node takes an element, what becomes of a node
 * that elements leave, and when one is cut. Where the nodes hang is the directory's matter (directory.ts), and which of
 * them are compressed compress-depth.ts's.
 *
 * No node is ever empty. Nodes are filled as Redis fills them (limit.ts), with one difference: an element that would make
 * its node larger than NODE_BYTES_MAX gets a node of its own.
 */

import type { Arena } from "../../memory/arena.js";
import type { Entries } from "../../memory/entry.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { CompressDepth } from "./compress-depth.js";
import type { ListCursor } from "./cursor.js";
import { Directory } from "./directory.js";
import { fullNodeBytes, type ListLimits, takes } from "./limit.js";
import {
  baseOf,
  bytesIn,
  countIn,
  createNode,
  insertAt,
  nodeOf,
  removeAt,
  removeEqual,
  replaceAt,
  sizeReplaced,
} from "./node.js";
import * as row from "./row.js";

/** From so many nodes on, one that is pushed to an end gets room for all it will hold, and keeps it while it is one. */
const LONG_FROM = 4;
/** A node that LSET makes larger is taken apart. */
const NODE_BYTES_MAX = 1024 * 1024;

export class Quicklist {
  private fill = -2;
  private readonly arena: Arena;
  private readonly directory: Directory;
  private readonly depth: CompressDepth;

  constructor(entries: Entries) {
    this.arena = entries.memory;
    this.directory = new Directory(entries);
    this.depth = new CompressDepth(this.arena, this.directory);
  }

  /** For the list that is attached next. */
  setLimits(limits: ListLimits): void {
    this.fill = limits["list-max-listpack-size"];
    this.depth.set(limits["list-compress-depth"]);
  }

  /** The root of the directory; a change may move it. */
  get root(): Ref {
    return this.directory.root;
  }

  /** The only node, or 0 when there are more. */
  get onlyNode(): Ref {
    return this.directory.onlyNode;
  }

  /** Points at a list's entry, which must be mutable as soon as something is changed, and its root. */
  attach(entry: Ref, root: Ref): void {
    this.directory.attach(entry, root);
  }

  /** Builds a directory over a node that is the entry's value, and may be empty. */
  adopt(entry: Ref, node: Ref): void {
    const count = countIn(this.arena, node);
    this.directory.create(entry, node, count);
    if (count === 0) this.arena.free(node);
  }

  /** Frees the directory and makes its only node the entry's value. */
  release(node: Ref): void {
    this.directory.release(this.depth.restore(node));
  }

  /** To be called after each change: compresses and restores nodes as list-compress-depth says. */
  tidy(): void {
    this.depth.tidy();
  }

  /** Appends a node that hangs nowhere yet and is not empty. */
  append(node: Ref): void {
    const { arena, directory } = this;
    const { leaves } = directory;
    const nodes = leaves === 0 ? 0 : directory.nodesIn(leaves - 1);
    this.insertNode(leaves - 1, nodes, node, countIn(arena, node));
  }

  push(atHead: boolean, value: Uint8Array, start: number, end: number): void {
    const { arena, directory } = this;
    const { leaves } = directory;
    if (leaves === 0) {
      this.addNode(0, 0, value, start, end);
      return;
    }
    const leafAt = atHead ? 0 : leaves - 1;
    const leaf = directory.leaf(leafAt);
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
    const leaf = this.directory.leaf(leafAt);
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
    const { arena, directory } = this;
    const { leafAt, nodeAt, position } = cursor;
    const leaf = directory.ownLeaf(leafAt);
    const node = this.depth.nodeToChange(leaf, leafAt, nodeAt);
    const alone = row.countAt(arena, leaf, nodeAt) === 1;
    if (!alone && sizeReplaced(arena, node, position, value, start, end) > NODE_BYTES_MAX) {
      this.replaceApart(cursor, value, start, end);
      return;
    }
    row.setRef(arena, leaf, nodeAt, replaceAt(arena, node, position, value, start, end));
  }

  /** Removes up to `count` elements of one node, from a position on; returns how many. */
  removeFrom(leafAt: number, nodeAt: number, position: number, count: number): number {
    const { arena, directory } = this;
    const held = row.countAt(arena, directory.leaf(leafAt), nodeAt);
    if (count >= held && position === listpack.HEADER_SIZE) {
      this.dropNode(leafAt, nodeAt);
      return held;
    }
    const leaf = directory.ownLeaf(leafAt);
    const old = this.depth.nodeToChange(leaf, leafAt, nodeAt);
    const node = removeAt(arena, old, position, count, this.keepsRoom(leaf, leafAt, nodeAt));
    if (node !== old) row.setRef(arena, leaf, nodeAt, node);
    const removed = held - countIn(arena, node);
    directory.addCounts(leaf, leafAt, nodeAt, -removed);
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
    const { arena, directory } = this;
    const { leafAt, nodeAt, bytes, base } = cursor;
    const first = listpack.first(bytes, base);
    if (listpack.find(bytes, base, first, value, start, end) === listpack.NONE) return 0;
    const leaf = directory.ownLeaf(leafAt);
    const held = row.countAt(arena, leaf, nodeAt);
    const there = this.depth.nodeToChange(leaf, leafAt, nodeAt);
    const node = removeEqual(arena, there, value, start, end, most, fromTail);
    row.setRef(arena, leaf, nodeAt, node);
    const removed = held - countIn(arena, node);
    if (removed === held) this.dropNode(leafAt, nodeAt);
    else if (removed > 0) directory.addCounts(leaf, leafAt, nodeAt, -removed);
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
    const { arena, directory } = this;
    const leaf = directory.ownLeaf(leafAt);
    const node = this.depth.nodeToChange(leaf, leafAt, nodeAt);
    const target = insertAt(arena, node, position, value, start, end);
    if (target !== node) row.setRef(arena, leaf, nodeAt, target);
    directory.addCounts(leaf, leafAt, nodeAt, 1);
  }

  /** Inserts between two nodes: into either if it has room, else into a node between them. */
  private insertBetween(leafAt: number, nodeAt: number, value: Uint8Array, start: number, end: number): void {
    const { arena, directory } = this;
    const leaf = directory.leaf(leafAt);
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
    const { arena, directory } = this;
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
    const left = directory.nodesIn(leafAt);
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

  private insertNode(leafAt: number, nodeAt: number, node: Ref, count: number): void {
    this.depth.note(Math.max(leafAt, 0));
    this.directory.insert(leafAt, nodeAt, node, count);
  }

  private dropNode(leafAt: number, nodeAt: number): void {
    this.depth.note(leafAt);
    this.directory.drop(leafAt, nodeAt);
  }

  /** Whether it is a node at an end of a long list: soon it is either empty or full again. */
  private keepsRoom(leaf: Ref, leafAt: number, nodeAt: number): boolean {
    const { arena, directory } = this;
    const nodes = row.length(arena, leaf);
    const isEnd = leafAt + nodeAt === 0 || (nodeAt === nodes - 1 && leafAt === directory.leaves - 1);
    return isEnd && nodes >= LONG_FROM;
  }

  private nodeTakes(leaf: Ref, nodeAt: number, length: number): boolean {
    const { arena } = this;
    const node = row.refAt(arena, leaf, nodeAt);
    return takes(this.fill, bytesIn(arena, node), row.countAt(arena, leaf, nodeAt), length);
  }
}
