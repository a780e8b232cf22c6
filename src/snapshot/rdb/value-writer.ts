/**
 * Writes values, each in the encoding that it has in memory wherever the version of the format knows that encoding:
 * then saving is a copy.
 */

import type { EntryReader } from "../../memory/entry.js";
import * as intset from "../../memory/intset.js";
import * as listpack from "../../memory/listpack.js";
import type { Memory, Ref } from "../../memory/memory.js";
import { HASHTABLE as HASH_TABLE } from "../../types/hash/visit.js";
import { countFields, forEachField } from "../../types/hash.js";
import { ListCursor } from "../../types/list/cursor.js";
import { LISTPACK as LIST_LISTPACK } from "../../types/list/list.js";
import { baseOf, bytesIn } from "../../types/list/node.js";
import { compressedIn, forEachNode, isCompressed } from "../../types/list.js";
import { INTSET, HASHTABLE as SET_TABLE } from "../../types/set/visit.js";
import { countMembers, forEachMember } from "../../types/set.js";
import { HASH, LIST, SET, STRING, ZSET } from "../../types/type.js";
import { readSortedSet, LISTPACK as ZSET_LISTPACK } from "../../types/zset.js";
import { CONTAINER, TYPE } from "./format.js";
import type { Primitives } from "./primitives.js";

/** The first version that has listpacks. */
const LISTPACK_VERSION = 10;
/** The first version that has listpacks of sets. */
const SET_LISTPACK_VERSION = 11;

/** A type of value that has no place in the version that is written. */
export class NotInVersion extends Error {}

export class ValueWriter {
  constructor(
    private readonly entries: EntryReader,
    private readonly out: Primitives,
    private readonly version: number,
  ) {}

  /** The number that stands for the value's type and encoding. */
  typeNumber(ref: Ref): number {
    const { entries, version } = this;
    const type = entries.type(ref);
    if (type === STRING) return TYPE.STRING;
    const encoding = entries.encoding(ref);
    switch (type) {
      case LIST:
        return version >= LISTPACK_VERSION ? TYPE.LIST_QUICKLIST_2 : TYPE.LIST;
      case SET:
        if (encoding === INTSET) return TYPE.SET_INTSET;
        return encoding !== SET_TABLE && version >= SET_LISTPACK_VERSION ? TYPE.SET_LISTPACK : TYPE.SET;
      case ZSET:
        return encoding === ZSET_LISTPACK && version >= LISTPACK_VERSION ? TYPE.ZSET_LISTPACK : TYPE.ZSET_2;
      case HASH:
        return encoding !== HASH_TABLE && version >= LISTPACK_VERSION ? TYPE.HASH_LISTPACK : TYPE.HASH;
      default:
        throw new NotInVersion(`values of type ${type} cannot be written as RDB version ${version}`);
    }
  }

  /** Writes the value as its type number says. */
  value(ref: Ref, typeNumber: number): void {
    switch (typeNumber) {
      case TYPE.STRING:
        this.string(ref);
        return;
      case TYPE.LIST_QUICKLIST_2:
        this.nodes(ref);
        return;
      case TYPE.LIST:
        this.elements(ref);
        return;
      case TYPE.SET_INTSET:
        this.intset(ref);
        return;
      case TYPE.SET_LISTPACK:
      case TYPE.ZSET_LISTPACK:
      case TYPE.HASH_LISTPACK:
        this.listpack(this.entries.valueStart(ref), ref);
        return;
      case TYPE.SET:
        this.members(ref);
        return;
      case TYPE.HASH:
        this.fields(ref);
        return;
      default:
        this.scored(ref);
    }
  }

  private get memory(): Memory {
    return this.entries.memory;
  }

  private string(ref: Ref): void {
    const { entries } = this;
    const start = entries.valueStart(ref);
    this.out.string(entries.valueBytes(ref), start, start + entries.valueLength(ref));
  }

  /** A listpack at `base` in the chunk of `block`, as a string. */
  private listpack(base: number, block: Ref): void {
    const bytes = this.memory.bytesOf(block);
    this.out.string(bytes, base, base + listpack.totalBytes(bytes, base));
  }

  private intset(ref: Ref): void {
    const bytes = this.memory.bytesOf(ref);
    const base = this.entries.valueStart(ref);
    this.out.string(bytes, base, base + intset.totalBytes(bytes, base));
  }

  private nodes(ref: Ref): void {
    const { entries, out } = this;
    let count = 0;
    forEachNode(entries, ref, () => count++);
    out.length(count);
    forEachNode(entries, ref, (node) => {
      out.length(CONTAINER.LISTPACK);
      // What is compressed already is written so whatever `rdbcompression` says.
      if (isCompressed(this.memory, node)) {
        out.compressedString(compressedIn(this.memory, node), bytesIn(this.memory, node));
      } else this.listpack(baseOf(this.memory, node), node);
    });
  }

  private elements(ref: Ref): void {
    const { entries, out } = this;
    const cursor = new ListCursor(this.memory);
    cursor.attach(entries.box(ref), entries.encoding(ref) === LIST_LISTPACK);
    out.length(cursor.count);
    cursor.seek(0);
    do {
      const text = listpack.textOf(cursor.read(), cursor.bytes);
      out.string(text, 0, text.length);
    } while (cursor.next());
  }

  private members(ref: Ref): void {
    const { out } = this;
    out.length(countMembers(this.entries, ref));
    forEachMember(this.entries, ref, ({ bytes, start, end }) => out.string(bytes, start, end));
  }

  private fields(ref: Ref): void {
    const { out } = this;
    out.length(countFields(this.entries, ref));
    forEachField(this.entries, ref, (field, value) => {
      out.string(field.bytes, field.start, field.end);
      out.string(value.bytes, value.start, value.end);
    });
  }

  /** From the highest score down, as stock servers do: so they insert each element at the head when they load. */
  private scored(ref: Ref): void {
    const { out } = this;
    const elements = readSortedSet(this.entries, ref);
    const { count } = elements;
    out.length(count);
    elements.rangeBackwards(count - 1, count, ({ bytes, start, end, score }) => {
      out.string(bytes, start, end);
      out.double(score);
    });
  }
}
