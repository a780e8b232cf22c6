/**
 * The list that a command works on, whatever its encoding. One object serves any number of lists, one after the other.
 *
 * A method that changes the list expects that its entry is mutable, and keeps the entry where it is.
 */

import type { Entries, EntryTraits } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import type { Slice } from "../../util/slice.js";
import { LIST } from "../type.js";
import { ListCursor } from "./cursor.js";
import { exceeds, isSmall, type ListLimits } from "./limit.js";
import {
  bytesIn,
  countIn,
  createNode,
  insertAt,
  nodeFrom,
  nodeOf,
  removeAt,
  removeEqual,
  replaceAt,
} from "./node.js";
import { Quicklist } from "./quicklist.js";

/** Encodings of a list's entry: the value is one node, or the root of a directory of nodes. */
export const LISTPACK = 0;
export const QUICKLIST = 1;

export class List {
  /** A place in the list that is open; a change of the list leaves it nowhere, unless the method says otherwise. */
  readonly cursor: ListCursor;
  /** The entry of the list that is open. */
  entry: Ref = 0;
  private readonly quick: Quicklist;
  private fill = -2;
  private isListpack = false;

  constructor(private readonly entries: Entries) {
    this.cursor = new ListCursor(entries.memory);
    this.quick = new Quicklist(entries);
  }

  /** Turns to the list of that entry. */
  open(entry: Ref, limits: ListLimits): this {
    this.entry = entry;
    this.fill = limits["list-max-listpack-size"];
    this.quick.setLimits(limits);
    this.isListpack = this.entries.encoding(entry) === LISTPACK;
    const box = this.entries.box(entry);
    this.cursor.attach(box, this.isListpack);
    if (!this.isListpack) this.quick.attach(entry, box);
    return this;
  }

  /** Makes the entry of an empty list and turns to it; nobody has the entry yet. */
  create(key: Key, traits: Omit<EntryTraits, "type" | "encoding">, limits: ListLimits): this {
    const node = createNode(this.entries.memory, listpack.EMPTY_SIZE);
    const { access, expiry } = traits;
    return this.open(
      this.entries.createBoxed(key, node, { type: LIST, encoding: LISTPACK, access, expiry }),
      limits,
    );
  }

  /** Appends a node with a listpack from outside, which has been checked and is not empty. `settle` ends it. */
  appendNode(elements: Slice): void {
    const { memory } = this.entries;
    if (this.isListpack && this.length === 0) {
      const empty = this.entries.box(this.entry);
      this.setNode(empty, nodeFrom(memory, elements));
      memory.free(empty);
      return;
    }
    this.expectMany();
    this.quick.append(nodeFrom(memory, elements));
    this.changed();
  }

  /** Appends an element in a node of its own. `settle` ends it. */
  appendAlone({ bytes, start, end }: Slice): void {
    this.expectMany();
    this.quick.append(nodeOf(this.entries.memory, bytes, start, end));
    this.changed();
  }

  get length(): number {
    return this.cursor.count;
  }

  /**
   * Announces `count` elements with `bytes` of text in all. This, and not the insertion, turns a listpack into a
   * quicklist, by an estimate for all of them together: so a list may become one for elements that never come.
   */
  expect(bytes: number, count: number): void {
    if (!this.isListpack) return;
    const { memory } = this.entries;
    const node = this.entries.box(this.entry);
    if (!exceeds(this.fill, bytesIn(memory, node) + bytes, countIn(memory, node) + count)) return;
    this.expectMany();
  }

  /** Announces elements without number: a listpack becomes a quicklist. */
  expectMany(): void {
    if (!this.isListpack) return;
    this.quick.adopt(this.entry, this.entries.box(this.entry));
    this.become(QUICKLIST, this.quick.root);
  }

  /** After elements without number: the list becomes a listpack if one may hold them all, else a quicklist. */
  settle(): void {
    const { memory } = this.entries;
    const node = this.isListpack ? this.entries.box(this.entry) : this.quick.onlyNode;
    const fits = node !== 0 && !exceeds(this.fill, bytesIn(memory, node), countIn(memory, node));
    if (!fits) this.expectMany();
    else if (!this.isListpack) this.becomeListpack(node);
  }

  /** Makes a quicklist that has become small a listpack again. To be called after elements have gone. */
  shrink(): void {
    if (this.isListpack) return;
    const { memory } = this.entries;
    const node = this.quick.onlyNode;
    if (node === 0 || !isSmall(this.fill, bytesIn(memory, node), countIn(memory, node))) return;
    this.becomeListpack(node);
  }

  /** Adds an element that was announced. It must not lie in this list. */
  push(atHead: boolean, value: Uint8Array, start: number, end: number): void {
    if (this.isListpack) {
      const { memory } = this.entries;
      const node = this.entries.box(this.entry);
      const position = atHead ? listpack.HEADER_SIZE : bytesIn(memory, node) - 1;
      this.setNode(node, insertAt(memory, node, position, value, start, end));
    } else this.quick.push(atHead, value, start, end);
    this.changed();
  }

  /** Inserts an element that was announced, before or after the cursor's. */
  insert(after: boolean, value: Uint8Array, start: number, end: number): void {
    if (this.isListpack) {
      const { node, bytes, base, position } = this.cursor;
      const at = after ? position + listpack.entrySize(bytes, base + position) : position;
      this.setNode(node, insertAt(this.entries.memory, node, at, value, start, end));
    } else this.quick.insert(this.cursor, after, value, start, end);
    this.changed();
  }

  /** Puts an element that was announced in the place of the cursor's. */
  replace(value: Uint8Array, start: number, end: number): void {
    if (this.isListpack) {
      const { node, position } = this.cursor;
      this.setNode(node, replaceAt(this.entries.memory, node, position, value, start, end));
    } else this.quick.replace(this.cursor, value, start, end);
    this.changed();
  }

  /** Removes `count` elements from an index on; all of them must be there. */
  removeRange(index: number, count: number): void {
    for (let left = count; left > 0; ) {
      this.cursor.seek(index);
      left -= this.removeHere(left);
    }
  }

  /** Removes up to `count` elements of one node, from the cursor's on; returns how many. */
  removeHere(count: number): number {
    const { node, position, leafAt, nodeAt } = this.cursor;
    let removed = count;
    if (this.isListpack) this.setNode(node, removeAt(this.entries.memory, node, position, count));
    else removed = this.quick.removeFrom(leafAt, nodeAt, position, count);
    this.changed();
    return removed;
  }

  /**
   * Removes up to `most` elements that are value[start, end), from the head on or from the tail on; returns how many.
   */
  removeEqual(value: Uint8Array, start: number, end: number, most: number, fromTail: boolean): number {
    let removed = 0;
    // A node at a time; `passed` elements stay on the side where it began.
    for (let passed = 0; removed < most && passed < this.length; ) {
      const { cursor } = this;
      cursor.seek(fromTail ? this.length - 1 - passed : passed);
      const held = cursor.nodeCount;
      const gone = this.removeEqualHere(value, start, end, most - removed, fromTail);
      passed += held - gone;
      removed += gone;
    }
    return removed;
  }

  private removeEqualHere(
    value: Uint8Array,
    start: number,
    end: number,
    most: number,
    fromTail: boolean,
  ): number {
    const { cursor, quick } = this;
    const before = this.length;
    if (this.isListpack) {
      const { node } = cursor;
      this.setNode(node, removeEqual(this.entries.memory, node, value, start, end, most, fromTail));
    } else quick.removeEqual(cursor, value, start, end, most, fromTail);
    this.changed();
    return before - this.length;
  }

  private becomeListpack(node: Ref): void {
    this.quick.release(node);
    this.become(LISTPACK, this.entries.box(this.entry));
  }

  private setNode(old: Ref, node: Ref): void {
    if (node === old) return;
    this.entries.setBox(this.entry, node);
    this.cursor.attach(node, true);
  }

  private become(encoding: number, box: Ref): void {
    this.entries.setEncoding(this.entry, encoding);
    this.isListpack = encoding === LISTPACK;
    this.cursor.attach(box, this.isListpack);
  }

  /** The elements have changed: the cursor is nowhere. */
  private changed(): void {
    if (this.isListpack) {
      this.cursor.leave();
      return;
    }
    this.quick.tidy();
    this.cursor.attach(this.quick.root, false);
  }
}
