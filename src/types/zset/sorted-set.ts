/**
 * A sorted set in either form. It begins packed and becomes indexed, for good, when it or a member grows beyond the
 * limits. Whoever wants to change it holds its entry, which a change may move.
 */

import type { Entries, EntryTraits } from "../../memory/entry.js";
import { Held } from "../../memory/held.js";
import { type Hasher, Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { createPacked } from "../packed.js";
import { ZSET } from "../type.js";
import type { Element, Visitor } from "./element.js";
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

export type Traits = Omit<EntryTraits, "type" | "encoding">;

const NO_LIMITS: PackedLimits = { "zset-max-listpack-entries": 0, "zset-max-listpack-value": 0 };

/** One object serves any number of sorted sets, one after the other, so that a command makes none. */
export class SortedSet {
  private readonly packed: Packed;
  private readonly indexed: Indexed;
  private form: Form;
  /** Holds an entry that is only read, or hangs nowhere yet. */
  private readonly loose: Held;
  private held: Held;
  private limits = NO_LIMITS;
  /** Whether this is a result that is not complete, whose elements are gathered by member and have no order yet. */
  private gathering = false;

  constructor(
    private readonly entries: Entries,
    private readonly hasher: Hasher,
  ) {
    this.loose = new Held(entries);
    this.held = this.loose;
    this.packed = new Packed(this.loose);
    this.indexed = new Indexed(entries);
    this.form = this.packed;
  }

  /** Becomes the set of an entry, to be read. */
  open(ref: Ref, limits: PackedLimits): this {
    this.loose.ref = ref;
    return this.hold(this.loose, limits);
  }

  /** Becomes the set of an entry, to be changed. */
  hold(held: Held, limits: PackedLimits): this {
    this.limits = limits;
    this.gathering = false;
    this.look(held);
    return this;
  }

  /**
   * Becomes a new set that is empty, packed unless the limits do not allow even one member. Its `entry` hangs nowhere
   * and is the caller's; `room` bytes are for what comes first.
   */
  begin(key: Key, { access, expiry }: Traits, limits: PackedLimits, room = 0): this {
    const packed = limits["zset-max-listpack-entries"] > 0;
    const traits = { type: ZSET, encoding: packed ? LISTPACK : SKIPLIST, access, expiry };
    const create = packed ? createPacked : Indexed.create;
    return this.open(create(this.entries, key, traits, room), limits);
  }

  /**
   * As `begin`, for the result of a computation: `complete` or `settle` it when all elements are there. Until then they
   * can be added, found and given other scores, and are brought into order only once. They are not packed, since a
   * listpack would make 0 of -0.
   */
  beginResult(key: Key, { access, expiry }: Traits, limits: PackedLimits): this {
    const traits = { type: ZSET, encoding: SKIPLIST, access, expiry };
    this.open(Indexed.create(this.entries, key, traits), limits);
    this.gathering = true;
    return this;
  }

  /** Where its entry is; a change may move it. */
  get entry(): Ref {
    return this.held.ref;
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

  /** The element of a rank, which must be there; valid until the next call or change. */
  at(rank: number): Element {
    return this.form.at(rank);
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
    if (this.isPacked && !this.staysPacked(key)) this.index();
    if (this.gathering) this.indexed.gather(key, score);
    else this.form.insert(key, score);
  }

  /** Gives the member that was found another score. */
  update(key: Key, handle: number, score: number): void {
    if (this.gathering) this.indexed.rescore(handle, score);
    else this.form.update(key, handle, score);
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

  /** All elements of a result are there: from now on it is as any other set. */
  complete(): this {
    if (this.gathering) this.indexed.order();
    this.gathering = false;
    return this;
  }

  /** Completes a result, and packs it if it is small enough. */
  settle(): void {
    const { entries, held, indexed } = this.complete();
    if (this.isPacked || this.count > this.limits["zset-max-listpack-entries"]) return;
    let longest = 0;
    this.visitAll(({ start, end }) => {
      longest = Math.max(longest, end - start);
    });
    if (longest > this.limits["zset-max-listpack-value"]) return;
    const { ref } = held;
    const made = new Held(entries, createPacked(entries, entries.key(ref), entries.traits(ref, LISTPACK)));
    this.packed.open(made);
    const key = new Key();
    this.visitAll(({ bytes, start, end, score }) => {
      this.packed.insert(this.hasher.set(key, bytes, start, end), score);
    });
    indexed.free();
    held.become(made.ref);
    this.look(held);
  }

  private staysPacked(key: Key): boolean {
    const { limits } = this;
    return (
      this.count < limits["zset-max-listpack-entries"] && key.length <= limits["zset-max-listpack-value"]
    );
  }

  private index(): void {
    const { entries, held, indexed, packed } = this;
    const { ref } = held;
    const made = new Held(entries, Indexed.create(entries, entries.key(ref), entries.traits(ref, SKIPLIST)));
    indexed.open(made);
    const key = new Key();
    packed.range(0, packed.count, (element) => {
      this.hasher.set(key, element.bytes, element.start, element.end);
      indexed.append(key, element.score);
    });
    held.become(made.ref);
    this.look(held);
  }

  /** Looks at the entry, which has another form perhaps. */
  private look(held: Held): void {
    this.held = held;
    this.form = this.entries.encoding(held.ref) === LISTPACK ? this.packed : this.indexed;
    this.form.open(held);
  }
}
