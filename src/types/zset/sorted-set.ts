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

/** The directives beyond which a set is not packed: how many members it has, and the bytes of one. */
export interface PackedLimits {
  readonly "zset-max-listpack-entries": number;
  readonly "zset-max-listpack-value": number;
}

const NO_LIMITS: PackedLimits = { "zset-max-listpack-entries": 0, "zset-max-listpack-value": 0 };

/** One object serves any number of sorted sets, one after the other, so that a command makes none. */
export class SortedSet {
  private readonly packed: Packed;
  private readonly indexed: Indexed;
  private form: Form;
  private limits = NO_LIMITS;
  /** A listpack makes 0 of -0, which the result of a computation may not become before it is complete. */
  private keepsMinusZero = false;

  constructor(
    private readonly entries: Entries,
    private readonly hasher: Hasher,
  ) {
    this.packed = new Packed(entries.memory, 0);
    this.indexed = new Indexed(entries);
    this.form = this.packed;
  }

  /** An empty one. */
  static create(entries: Entries, hasher: Hasher, limits: PackedLimits): SortedSet {
    return new SortedSet(entries, hasher).begin(limits);
  }

  /** An empty one for the result of a computation: `settle` it when it is complete. */
  static createResult(entries: Entries, hasher: Hasher, limits: PackedLimits): SortedSet {
    const result = SortedSet.create(entries, hasher, limits);
    result.keepsMinusZero = true;
    return result;
  }

  /** The one that an entry holds. */
  static of(entries: Entries, hasher: Hasher, limits: PackedLimits, ref: Ref): SortedSet {
    return new SortedSet(entries, hasher).open(ref, limits);
  }

  /** Becomes the set that an entry holds. */
  open(ref: Ref, limits: PackedLimits): this {
    this.form = this.entries.encoding(ref) === LISTPACK ? this.packed : this.indexed;
    this.form.open(this.entries.box(ref));
    return this.reset(limits);
  }

  /** Becomes a new set that is empty, packed unless the limits do not allow even one member. */
  begin(limits: PackedLimits): this {
    this.form = limits["zset-max-listpack-entries"] > 0 ? this.packed : this.indexed;
    this.form.begin();
    return this.reset(limits);
  }

  private reset(limits: PackedLimits): this {
    this.limits = limits;
    this.keepsMinusZero = false;
    return this;
  }

  get box(): Ref {
    return this.form.box;
  }

  get encoding(): number {
    return this.isPacked ? LISTPACK : SKIPLIST;
  }

  get count(): number {
    return this.form.count;
  }

  private get isPacked(): boolean {
    return this.form === this.packed;
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
    if (this.isPacked && !this.staysPacked(key, score)) this.index();
    this.form.insert(key, score);
  }

  /** Gives the member that was found another score. */
  update(key: Key, handle: number, score: number): void {
    if (this.isPacked && this.losesMinusZero(score)) {
      this.index();
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
    if (this.isPacked) this.index();
  }

  /** Frees everything; the set is dead afterwards. */
  free(): void {
    this.form.free();
  }

  /** Packs a complete result that is small enough. */
  settle(): void {
    if (this.isPacked || this.count > this.limits["zset-max-listpack-entries"]) return;
    let longest = 0;
    this.visitAll(({ start, end }) => {
      longest = Math.max(longest, end - start);
    });
    if (longest > this.limits["zset-max-listpack-value"]) return;
    this.packed.begin();
    const key = new Key();
    this.visitAll(({ bytes, start, end, score }) => {
      this.packed.insert(this.hasher.set(key, bytes, start, end), score);
    });
    this.indexed.free();
    this.form = this.packed;
  }

  private staysPacked(key: Key, score: number): boolean {
    if (this.losesMinusZero(score)) return false;
    const { limits } = this;
    return (
      this.count < limits["zset-max-listpack-entries"] && key.length <= limits["zset-max-listpack-value"]
    );
  }

  private losesMinusZero(score: number): boolean {
    return this.keepsMinusZero && Object.is(score, -0);
  }

  private index(): void {
    const { packed, indexed } = this;
    indexed.begin();
    const key = new Key();
    packed.range(0, packed.count, (element) => {
      this.hasher.set(key, element.bytes, element.start, element.end);
      indexed.append(key, element.score);
    });
    packed.free();
    this.form = indexed;
  }
}
