/**
 * The operations on hashes. A method that changes something wants the entry held, and may move it. Emptied hashes are
 * the caller's to remove.
 */

import type { Arena } from "../../memory/arena.js";
import { Dict } from "../../memory/dict.js";
import type { Entries, EntryTraits } from "../../memory/entry.js";
import type { Held } from "../../memory/held.js";
import { type Hasher, Key } from "../../memory/key.js";
import { encodedSize, NONE } from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { below, type Chance } from "../../platform/chance.js";
import type { Reply } from "../../resp/reply.js";
import { copy } from "../../util/copy.js";
import type { Slice } from "../../util/slice.js";
import { createCompact } from "../compact.js";
import {
  appendPacked,
  createPacked,
  findPacked,
  nextPacked,
  packedPositions,
  removePacked,
  replacePacked,
  seekPacked,
} from "../packed.js";
import { replyEntries } from "../reply.js";
import { ELEMENT, keepTable, tabledElements } from "../tabled.js";
import { Text } from "../text.js";
import { HASH } from "../type.js";
import { countFields, forEachField, HASHTABLE, LISTPACK } from "./visit.js";

/** The directives that say how large a listpack may grow. */
export interface HashLimits {
  readonly "hash-max-listpack-entries": number;
  readonly "hash-max-listpack-value": number;
}

/** A smaller room than this may be filled by however short a value. */
const SMALL_ROOM = 64;

export class Hashes {
  /** For commands that show one value at a time and must not make anything for it. */
  readonly shown = new Text();
  /** The same for the field beside it. */
  readonly shownField = new Text();
  private readonly arena: Arena;
  private readonly table: Dict;
  private readonly key = new Key();
  private readonly fieldText = new Text();
  private readonly valueText = new Text();

  constructor(
    private readonly entries: Entries,
    private readonly hasher: Hasher,
  ) {
    this.arena = entries.memory;
    this.table = new Dict(entries.memory, 0);
  }

  /** An entry with an empty hash, to be filled and put into a database; `room` bytes are for what comes first. */
  create(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">, room = 0): Ref {
    return createPacked(this.entries, key, { type: HASH, encoding: LISTPACK, access, expiry }, room);
  }

  /** An entry with a listpack from outside: valid, fields and values in turn, no field twice. */
  adopt(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">, fields: Slice): Ref {
    return createCompact(this.entries, key, { type: HASH, encoding: LISTPACK, access, expiry }, fields);
  }

  /** Number of fields. */
  length(ref: Ref): number {
    return countFields(this.entries, ref);
  }

  has(ref: Ref, field: Slice): boolean {
    return this.find(ref, field) > 0;
  }

  /** Shows a field's value in `value`; false when there is no such field. */
  get(ref: Ref, field: Slice, value: Text): boolean {
    const found = this.find(ref, field);
    if (found <= 0) return false;
    this.show(ref, found, value);
    return true;
  }

  /** Sets a field; true when it is new. */
  set(held: Held, field: Slice, value: Slice, limits: HashLimits): boolean {
    const longest = Math.max(field.end - field.start, value.end - value.start);
    if (longest > limits["hash-max-listpack-value"]) this.turnIntoTable(held);
    if (this.isTable(held.ref)) return this.setInTable(held, field, value);
    const isNew = this.setPacked(held, field, value);
    if (this.length(held.ref) > limits["hash-max-listpack-entries"]) this.turnIntoTable(held);
    return isNew;
  }

  /** Removes a field; false when there is none such. */
  remove(held: Held, field: Slice): boolean {
    if (this.isTable(held.ref)) return this.removeFromTable(held, field);
    const position = findPacked(this.entries, held.ref, field, 1);
    if (position === NONE) return false;
    removePacked(held, position, 2);
    return true;
  }

  /** Calls `visit` for every field; the hash must not change meanwhile, nor another one be visited. */
  forEach(ref: Ref, visit: (field: Text, value: Text) => void): void {
    forEachField(this.entries, ref, visit, this.fieldText, this.valueText);
  }

  /** Replies with each field and its value. */
  replyAll(ref: Ref, reply: Reply): void {
    if (this.isTable(ref)) {
      this.forEach(ref, (field, value) => {
        reply.bulk(field.bytes, field.start, field.end);
        reply.bulk(value.bytes, value.start, value.end);
      });
    } else replyEntries(reply, this.arena.bytesOf(ref), this.entries.valueStart(ref));
  }

  /**
   * Visits some fields from the cursor on and returns the next cursor, 0 at the end; a listpack is visited as a whole.
   * The promise of the cursor: memory/dict.ts.
   */
  scan(ref: Ref, cursor: number, count: number, visit: (field: Text, value: Text) => void): number {
    if (!this.isTable(ref)) {
      this.forEach(ref, visit);
      return 0;
    }
    return this.tableOf(ref).scan(cursor, count, (element) => {
      this.load(ref, element, this.fieldText, this.valueText);
      visit(this.fieldText, this.valueText);
    });
  }

  /** All fields as handles for `load`, valid until the next change. */
  handles(ref: Ref): number[] {
    const { entries } = this;
    return this.isTable(ref) ? tabledElements(entries, entries.box(ref)) : packedPositions(entries, ref, 1);
  }

  /** The handle of a field, each with the same chance. */
  randomHandle(ref: Ref, chance: Chance): number {
    if (this.isTable(ref)) return this.tableOf(ref).random(chance);
    return seekPacked(this.entries, ref, below(chance, this.length(ref)) * 2);
  }

  /** Whether picking one handle takes the same time whatever the number of fields. */
  picksQuickly(ref: Ref): boolean {
    return this.isTable(ref);
  }

  /** Shows the field and the value of a handle. */
  load(ref: Ref, handle: number, field: Text, value: Text): void {
    if (this.isTable(ref)) {
      field.readKey(this.entries, handle);
      value.readValue(this.entries, handle);
      return;
    }
    const bytes = this.arena.bytesOf(ref);
    const base = this.entries.valueStart(ref);
    value.readListpack(bytes, base, field.readListpack(bytes, base, handle));
  }

  /** Gives up the listpack. */
  turnIntoTable(held: Held): void {
    const { entries, table } = this;
    const { ref } = held;
    if (this.isTable(ref)) return;
    table.root = new Dict(this.arena).root;
    this.forEach(ref, (field, value) => {
      const key = this.hash(field);
      table.insert(key.hash, entries.createString(key, value.bytes, value.start, value.end, ELEMENT));
    });
    held.become(entries.createBoxed(entries.key(ref), table.root, entries.traits(ref, HASHTABLE)));
  }

  private isTable(ref: Ref): boolean {
    return this.entries.encoding(ref) === HASHTABLE;
  }

  private tableOf(ref: Ref): Dict {
    this.table.root = this.entries.box(ref);
    return this.table;
  }

  private hash(field: Slice): Key {
    return this.hasher.set(this.key, field.bytes, field.start, field.end);
  }

  /** The element of a table, or the position of a value in a listpack; 0 or less when there is no such field. */
  private find(ref: Ref, field: Slice): number {
    if (this.isTable(ref)) return this.tableOf(ref).find(this.hash(field));
    const position = findPacked(this.entries, ref, field, 1);
    return position === NONE ? NONE : nextPacked(this.entries, ref, position);
  }

  private show(ref: Ref, found: number, value: Text): void {
    if (this.isTable(ref)) value.readValue(this.entries, found);
    else value.readListpack(this.arena.bytesOf(ref), this.entries.valueStart(ref), found);
  }

  private setPacked(held: Held, field: Slice, value: Slice): boolean {
    const position = this.find(held.ref, field);
    if (position !== NONE) {
      replacePacked(held, position, value);
      return false;
    }
    appendPacked(held, field, encodedSize(value.bytes, value.start, value.end));
    appendPacked(held, value);
    return true;
  }

  private setInTable(held: Held, field: Slice, value: Slice): boolean {
    const { entries } = this;
    const table = this.tableOf(held.ref);
    const key = this.hash(field);
    const old = table.find(key);
    if (old !== 0 && this.overwrite(old, value)) return false;
    const element = entries.createString(key, value.bytes, value.start, value.end, ELEMENT);
    if (old === 0) {
      table.insert(key.hash, element);
    } else {
      table.replace(key.hash, old, element);
      entries.freeString(old);
    }
    keepTable(held, table.root);
    return old === 0;
  }

  /** Writes the value in the place of the old one if it fits without wasting half of the room. */
  private overwrite(old: Ref, value: Slice): boolean {
    const { entries, arena } = this;
    if (!arena.isMutable(old) || entries.isBoxed(old)) return false;
    const room = entries.roomFor(old);
    const length = value.end - value.start;
    if (length > room || (length < room >>> 1 && room > SMALL_ROOM)) return false;
    copy(value.bytes, value.start, value.end, arena.bytesOf(old), entries.valueStart(old));
    entries.setValueLength(old, length);
    return true;
  }

  private removeFromTable(held: Held, field: Slice): boolean {
    const table = this.tableOf(held.ref);
    const key = this.hash(field);
    const element = table.find(key);
    if (element === 0) return false;
    table.remove(key.hash, element);
    this.entries.freeString(element);
    keepTable(held, table.root);
    return true;
  }
}
