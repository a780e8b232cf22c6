/** A place in a list: one element, and the ways to its neighbours. It also reads a frozen snapshot. */

import * as listpack from "../../memory/listpack.js";
import type { Memory, Ref } from "../../memory/memory.js";
import type { Reply } from "../../resp/reply.js";
import { replyEntry } from "../reply.js";
import { Decompressor } from "./compression.js";
import { baseOf, countIn, isCompressed } from "./node.js";
import * as row from "./row.js";

const NO_BYTES = new Uint8Array(0);

export class ListCursor<M extends Memory = Memory> {
  /**
   * The chunk of the node or, of a compressed one, what it holds; where its listpack begins there, and the element's
   * position in it.
   */
  bytes: Uint8Array = NO_BYTES;
  base = 0;
  position: number = listpack.NONE;
  /** Where the node is in the directory: the leaf in the root, the node in the leaf. Both 0 in a list of one node. */
  leafAt = 0;
  nodeAt = 0;
  node: Ref = 0;
  private readonly decompressor = new Decompressor();
  private readonly element = new listpack.ListpackEntry();
  private box: Ref = 0;
  private isNode = false;
  /** What `enter` has left of the index. */
  private rest = 0;

  constructor(readonly memory: M) {}

  /** Points at a list: its only node, or with `isNode` false the root of its directory. */
  attach(box: Ref, isNode: boolean): void {
    this.box = box;
    this.isNode = isNode;
    this.position = listpack.NONE;
  }

  get count(): number {
    return this.isNode ? countIn(this.memory, this.box) : row.total(this.memory, this.box);
  }

  /** Goes nowhere, as before the first `seek`. */
  leave(): void {
    this.position = listpack.NONE;
  }

  /** Goes to the first or the last element of a list that has any. */
  seekEnd(atHead: boolean): void {
    let node = this.box;
    this.leafAt = 0;
    this.nodeAt = 0;
    if (!this.isNode) {
      const { memory } = this;
      if (!atHead) this.leafAt = row.length(memory, node) - 1;
      const leaf = row.refAt(memory, node, this.leafAt);
      if (!atHead) this.nodeAt = row.length(memory, leaf) - 1;
      node = row.refAt(memory, leaf, this.nodeAt);
    }
    this.load(node);
    this.position = atHead ? listpack.first(this.bytes, this.base) : listpack.last(this.bytes, this.base);
  }

  /** Goes to the element with that index, which must be one of the list. */
  seek(index: number): void {
    this.rest = index;
    let node = this.box;
    if (!this.isNode) {
      this.leafAt = this.enter(this.box, index);
      const leaf = row.refAt(this.memory, this.box, this.leafAt);
      this.nodeAt = this.enter(leaf, this.rest);
      node = row.refAt(this.memory, leaf, this.nodeAt);
    } else {
      this.leafAt = 0;
      this.nodeAt = 0;
    }
    this.load(node);
    this.position = listpack.seek(this.bytes, this.base, this.rest);
  }

  /** Elements of the node. */
  get nodeCount(): number {
    return listpack.count(this.bytes, this.base);
  }

  /** Whether the element, as text, is value[start, end). */
  equals(value: Uint8Array, start: number, end: number): boolean {
    return listpack.equals(this.bytes, this.base, this.position, value, start, end);
  }

  /** The element's value, until the next call. */
  read(): listpack.ListpackEntry {
    listpack.read(this.bytes, this.base, this.position, this.element);
    return this.element;
  }

  /** Replies with the element. */
  reply(reply: Reply): void {
    replyEntry(reply, this.bytes, this.base, this.position);
  }

  /** Replies with `count` elements from this one on, all of which must be there, and leaves the cursor nowhere. */
  replyMany(reply: Reply, count: number): void {
    let { position } = this;
    for (let left = count; left > 0; left--) {
      if (position === listpack.NONE) {
        this.nextNode();
        position = listpack.first(this.bytes, this.base);
      }
      position = replyEntry(reply, this.bytes, this.base, position);
    }
    this.position = listpack.NONE;
  }

  /** Goes to the following element; false when there is none. */
  next(): boolean {
    this.position = listpack.next(this.bytes, this.base, this.position);
    return this.position !== listpack.NONE || (this.nextNode() && this.toFirst());
  }

  /** Goes to the preceding element; false when there is none. */
  previous(): boolean {
    this.position = listpack.previous(this.bytes, this.base, this.position);
    return this.position !== listpack.NONE || (this.previousNode() && this.toLast());
  }

  /** Goes to the following node, to no element yet; false when there is none. */
  nextNode(): boolean {
    if (this.isNode) return false;
    const leaf = row.refAt(this.memory, this.box, this.leafAt);
    if (this.nodeAt + 1 < row.length(this.memory, leaf)) return this.enterNode(leaf, this.nodeAt + 1);
    if (this.leafAt + 1 === row.length(this.memory, this.box)) return false;
    return this.enterNode(row.refAt(this.memory, this.box, ++this.leafAt), 0);
  }

  private previousNode(): boolean {
    if (this.isNode) return false;
    if (this.nodeAt > 0) {
      return this.enterNode(row.refAt(this.memory, this.box, this.leafAt), this.nodeAt - 1);
    }
    if (this.leafAt === 0) return false;
    const leaf = row.refAt(this.memory, this.box, --this.leafAt);
    return this.enterNode(leaf, row.length(this.memory, leaf) - 1);
  }

  private toFirst(): boolean {
    this.position = listpack.first(this.bytes, this.base);
    return true;
  }

  private toLast(): boolean {
    this.position = listpack.last(this.bytes, this.base);
    return true;
  }

  private enterNode(leaf: Ref, nodeAt: number): boolean {
    this.nodeAt = nodeAt;
    this.load(row.refAt(this.memory, leaf, nodeAt));
    return true;
  }

  private load(node: Ref): void {
    this.node = node;
    if (isCompressed(this.memory, node)) {
      this.decompressor.read(this.memory, node);
      this.bytes = this.decompressor.bytes;
      this.base = 0;
      return;
    }
    this.bytes = this.memory.bytesOf(node);
    this.base = baseOf(this.memory, node);
  }

  /** The slot that the element with this index is below, counted from the nearer end; `rest` is its index there. */
  private enter(block: Ref, index: number): number {
    const { memory } = this;
    const total = row.total(memory, block);
    let left = index;
    if (index * 2 < total) {
      for (let at = 0; ; at++) {
        const count = row.countAt(memory, block, at);
        this.rest = left;
        if (left < count) return at;
        left -= count;
      }
    }
    left = total - index;
    for (let at = row.length(memory, block) - 1; ; at--) {
      const count = row.countAt(memory, block, at);
      this.rest = count - left;
      if (left <= count) return at;
      left -= count;
    }
  }
}
