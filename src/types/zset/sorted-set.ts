/**
 * A sorted set in either form. It begins packed and becomes indexed, for good, when it or a member grows beyond the
 * limits. Whoever changes it hangs `box` and `encoding` into the key's entry afterwards.
 */

import type { Entries } from "../../memory/entry.js";
import { type Hasher, Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import type { Visitor } from "./element.js";
import { ABSENT, type Form } from "./form.js";
import { Indexed } from "./indexed.js";
import { Packed } from "./packed.js";

/** Encodings of a sorted set's entry. */
export const LISTPACK = 0;
export const SKIPLIST = 1;

/** Beyond these a set is not packed: `zset-max-listpack-entries` and `zset-max-listpack-value`. */
export interface PackedLimits {
  readonly entries: number;
  /** Bytes of a member. */
  readonly value: number;
}

export class SortedSet {
  private constructor(
    private readonly entries: Entries,
    private readonly hasher: Hasher,
    private readonly limits: PackedLimits,
    private form: Form,
    /** A listpack makes 0 of -0, which the result of a computation may not become before it is complete. */
    private readonly keepsMinusZero = false,
  ) {}

  /** An empty one, packed unless the limits do not allow even one member. */
  static create(entries: Entries, hasher: Hasher, limits: PackedLimits): SortedSet {
    return SortedSet.createEmpty(entries, hasher, limits, false);
  }

  /** An empty one for the result of a computation: `settle` it when it is complete. */
  static createResult(entries: Entries, hasher: Hasher, limits: PackedLimits): SortedSet {
    return SortedSet.createEmpty(entries, hasher, limits, true);
  }

  private static createEmpty(
    entries: Entries,
    hasher: Hasher,
    limits: PackedLimits,
    isResult: boolean,
  ): SortedSet {
    const packs = limits.entries > 0;
    const form = packs ? Packed.create(entries.memory) : Indexed.create(entries);
    return new SortedSet(entries, hasher, limits, form, isResult);
  }

  /** The one that an entry holds. */
  static of(entries: Entries, hasher: Hasher, limits: PackedLimits, ref: Ref): SortedSet {
    const box = entries.box(ref);
    const packed = entries.encoding(ref) === LISTPACK;
    const form = packed ? new Packed(entries.memory, box) : Indexed.at(entries, box);
    return new SortedSet(entries, hasher, limits, form);
  }

  get box(): Ref {
    return this.form.box;
  }

  get encoding(): number {
    return this.form instanceof Packed ? LISTPACK : SKIPLIST;
  }

  get count(): number {
    return this.form.count;
  }

  /** A handle of the member, valid until the next change, or ABSENT. */
  find(key: Key): number {
    return this.form.find(key);
  }

  scoreOf(handle: number): number {
    return this.form.scoreOf(handle);
  }

  /** The member's score, NaN if it is not there. */
  score(key: Key): number {
    const handle = this.form.find(key);
    return handle === ABSENT ? Number.NaN : this.form.scoreOf(handle);
  }

  /** The member's rank from the lowest score, -1 if it is not there. */
  rank(key: Key): number {
    const handle = this.form.find(key);
    return handle === ABSENT ? -1 : this.form.rankOf(key, handle);
  }

  countBelow(score: number, orEqual: boolean): number {
    return this.form.countBelow(score, orEqual);
  }

  countMembersBelow(member: Uint8Array, orEqual: boolean): number {
    return this.form.countMembersBelow(member, orEqual);
  }

  range(first: number, count: number, visit: Visitor): void {
    this.form.range(first, count, visit);
  }

  visitAll(visit: Visitor): void {
    this.form.range(0, this.form.count, visit);
  }

  rangeBackwards(last: number, count: number, visit: Visitor): void {
    this.form.rangeBackwards(last, count, visit);
  }

  /** Visits some `count` elements or more from the cursor on; gives back the next cursor, 0 at the end. */
  scan(cursor: number, count: number, visit: Visitor): number {
    return this.form.scan(cursor, count, visit);
  }

  /** Adds a member that is not there yet. */
  insert(key: Key, score: number): void {
    if (this.form instanceof Packed && !this.staysPacked(this.form, key, score)) this.index(this.form);
    this.form.insert(key, score);
  }

  /** Gives the member that was found another score. */
  update(key: Key, handle: number, score: number): void {
    if (this.form instanceof Packed && this.losesMinusZero(score)) {
      this.index(this.form);
      this.form.update(key, this.form.find(key), score);
    } else this.form.update(key, handle, score);
  }

  /** Takes the member that was found out. */
  remove(key: Key, handle: number): void {
    this.form.remove(key, handle);
  }

  removeRange(first: number, count: number): void {
    this.form.removeRange(first, count, this.hasher);
  }

  /** Gives up the packed form. */
  turnIndexed(): void {
    if (this.form instanceof Packed) this.index(this.form);
  }

  /** Frees everything; the set is dead afterwards. */
  free(): void {
    this.form.free();
  }

  /** Packs a complete result that is small enough. */
  settle(): void {
    const { form, limits } = this;
    if (form instanceof Packed || form.count > limits.entries) return;
    let longest = 0;
    this.visitAll(({ start, end }) => {
      longest = Math.max(longest, end - start);
    });
    if (longest > limits.value) return;
    const packed = Packed.create(this.entries.memory);
    const key = new Key();
    this.visitAll(({ bytes, start, end, score }) => {
      packed.insert(this.hasher.set(key, bytes, start, end), score);
    });
    form.free();
    this.form = packed;
  }

  private staysPacked(form: Packed, key: Key, score: number): boolean {
    if (this.losesMinusZero(score)) return false;
    return form.count < this.limits.entries && key.length <= this.limits.value;
  }

  private losesMinusZero(score: number): boolean {
    return this.keepsMinusZero && Object.is(score, -0);
  }

  private index(packed: Packed): void {
    const indexed = Indexed.create(this.entries);
    const key = new Key();
    packed.range(0, packed.count, (element) => {
      this.hasher.set(key, element.bytes, element.start, element.end);
      indexed.append(key, element.score);
    });
    packed.free();
    this.form = indexed;
  }
}
