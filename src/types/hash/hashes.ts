/**
 * The operations on hashes. A method that changes something wants an entry that was just owned (or created): the
 * value is changed below it and hung in, the entry itself stays where it is. Emptied hashes are the caller's to remove.
 */

import type { Arena } from "../../memory/arena.js";
import { Dict } from "../../memory/dict.js";
import type { Entries, EntryTraits } from "../../memory/entry.js";
import { type Hasher, Key } from "../../memory/key.js";
import { NONE } from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { below, type Chance } from "../../platform/chance.js";
import { copy } from "../../util/copy.js";
import type { Slice } from "../../util/slice.js";
import { compactFrom, contentStart } from "../compact.js";
import {
  appendPacked,
  createPacked,
  findPacked,
  nextPacked,
  packedCount,
  packedPositions,
  removePacked,
  replacePacked,
  seekPacked,
} from "../packed.js";
import { ELEMENT, tabledElements } from "../tabled.js";
import { Text } from "../text.js";
import { HASH } from "../type.js";
import { forEachField, HASHTABLE, LISTPACK } from "./visit.js";

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

  /** An entry with an empty hash, to be filled and put into a database. */
  create(key: Key, { access, expiry }: Omit<EntryTraits, "type" | "encoding">): Ref {
    const traits = { type: HASH, encoding: LISTPACK, access, expiry };
    return this.entries.createBoxed(key, createPacked(this.arena), traits);
  }

  /** An entry with a listpack from outside: valid, fields and values in turn, no field twice. */
  adopt(key: Key, traits: Omit<EntryTraits, "type" | "encoding">, fields: Slice): Ref {
    const { access, expiry } = traits;
    const box = compactFrom(this.arena, fields);
    return this.entries.createBoxed(key, box, { type: HASH, encoding: LISTPACK, access, expiry });
  }

  /** Number of fields. */
  length(ref: Ref): number {
    const box = this.entries.box(ref);
    return this.isTable(ref) ? this.tableOf(ref).count : packedCount(this.arena, box) >>> 1;
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
  set(ref: Ref, field: Slice, value: Slice, limits: HashLimits): boolean {
    const longest = Math.max(field.end - field.start, value.end - value.start);
    if (longest > limits["hash-max-listpack-value"]) this.turnIntoTable(ref);
    if (this.isTable(ref)) return this.setInTable(ref, field, value);
    const isNew = this.setPacked(ref, field, value);
    if (this.length(ref) > limits["hash-max-listpack-entries"]) this.turnIntoTable(ref);
    return isNew;
  }

  /** Removes a field; false when there is none such. */
  remove(ref: Ref, field: Slice): boolean {
    const box = this.entries.box(ref);
    if (this.isTable(ref)) return this.removeFromTable(ref, field);
    const position = findPacked(this.arena, box, field, 1);
    if (position === NONE) return false;
    this.entries.setBox(ref, removePacked(this.arena, box, position, 2));
    return true;
  }

  /** Calls `visit` for every field; the hash must not change meanwhile. */
  forEach(ref: Ref, visit: (field: Text, value: Text) => void): void {
    forEachField(this.entries, ref, visit);
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
    const box = this.entries.box(ref);
    return this.isTable(ref) ? tabledElements(this.entries, box) : packedPositions(this.arena, box, 1);
  }

  /** The handle of a field, each with the same chance. */
  randomHandle(ref: Ref, chance: Chance): number {
    if (this.isTable(ref)) return this.tableOf(ref).random(chance);
    return seekPacked(this.arena, this.entries.box(ref), below(chance, this.length(ref)) * 2);
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
    const box = this.entries.box(ref);
    const bytes = this.arena.bytesOf(box);
    const base = contentStart(this.arena, box);
    value.readListpack(bytes, base, field.readListpack(bytes, base, handle));
  }

  /** Gives up the listpack. */
  turnIntoTable(ref: Ref): void {
    if (this.isTable(ref)) return;
    const box = this.entries.box(ref);
    this.table.root = new Dict(this.arena).root;
    this.forEach(ref, (field, value) => {
      const key = this.hash(field);
      const { bytes, start, end } = value;
      this.table.insert(key.hash, this.entries.createString(key, bytes, start, end, ELEMENT));
    });
    this.entries.setBox(ref, this.table.root);
    this.entries.setEncoding(ref, HASHTABLE);
    this.arena.free(box);
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
    const box = this.entries.box(ref);
    const position = findPacked(this.arena, box, field, 1);
    return position === NONE ? NONE : nextPacked(this.arena, box, position);
  }

  private show(ref: Ref, found: number, value: Text): void {
    const box = this.entries.box(ref);
    if (this.isTable(ref)) value.readValue(this.entries, found);
    else value.readListpack(this.arena.bytesOf(box), contentStart(this.arena, box), found);
  }

  private setPacked(ref: Ref, field: Slice, value: Slice): boolean {
    const box = this.entries.box(ref);
    const position = this.find(ref, field);
    if (position !== NONE) {
      this.entries.setBox(ref, replacePacked(this.arena, box, position, value));
      return false;
    }
    this.entries.setBox(ref, appendPacked(this.arena, appendPacked(this.arena, box, field), value));
    return true;
  }

  private setInTable(ref: Ref, field: Slice, value: Slice): boolean {
    const { entries } = this;
    const table = this.tableOf(ref);
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
    entries.setBox(ref, table.root);
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

  private removeFromTable(ref: Ref, field: Slice): boolean {
    const table = this.tableOf(ref);
    const key = this.hash(field);
    const element = table.find(key);
    if (element === 0) return false;
    table.remove(key.hash, element);
    this.entries.freeString(element);
    this.entries.setBox(ref, table.root);
    return true;
  }
}
