/**
 * The operations on sets. A method that changes something wants an entry that was just owned (or created): the value
 * is changed below it and hung in, the entry itself stays where it is. Emptied sets are the caller's to remove.
 */

import type { Arena } from "../../memory/arena.js";
import { Dict } from "../../memory/dict.js";
import type { Entries, EntryTraits } from "../../memory/entry.js";
import { type Hasher, Key } from "../../memory/key.js";
import { NONE } from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { below, type Chance } from "../../platform/chance.js";
import type { Slice } from "../../util/slice.js";
import { compactFrom, contentStart } from "../compact.js";
import {
  appendPacked,
  createPacked,
  findPacked,
  packedCount,
  packedPositions,
  removePacked,
  seekPacked,
} from "../packed.js";
import { ELEMENT, tabledElements } from "../tabled.js";
import { Text } from "../text.js";
import { SET } from "../type.js";
import {
  addInteger,
  countIntegers,
  createIntset,
  hasInteger,
  integerAt,
  longestInteger,
  memberOf,
  removeInteger,
} from "./integers.js";
import { forEachMember, HASHTABLE, INTSET, LISTPACK } from "./visit.js";

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

  /** An entry with an empty set, encoded as suits about `expected` members of which one is `like`. */
  createFor(
    key: Key,
    traits: Omit<EntryTraits, "type" | "encoding">,
    like: Slice,
    expected: number,
    limits: SetLimits,
  ): Ref {
    const integers = memberOf(like) !== null && expected <= limits["set-max-intset-entries"];
    const ref = integers ? this.createIntset(key, traits) : this.createListpack(key, traits);
    if (!integers && expected > limits["set-max-listpack-entries"]) this.turnIntoTable(ref);
    return ref;
  }

  /** An entry with an empty intset. */
  createIntset(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">): Ref {
    const traits = { type: SET, encoding: INTSET, access, expiry };
    return this.entries.createBoxed(key, createIntset(this.arena), traits);
  }

  /** An entry with an empty listpack. */
  createListpack(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">): Ref {
    const traits = { type: SET, encoding: LISTPACK, access, expiry };
    return this.entries.createBoxed(key, createPacked(this.arena), traits);
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
    return this.entries.createBoxed(key, compactFrom(this.arena, members), {
      type: SET,
      encoding,
      access,
      expiry,
    });
  }

  /** Number of members. */
  size(ref: Ref): number {
    const box = this.entries.box(ref);
    switch (this.entries.encoding(ref)) {
      case INTSET:
        return countIntegers(this.arena, box);
      case LISTPACK:
        return packedCount(this.arena, box);
      default:
        return this.tableOf(ref).count;
    }
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
    const box = this.entries.box(ref);
    if (encoding === LISTPACK) return findPacked(this.arena, box, member, 0) !== NONE;
    const integer = memberOf(member);
    return integer !== null && hasInteger(this.arena, box, integer);
  }

  /** Tells that about so many members are coming: an encoding that could not take them is given up at once. */
  expect(ref: Ref, count: number, limits: SetLimits): void {
    const encoding = this.entries.encoding(ref);
    if (encoding === HASHTABLE) return;
    const most = encoding === INTSET ? limits["set-max-intset-entries"] : limits["set-max-listpack-entries"];
    if (count > most) this.turnIntoTable(ref);
  }

  /** Gives an empty set its members at once: a listpack, valid and no member twice. */
  fill(ref: Ref, members: Slice): void {
    this.become(ref, LISTPACK, compactFrom(this.arena, members));
  }

  /** Adds a member; false when it is there already. */
  add(ref: Ref, member: Slice, limits: SetLimits): boolean {
    switch (this.entries.encoding(ref)) {
      case INTSET:
        return this.addToIntset(ref, member, limits);
      case LISTPACK:
        return this.addToListpack(ref, member, limits);
      default:
        return this.addToTable(ref, member);
    }
  }

  /** Removes a member; false when it is none. */
  remove(ref: Ref, member: Slice): boolean {
    switch (this.entries.encoding(ref)) {
      case INTSET:
        return this.removeFromIntset(ref, member);
      case LISTPACK:
        return this.removeFromListpack(ref, member);
      default:
        return this.removeFromTable(ref, member);
    }
  }

  /** Removes the member of a handle; `member` shows it. */
  removeHandle(ref: Ref, handle: number, member: Slice): void {
    if (this.isTable(ref)) this.takeFromTable(this.tableOf(ref), this.hash(member), ref, handle);
    else this.remove(ref, member);
  }

  /** Calls `visit` for every member; the set must not change meanwhile. */
  forEach(ref: Ref, visit: (member: Text) => void): void {
    forEachMember(this.entries, ref, visit);
  }

  /**
   * Visits some members from the cursor on and returns the next cursor, 0 at the end; a compact set is visited as a
   * whole. The promise of the cursor: memory/dict.ts.
   */
  scan(ref: Ref, cursor: number, count: number, visit: (member: Text) => void): number {
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
    const box = this.entries.box(ref);
    switch (this.entries.encoding(ref)) {
      case INTSET:
        return Array.from({ length: countIntegers(this.arena, box) }, (_, index) => index);
      case LISTPACK:
        return packedPositions(this.arena, box, 0);
      default:
        return tabledElements(this.entries, box);
    }
  }

  /** The handle of a member, each with the same chance. */
  randomHandle(ref: Ref, chance: Chance): number {
    const encoding = this.entries.encoding(ref);
    if (encoding === HASHTABLE) return this.tableOf(ref).random(chance);
    const index = below(chance, this.size(ref));
    return encoding === INTSET ? index : seekPacked(this.arena, this.entries.box(ref), index);
  }

  /** Whether picking one handle takes the same time whatever the number of members. */
  picksQuickly(ref: Ref): boolean {
    return this.entries.encoding(ref) !== LISTPACK;
  }

  /** Shows the member of a handle. */
  load(ref: Ref, handle: number, member: Text): void {
    const box = this.entries.box(ref);
    switch (this.entries.encoding(ref)) {
      case INTSET:
        member.setInteger(integerAt(this.arena, box, handle));
        return;
      case LISTPACK:
        member.readListpack(this.arena.bytesOf(box), contentStart(this.arena, box), handle);
        return;
      default:
        member.readKey(this.entries, handle);
    }
  }

  /** Turns a listpack of nothing but integers into an intset, if that may hold so many. */
  turnIntoIntset(ref: Ref, limits: SetLimits): void {
    if (this.entries.encoding(ref) !== LISTPACK) return;
    if (this.size(ref) > Math.min(limits["set-max-intset-entries"], INTSET_MAX)) return;
    let integers = true;
    this.forEach(ref, (member) => {
      integers &&= memberOf(member) !== null;
    });
    if (!integers) return;
    let box = createIntset(this.arena);
    this.forEach(ref, (member) => {
      box = addInteger(this.arena, box, memberOf(member)!);
    });
    this.become(ref, INTSET, box);
  }

  private turnIntoListpack(ref: Ref): void {
    let box = createPacked(this.arena);
    this.forEach(ref, (member) => {
      box = appendPacked(this.arena, box, member);
    });
    this.become(ref, LISTPACK, box);
  }

  private turnIntoTable(ref: Ref): void {
    this.table.root = new Dict(this.arena).root;
    this.forEach(ref, (member) => this.insert(this.table, this.hash(member)));
    this.become(ref, HASHTABLE, this.table.root);
  }

  private become(ref: Ref, encoding: number, box: Ref): void {
    this.arena.free(this.entries.box(ref));
    this.entries.setBox(ref, box);
    this.entries.setEncoding(ref, encoding);
  }

  private tableOf(ref: Ref): Dict {
    this.table.root = this.entries.box(ref);
    return this.table;
  }

  private hash(member: Slice): Key {
    return this.hasher.set(this.key, member.bytes, member.start, member.end);
  }

  private insert(table: Dict, key: Key): void {
    table.insert(key.hash, this.entries.createString(key, key.bytes, key.end, key.end, ELEMENT));
  }

  private addToIntset(ref: Ref, member: Slice, limits: SetLimits): boolean {
    const box = this.entries.box(ref);
    const integer = memberOf(member);
    if (integer === null) {
      this.leaveIntset(ref, member, limits);
      return this.add(ref, member, limits);
    }
    if (hasInteger(this.arena, box, integer)) return false;
    this.entries.setBox(ref, addInteger(this.arena, box, integer));
    if (this.size(ref) > Math.min(limits["set-max-intset-entries"], INTSET_MAX)) this.turnIntoTable(ref);
    return true;
  }

  /** Something else than an integer is coming. */
  private leaveIntset(ref: Ref, member: Slice, limits: SetLimits): void {
    const longest = Math.max(member.end - member.start, longestInteger(this.arena, this.entries.box(ref)));
    const fits =
      this.size(ref) < limits["set-max-listpack-entries"] && longest <= limits["set-max-listpack-value"];
    if (fits) this.turnIntoListpack(ref);
    else this.turnIntoTable(ref);
  }

  private addToListpack(ref: Ref, member: Slice, limits: SetLimits): boolean {
    const box = this.entries.box(ref);
    if (findPacked(this.arena, box, member, 0) !== NONE) return false;
    const fits =
      packedCount(this.arena, box) < limits["set-max-listpack-entries"] &&
      member.end - member.start <= limits["set-max-listpack-value"];
    if (fits) {
      this.entries.setBox(ref, appendPacked(this.arena, box, member));
      return true;
    }
    this.turnIntoTable(ref);
    return this.addToTable(ref, member);
  }

  private addToTable(ref: Ref, member: Slice): boolean {
    const table = this.tableOf(ref);
    const key = this.hash(member);
    if (table.find(key) !== 0) return false;
    this.insert(table, key);
    this.entries.setBox(ref, table.root);
    return true;
  }

  private removeFromIntset(ref: Ref, member: Slice): boolean {
    const box = this.entries.box(ref);
    const integer = memberOf(member);
    if (integer === null || !hasInteger(this.arena, box, integer)) return false;
    this.entries.setBox(ref, removeInteger(this.arena, box, integer));
    return true;
  }

  private removeFromListpack(ref: Ref, member: Slice): boolean {
    const box = this.entries.box(ref);
    const position = findPacked(this.arena, box, member, 0);
    if (position === NONE) return false;
    this.entries.setBox(ref, removePacked(this.arena, box, position, 1));
    return true;
  }

  private removeFromTable(ref: Ref, member: Slice): boolean {
    const table = this.tableOf(ref);
    const key = this.hash(member);
    const element = table.find(key);
    if (element === 0) return false;
    this.takeFromTable(table, key, ref, element);
    return true;
  }

  private takeFromTable(table: Dict, key: Key, ref: Ref, element: Ref): void {
    table.remove(key.hash, element);
    this.entries.freeString(element);
    this.entries.setBox(ref, table.root);
  }
}
