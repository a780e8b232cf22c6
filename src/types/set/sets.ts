/**
 * The operations on sets. A method that changes something wants the entry held, and may move it. Emptied sets are the
 * caller's to remove.
 */

import type { Arena } from "../../memory/arena.js";
import { Dict } from "../../memory/dict.js";
import type { Entries, EntryTraits } from "../../memory/entry.js";
import { Held } from "../../memory/held.js";
import { type Hasher, Key } from "../../memory/key.js";
import { NONE } from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { below, type Chance } from "../../platform/chance.js";
import type { Reply } from "../../resp/reply.js";
import type { Slice } from "../../util/slice.js";
import { createCompact } from "../compact.js";
import {
  appendPacked,
  createPacked,
  findPacked,
  packedPositions,
  removePacked,
  seekPacked,
} from "../packed.js";
import { replyEntries } from "../reply.js";
import { ELEMENT, keepTable, tabledElements } from "../tabled.js";
import { Text } from "../text.js";
import { SET } from "../type.js";
import {
  addInteger,
  countIntegers,
  createIntset,
  forEachCommonInteger,
  hasInteger,
  integerAt,
  longestInteger,
  memberOf,
  removeInteger,
} from "./integers.js";
import { countMembers, forEachMember, HASHTABLE, INTSET, LISTPACK, TabledMember } from "./visit.js";

/** The directives that say how large the compact encodings may grow. */
export interface SetLimits {
  readonly "set-max-intset-entries": number;
  readonly "set-max-listpack-entries": number;
  readonly "set-max-listpack-value": number;
}

/** Redis lets no intset grow beyond this. */
const INTSET_MAX = 2 ** 30;

export class Sets {
  /** For commands that show one member at a time and must not make anything for it. */
  readonly shown = new Text();
  private readonly arena: Arena;
  private readonly table: Dict;
  private readonly key = new Key();
  private readonly text = new Text();

  constructor(
    private readonly entries: Entries,
    private readonly hasher: Hasher,
  ) {
    this.arena = entries.memory;
    this.table = new Dict(entries.memory, 0);
  }

  /**
   * An entry with an empty set, encoded as suits about `expected` members of which one is `like`. A listpack has `room`
   * bytes for what comes first.
   */
  createFor(
    key: Key,
    traits: Omit<EntryTraits, "type" | "encoding">,
    like: Slice,
    expected: number,
    limits: SetLimits,
    room = 0,
  ): Ref {
    const integers = memberOf(like) !== null && expected <= limits["set-max-intset-entries"];
    if (integers) return this.createIntset(key, traits);
    if (expected <= limits["set-max-listpack-entries"]) return this.createListpack(key, traits, room);
    const { access, expiry } = traits;
    const { root } = new Dict(this.arena);
    return this.entries.createBoxed(key, root, { type: SET, encoding: HASHTABLE, access, expiry });
  }

  /** An entry with an empty intset. */
  createIntset(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">): Ref {
    return createIntset(this.entries, key, { type: SET, encoding: INTSET, access, expiry });
  }

  /** An entry with an empty listpack. */
  createListpack(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">, room = 0): Ref {
    return createPacked(this.entries, key, { type: SET, encoding: LISTPACK, access, expiry }, room);
  }

  /** An entry with an intset from outside, which is valid. */
  adoptIntset(key: Key, traits: Omit<EntryTraits, "type" | "encoding">, members: Slice): Ref {
    return this.adopt(key, traits, members, INTSET);
  }

  /** An entry with a listpack from outside: valid, and no member twice. */
  adoptListpack(key: Key, traits: Omit<EntryTraits, "type" | "encoding">, members: Slice): Ref {
    return this.adopt(key, traits, members, LISTPACK);
  }

  private adopt(
    key: Key,
    { access, expiry }: Omit<EntryTraits, "type" | "encoding">,
    members: Slice,
    encoding: number,
  ): Ref {
    return createCompact(this.entries, key, { type: SET, encoding, access, expiry }, members);
  }

  /** Number of members. */
  size(ref: Ref): number {
    return countMembers(this.entries, ref);
  }

  /** Whether the set is kept as an intset. */
  isIntset(ref: Ref): boolean {
    return this.entries.encoding(ref) === INTSET;
  }

  /** Whether the set is kept in a table, whose order is one of chance. */
  isTable(ref: Ref): boolean {
    return this.entries.encoding(ref) === HASHTABLE;
  }

  has(ref: Ref, member: Slice): boolean {
    const encoding = this.entries.encoding(ref);
    if (encoding === HASHTABLE) return this.tableOf(ref).find(this.hash(member)) !== 0;
    if (encoding === LISTPACK) return findPacked(this.entries, ref, member, 0) !== NONE;
    const integer = memberOf(member);
    return integer !== null && hasInteger(this.entries, ref, integer);
  }

  /** Tells that about so many members are coming: an encoding that could not take them is given up at once. */
  expect(held: Held, count: number, limits: SetLimits): void {
    const encoding = this.entries.encoding(held.ref);
    if (encoding === HASHTABLE) return;
    const most = encoding === INTSET ? limits["set-max-intset-entries"] : limits["set-max-listpack-entries"];
    if (count > most) this.turnIntoTable(held);
  }

  /** Gives an empty table the room for so many members, which are sure to come. */
  reserve(held: Held, count: number): void {
    if (!this.isTable(held.ref)) return;
    const table = this.tableOf(held.ref);
    table.reserve(count);
    keepTable(held, table.root);
  }

  /** Gives an empty set its members at once: a listpack, valid and no member twice. */
  fill(held: Held, members: Slice): void {
    const { entries } = this;
    const { ref } = held;
    held.become(createCompact(entries, entries.key(ref), entries.traits(ref, LISTPACK), members));
  }

  /** Adds a member; false when it is there already. Whoever knows that it `isNew` spares the look. */
  add(held: Held, member: Slice, limits: SetLimits, isNew = false): boolean {
    switch (this.entries.encoding(held.ref)) {
      case INTSET:
        return this.addToIntset(held, member, limits, isNew);
      case LISTPACK:
        return this.addToListpack(held, member, limits, isNew);
      default:
        return this.addToTable(held, member, isNew);
    }
  }

  /** Removes a member; false when it is none. */
  remove(held: Held, member: Slice): boolean {
    switch (this.entries.encoding(held.ref)) {
      case INTSET:
        return this.removeFromIntset(held, member);
      case LISTPACK:
        return this.removeFromListpack(held, member);
      default:
        return this.removeFromTable(held, member);
    }
  }

  /** Removes the member of a handle; `member` shows it. */
  removeHandle(held: Held, handle: number, member: Slice): void {
    if (this.isTable(held.ref)) this.takeFromTable(held, this.tableOf(held.ref), this.hash(member), handle);
    else this.remove(held, member);
  }

  /** Calls `visit` for every member; the set must not change meanwhile. */
  forEach(ref: Ref, visit: (member: Slice) => void): void {
    forEachMember(this.entries, ref, visit);
  }

  /** Calls `visit` for every member that all the sets have, the first of which is the smallest, until it returns false. */
  forEachCommon(refs: readonly Ref[], visit: (member: Slice) => boolean): void {
    if (refs.every((ref) => this.isIntset(ref))) {
      forEachCommonInteger(this.entries, refs, visit);
      return;
    }
    let more = true;
    this.forEach(refs[0]!, (member) => {
      let at = 1;
      while (more && at < refs.length && this.has(refs[at]!, member)) at++;
      if (at === refs.length) more &&= visit(member);
    });
  }

  /** Replies with each member. */
  replyAll(ref: Ref, reply: Reply): void {
    if (this.entries.encoding(ref) === LISTPACK)
      replyEntries(reply, this.arena.bytesOf(ref), this.entries.valueStart(ref));
    else this.forEach(ref, ({ bytes, start, end }) => reply.bulk(bytes, start, end));
  }

  /**
   * Visits some members from the cursor on and returns the next cursor, 0 at the end; a compact set is visited as a
   * whole. The promise of the cursor: memory/dict.ts.
   */
  scan(ref: Ref, cursor: number, count: number, visit: (member: Slice) => void): number {
    if (this.entries.encoding(ref) !== HASHTABLE) {
      this.forEach(ref, visit);
      return 0;
    }
    return this.tableOf(ref).scan(cursor, count, (element) => {
      this.text.readKey(this.entries, element);
      visit(this.text);
    });
  }

  /** All members as handles for `load`, valid until the next change. */
  handles(ref: Ref): number[] {
    switch (this.entries.encoding(ref)) {
      case INTSET:
        return Array.from({ length: countIntegers(this.entries, ref) }, (_, index) => index);
      case LISTPACK:
        return packedPositions(this.entries, ref, 0);
      default:
        return tabledElements(this.entries, this.entries.box(ref));
    }
  }

  /** The handle of a member, each with the same chance. */
  randomHandle(ref: Ref, chance: Chance): number {
    const encoding = this.entries.encoding(ref);
    if (encoding === HASHTABLE) return this.tableOf(ref).random(chance);
    const index = below(chance, this.size(ref));
    return encoding === INTSET ? index : seekPacked(this.entries, ref, index);
  }

  /** Whether picking one handle takes the same time whatever the number of members. */
  picksQuickly(ref: Ref): boolean {
    return this.entries.encoding(ref) !== LISTPACK;
  }

  /** Shows the member of a handle. */
  load(ref: Ref, handle: number, member: Text): void {
    switch (this.entries.encoding(ref)) {
      case INTSET:
        member.setInteger(integerAt(this.entries, ref, handle));
        return;
      case LISTPACK:
        member.readListpack(this.arena.bytesOf(ref), this.entries.valueStart(ref), handle);
        return;
      default:
        member.readKey(this.entries, handle);
    }
  }

  /** Turns a listpack of nothing but integers into an intset, if that may hold so many. */
  turnIntoIntset(held: Held, limits: SetLimits): void {
    const { entries } = this;
    const { ref } = held;
    if (entries.encoding(ref) !== LISTPACK) return;
    if (this.size(ref) > Math.min(limits["set-max-intset-entries"], INTSET_MAX)) return;
    let integers = true;
    this.forEach(ref, (member) => {
      integers &&= memberOf(member) !== null;
    });
    if (!integers) return;
    const made = new Held(entries, createIntset(entries, entries.key(ref), entries.traits(ref, INTSET)));
    this.forEach(ref, (member) => addInteger(made, memberOf(member)!));
    held.become(made.ref);
  }

  private turnIntoListpack(held: Held): void {
    const { entries } = this;
    const { ref } = held;
    const made = new Held(entries, createPacked(entries, entries.key(ref), entries.traits(ref, LISTPACK)));
    this.forEach(ref, (member) => appendPacked(made, member));
    held.become(made.ref);
  }

  private turnIntoTable(held: Held): void {
    const { entries, table } = this;
    const { ref } = held;
    table.root = new Dict(this.arena).root;
    this.forEach(ref, (member) => this.insert(table, this.hash(member)));
    held.become(entries.createBoxed(entries.key(ref), table.root, entries.traits(ref, HASHTABLE)));
  }

  private tableOf(ref: Ref): Dict {
    this.table.root = this.entries.box(ref);
    return this.table;
  }

  private hash(member: Slice): Key {
    if (member instanceof TabledMember) return member;
    return this.hasher.set(this.key, member.bytes, member.start, member.end);
  }

  private insert(table: Dict, key: Key): void {
    table.insert(key.hash, this.entries.createString(key, key.bytes, key.end, key.end, ELEMENT));
  }

  private addToIntset(held: Held, member: Slice, limits: SetLimits, isNew: boolean): boolean {
    const integer = memberOf(member);
    if (integer === null) {
      this.leaveIntset(held, member, limits);
      return this.add(held, member, limits, isNew);
    }
    if (!isNew && hasInteger(this.entries, held.ref, integer)) return false;
    addInteger(held, integer);
    if (this.size(held.ref) > Math.min(limits["set-max-intset-entries"], INTSET_MAX))
      this.turnIntoTable(held);
    return true;
  }

  /** Something else than an integer is coming. */
  private leaveIntset(held: Held, member: Slice, limits: SetLimits): void {
    const longest = Math.max(member.end - member.start, longestInteger(this.entries, held.ref));
    const fits =
      this.size(held.ref) < limits["set-max-listpack-entries"] && longest <= limits["set-max-listpack-value"];
    if (fits) this.turnIntoListpack(held);
    else this.turnIntoTable(held);
  }

  private addToListpack(held: Held, member: Slice, limits: SetLimits, isNew: boolean): boolean {
    if (!isNew && findPacked(this.entries, held.ref, member, 0) !== NONE) return false;
    const fits =
      this.size(held.ref) < limits["set-max-listpack-entries"] &&
      member.end - member.start <= limits["set-max-listpack-value"];
    if (fits) {
      appendPacked(held, member);
      return true;
    }
    this.turnIntoTable(held);
    return this.addToTable(held, member, isNew);
  }

  private addToTable(held: Held, member: Slice, isNew: boolean): boolean {
    const table = this.tableOf(held.ref);
    const key = this.hash(member);
    if (!isNew && table.find(key) !== 0) return false;
    this.insert(table, key);
    keepTable(held, table.root);
    return true;
  }

  private removeFromIntset(held: Held, member: Slice): boolean {
    const integer = memberOf(member);
    if (integer === null || !hasInteger(this.entries, held.ref, integer)) return false;
    removeInteger(held, integer);
    return true;
  }

  private removeFromListpack(held: Held, member: Slice): boolean {
    const position = findPacked(this.entries, held.ref, member, 0);
    if (position === NONE) return false;
    removePacked(held, position, 1);
    return true;
  }

  private removeFromTable(held: Held, member: Slice): boolean {
    const table = this.tableOf(held.ref);
    const key = this.hash(member);
    const element = table.find(key);
    if (element === 0) return false;
    this.takeFromTable(held, table, key, element);
    return true;
  }

  private takeFromTable(held: Held, table: Dict, key: Key, element: Ref): void {
    table.remove(key.hash, element);
    this.entries.freeString(element);
    keepTable(held, table.root);
  }
}
