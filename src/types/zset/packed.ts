/**
 * A small sorted set: a listpack of member, score, member, score, ... in ascending order. The bytes are those that Redis
 * keeps in memory and in its files.
 */

import type { Held } from "../../memory/held.js";
import type { Key } from "../../memory/key.js";
import * as listpack from "../../memory/listpack.js";
import { compareBytes } from "../../util/ascii.js";
import { parseDouble } from "../../util/float.js";
import { growPacked } from "../packed.js";
import { Element, type Visitor } from "./element.js";
import type { Form, FormReader } from "./form.js";
import { isWhole, scoreText } from "./score.js";

/** "-9223372036854775808" */
const LONGEST_INTEGER = 20;
const NO_BYTES = new Uint8Array(0);

/** Reads one wherever it lies. */
export class PackedReader implements FormReader {
  private readonly entry = new listpack.ListpackEntry();
  private visited: Element | null = null;
  /** The text of a member that the listpack holds as an integer. */
  private text: Uint8Array | null = null;

  /** The listpack begins at `base` in the bytes. */
  constructor(
    protected bytes: Uint8Array,
    protected base: number,
  ) {}

  get count(): number {
    return listpack.count(this.bytes, this.base) >>> 1;
  }

  at(rank: number): Element {
    const at = listpack.seek(this.bytes, this.base, rank * 2);
    const element = this.elementAt(at);
    element.score = this.scoreAt(this.next(at));
    return element;
  }

  range(first: number, count: number, visit: Visitor): void {
    if (count <= 0) return;
    let at = listpack.seek(this.bytes, this.base, first * 2);
    for (let left = count; left > 0; left--) at = this.visit(at, visit);
  }

  rangeBackwards(last: number, count: number, visit: Visitor): void {
    if (count <= 0) return;
    let at = listpack.seek(this.bytes, this.base, last * 2);
    for (let left = count; left > 0; left--) {
      this.visit(at, visit);
      if (left > 1) at = this.previous(this.previous(at));
    }
  }

  /**
   * Whether members and scores take turns, the scores are numbers and the elements ascend without an equal one: what
   * everything else relies on, to be asked of a listpack from outside.
   */
  isInOrder(): boolean {
    if (listpack.count(this.bytes, this.base) % 2 !== 0) return false;
    let score = Number.NEGATIVE_INFINITY;
    let previous: number = listpack.NONE;
    for (let at = listpack.first(this.bytes, this.base); at !== listpack.NONE; ) {
      const value = this.next(at);
      const found = this.scoreAt(value);
      // Neither holds of what is not a number.
      if (!(found > score || (found === score && this.ascends(previous, at)))) return false;
      score = found;
      previous = at;
      at = this.next(value);
    }
    return true;
  }

  /** Whether the member at one position, if there is one, is below that at another. */
  private ascends(first: number, second: number): boolean {
    if (first === listpack.NONE) return true;
    const { bytes, start, end } = this.elementAt(first);
    const member = bytes.slice(start, end);
    const other = this.elementAt(second);
    return compareBytes(member, 0, member.length, other.bytes, other.start, other.end) < 0;
  }

  protected next(at: number): number {
    return listpack.next(this.bytes, this.base, at);
  }

  protected previous(at: number): number {
    return listpack.previous(this.bytes, this.base, at);
  }

  /** Visits the element whose member is at that position; gives back the following one's. */
  private visit(at: number, visit: Visitor): number {
    const element = this.elementAt(at);
    const score = this.next(at);
    element.score = this.scoreAt(score);
    visit(element);
    return this.next(score);
  }

  /** The element with the member at that position, its score left out. */
  protected elementAt(at: number): Element {
    this.visited ??= new Element();
    const element = this.visited;
    listpack.read(this.bytes, this.base, at, this.entry);
    if (this.entry.isInteger) {
      this.text ??= new Uint8Array(LONGEST_INTEGER);
      element.bytes = this.text;
      element.start = 0;
      element.end = listpack.writeText(this.entry, this.bytes, this.text, 0);
    } else {
      element.bytes = this.bytes;
      element.start = this.entry.start;
      element.end = element.start + this.entry.length;
    }
    return element;
  }

  protected scoreAt(at: number): number {
    const entry = this.entry;
    listpack.read(this.bytes, this.base, at, entry);
    if (!entry.isInteger) return parseDouble(this.bytes, entry.start, entry.start + entry.length);
    return Number.isNaN(entry.value) ? Number(entry.big) : entry.value;
  }
}

/** The packed form, in its entry. A handle is the position of a member. */
export class Packed extends PackedReader implements Form {
  constructor(private held: Held) {
    super(NO_BYTES, 0);
  }

  open(held: Held): this {
    this.held = held;
    this.look();
    return this;
  }

  find(key: Key): number {
    const { bytes, base } = this;
    const first = listpack.first(bytes, base);
    return listpack.find(bytes, base, first, key.bytes, key.start, key.end, 1);
  }

  scoreOf(handle: number): number {
    return this.scoreAt(this.next(handle));
  }

  rankOf(_key: Key, handle: number): number {
    let rank = 0;
    for (let at = this.first(); at !== handle; at = this.next(this.next(at))) rank++;
    return rank;
  }

  countBelow(score: number, orEqual: boolean): number {
    let count = 0;
    for (let at = this.first(); at !== listpack.NONE; count++) {
      const value = this.next(at);
      const found = this.scoreAt(value);
      if (orEqual ? found > score : found >= score) break;
      at = this.next(value);
    }
    return count;
  }

  countMembersBelow(member: Uint8Array, orEqual: boolean): number {
    let count = 0;
    for (let at = this.first(); at !== listpack.NONE; count++) {
      const order = this.compareMember(at, member, 0, member.length);
      if (orEqual ? order > 0 : order >= 0) break;
      at = this.next(this.next(at));
    }
    return count;
  }

  /** Visits everything at once. */
  scan(_cursor: number, _count: number, visit: Visitor): number {
    this.range(0, this.count, visit);
    return 0;
  }

  insert(key: Key, score: number): void {
    const at = this.placeFor(key, score);
    const whole = isWhole(score);
    const text = whole ? null : scoreText(score);
    const size =
      text === null ? listpack.encodedIntegerSize(score) : listpack.encodedSize(text, 0, text.length);
    this.makeRoom(size + listpack.encodedSize(key.bytes, key.start, key.end));
    const { bytes, base } = this;
    if (text === null) listpack.insertInteger(bytes, base, at, score);
    else listpack.insert(bytes, base, at, text, 0, text.length);
    listpack.insert(bytes, base, at, key.bytes, key.start, key.end);
  }

  update(key: Key, handle: number, score: number): void {
    this.remove(key, handle);
    this.insert(key, score);
  }

  remove(_key: Key, handle: number): void {
    this.removeEntries(handle, 2);
  }

  removeRange(first: number, count: number): void {
    if (count > 0) this.removeEntries(listpack.seek(this.bytes, this.base, first * 2), count * 2);
  }

  private first(): number {
    return listpack.first(this.bytes, this.base);
  }

  /** Where an element belongs: before the first one that is above it. Often all are below, as the last one tells. */
  private placeFor(key: Key, score: number): number {
    const { bytes, base } = this;
    const last = listpack.last(bytes, base);
    if (last === listpack.NONE || !this.isAbove(this.previous(last), last, key, score))
      return listpack.endPosition(bytes, base);
    for (let at = this.first(); ; ) {
      const value = this.next(at);
      if (this.isAbove(at, value, key, score)) return at;
      at = this.next(value);
    }
  }

  /** Whether the element whose member and score are at those positions comes after the given one. */
  private isAbove(at: number, value: number, key: Key, score: number): boolean {
    const found = this.scoreAt(value);
    return found > score || (found === score && this.compareMember(at, key.bytes, key.start, key.end) > 0);
  }

  private compareMember(at: number, member: Uint8Array, start: number, end: number): number {
    const element = this.elementAt(at);
    return compareBytes(element.bytes, element.start, element.end, member, start, end);
  }

  private removeEntries(at: number, count: number): void {
    this.makeRoom(0);
    this.held.trim(listpack.remove(this.bytes, this.base, at, count));
    this.look();
  }

  /** Makes the listpack writable, with room for so many bytes more. */
  private makeRoom(growth: number): void {
    this.base = growPacked(this.held, growth);
    this.bytes = this.held.entries.memory.bytesOf(this.held.ref);
  }

  /** Looks up where the listpack is. */
  private look(): void {
    const { entries, ref } = this.held;
    this.bytes = entries.memory.bytesOf(ref);
    this.base = entries.valueStart(ref);
  }
}
