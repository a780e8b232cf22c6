/**
 * Puts a value together from its elements, in the encoding that the directives give one of that size. One at a time;
 * nobody but the builder has the entry until it is `taken`.
 */

import type { Keyspace } from "../../keyspace/keyspace.js";
import type { EntryTraits } from "../../memory/entry.js";
import { Held } from "../../memory/held.js";
import { Key } from "../../memory/key.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import type { HashLimits } from "../../types/hash.js";
import { List, type ListLimits } from "../../types/list.js";
import type { SetLimits } from "../../types/set.js";
import { HASH } from "../../types/type.js";
import { typeOf } from "../../types/types.js";
import { ABSENT, SortedSet } from "../../types/zset.js";
import { parseInteger64 } from "../../util/integer.js";
import type { Slice } from "../../util/slice.js";
import type { Input } from "./input.js";

/** The directives that say which encoding a value gets. */
export interface ValueLimits extends HashLimits, SetLimits, ListLimits {
  readonly "zset-max-listpack-entries": number;
  readonly "zset-max-listpack-value": number;
}

export type Traits = Omit<EntryTraits, "type" | "encoding">;

/** Members of a set are packed here before they get a block of the right size; larger sets grow in their blocks. */
const PACKING_BYTES = 16 * 1024;

export class ValueBuilder {
  private readonly held: Held;
  /** Of the list that is built. */
  readonly list: List;
  private listing = false;
  private readonly zset: SortedSet;
  private readonly member = new Key();
  /** Whether the members of the set are still in `packed`. */
  private packing = false;
  private readonly packed = Buffer.allocUnsafeSlow(PACKING_BYTES);

  constructor(
    private readonly space: Keyspace,
    private readonly limits: ValueLimits,
    /** For where an error is. */
    private readonly input: Input,
  ) {
    this.held = new Held(space.entries);
    this.list = new List(space.entries);
    this.zset = new SortedSet(space.entries, space.hasher);
  }

  /** The entry; 0 while there is none, and when the value holds nothing. */
  get ref(): Ref {
    return this.held.ref;
  }

  set ref(ref: Ref) {
    this.held.ref = ref;
  }

  /** An empty list, that elements or whole nodes are to come into. */
  beginList(key: Key, traits: Traits, comes: "elements" | "nodes"): void {
    this.ref = this.list.create(key, traits, this.limits).entry;
    if (comes === "elements") this.list.expectMany();
    this.listing = true;
  }

  /** An empty set that so many members are to come into. */
  beginSet(key: Key, traits: Traits, count: number): void {
    const { sets } = this.space;
    this.ref = sets.createIntset(key, traits);
    sets.expect(this.held, count, this.limits);
    this.packing = count <= this.limits["set-max-listpack-entries"];
    if (this.packing) listpack.create(this.packed, 0);
  }

  addMember(member: Slice): void {
    if (this.packing) {
      if (this.pack(member)) return;
      this.unpack();
    }
    if (!this.space.sets.add(this.held, member, this.limits))
      throw this.input.error("a member that is there twice");
  }

  /** False for what a listpack does not take, and for a set that begins with an integer and may be an intset. */
  private pack({ bytes, start, end }: Slice): boolean {
    const { packed } = this;
    const first = listpack.first(packed, 0);
    if (first === listpack.NONE && parseInteger64(bytes, start, end) !== null) return false;
    if (end - start > this.limits["set-max-listpack-value"]) return false;
    const used = listpack.totalBytes(packed, 0);
    if (used + listpack.encodedSize(bytes, start, end) > PACKING_BYTES) return false;
    if (listpack.find(packed, 0, first, bytes, start, end) !== listpack.NONE)
      throw this.input.error("a member that is there twice");
    listpack.append(packed, 0, bytes, start, end);
    return true;
  }

  /** The set gets what is packed. */
  private unpack(): void {
    this.packing = false;
    const { packed } = this;
    if (listpack.count(packed, 0) > 0)
      this.space.sets.fill(this.held, { bytes: packed, start: 0, end: listpack.totalBytes(packed, 0) });
  }

  /** An empty hash that so many fields are to come into. */
  beginHash(key: Key, traits: Traits, count: number): void {
    const { hashes } = this.space;
    this.ref = hashes.create(key, traits);
    if (count > this.limits["hash-max-listpack-entries"]) hashes.turnIntoTable(this.held);
  }

  addField(field: Slice, value: Slice): void {
    if (!this.space.hashes.set(this.held, field, value, this.limits))
      throw this.input.error("a field that is there twice");
  }

  /** An empty sorted set that so many members are to come into. */
  beginSortedSet(key: Key, traits: Traits, count: number): void {
    const { held, limits, zset } = this;
    held.ref = zset.begin(key, traits, limits).entry;
    zset.hold(held, limits);
    // What will not stay packed does not begin so.
    if (count > limits["zset-max-listpack-entries"]) zset.turnIndexed();
  }

  addScored({ bytes, start, end }: Slice, score: number): void {
    const { zset } = this;
    if (Number.isNaN(score)) throw this.input.error("a score that is not a number");
    const key = this.space.hasher.set(this.member, bytes, start, end);
    if (zset.find(key) !== ABSENT) throw this.input.error("a member that is there twice");
    zset.insert(key, score);
  }

  /** All elements have come. A value without any is dropped. */
  end(): void {
    if (this.packing) this.unpack();
    if (this.ref === 0) return;
    if (this.listing && this.list.length > 0) {
      this.list.settle();
      this.listing = false;
    } else if (this.listing || this.isEmptyHash()) this.abandon();
  }

  /** The entry, which is the caller's from now on. */
  take(): Ref {
    const { ref } = this;
    this.ref = 0;
    return ref;
  }

  /** Gives back what there is. */
  abandon(): void {
    this.listing = false;
    this.packing = false;
    if (this.ref === 0) return;
    const { entries } = this.space;
    typeOf(entries.type(this.ref)).free(entries, this.ref);
    this.ref = 0;
  }

  /** Fields whose time is over are left out, so that none may be left. */
  private isEmptyHash(): boolean {
    const { entries, hashes } = this.space;
    return entries.type(this.ref) === HASH && hashes.length(this.ref) === 0;
  }
}
