/**
 * Values that are one string with a compact encoding in it. One that we share with Redis is checked and copied as a
 * block, and an older one turned into it first; what a directive finds too large is spread out.
 */

import type { Keyspace } from "../../keyspace/keyspace.js";
import * as intset from "../../memory/intset.js";
import type { Key } from "../../memory/key.js";
import * as listpack from "../../memory/listpack.js";
import { Text } from "../../types/text.js";
import { ZSET } from "../../types/type.js";
import { typeOf } from "../../types/types.js";
import { adoptPacked } from "../../types/zset.js";
import { latin1 } from "../../util/ascii.js";
import { parseDouble } from "../../util/float.js";
import type { Traits, ValueBuilder } from "./builder.js";
import { RdbError, RdbUnsupported } from "./error.js";
import { TYPE } from "./format.js";
import { type Input, InputString } from "./input.js";
import { listpackOfZiplist, listpackOfZipmap } from "./legacy.js";
import type { ValueOptions } from "./values.js";

const KNOWN: ReadonlySet<number> = new Set(Object.values(TYPE));

export class CompactValues {
  private readonly content = new InputString();
  private readonly converted = new InputString();
  private readonly text = new Text();
  private readonly otherText = new Text();
  private readonly thirdText = new Text();

  constructor(
    private readonly space: Keyspace,
    private readonly input: Input,
    private readonly builder: ValueBuilder,
    private readonly options: ValueOptions,
  ) {}

  /** Reads a value of that type; the builder has it then, or nothing when the value is empty. */
  read(type: number, key: Key, traits: Traits): void {
    const { content, converted, input } = this;
    checkKnown(type, input.offset);
    // The earliest time of a field, which its fields tell as well.
    if (type === TYPE.HASH_LISTPACK_EX) input.signed64();
    input.string(content);
    switch (type) {
      case TYPE.SET_INTSET:
        this.intset(key, traits);
        break;
      case TYPE.SET_LISTPACK:
        this.set(key, traits);
        break;
      case TYPE.ZSET_LISTPACK:
        this.sortedSet(key, traits, content);
        break;
      case TYPE.HASH_LISTPACK:
        this.hash(key, traits, content);
        break;
      case TYPE.HASH_LISTPACK_EX:
      case TYPE.HASH_LISTPACK_EX_PRE_GA:
        this.expiringHash(key, traits);
        break;
      case TYPE.HASH_ZIPMAP:
        if (!listpackOfZipmap(content, converted)) throw input.error("a damaged zipmap");
        this.hash(key, traits, converted);
        break;
      case TYPE.HASH_ZIPLIST:
        this.hash(key, traits, this.fromZiplist(content));
        break;
      case TYPE.ZSET_ZIPLIST:
        this.sortedSet(key, traits, this.fromZiplist(content));
        break;
      case TYPE.LIST_ZIPLIST:
        this.builder.beginList(key, traits, "nodes");
        this.appendNode(this.fromZiplist(content));
        this.builder.end();
    }
    content.trim();
    converted.trim();
  }

  /** The same entries as a listpack, valid until the next call. */
  fromZiplist(ziplist: InputString): InputString {
    if (!listpackOfZiplist(ziplist, this.converted)) throw this.input.error("a damaged ziplist");
    return this.converted;
  }

  /** Appends a listpack, unless it is empty, to the list that is built. */
  appendNode(elements: InputString): void {
    if (this.countEntries(elements) > 0) this.builder.list.appendNode(elements);
  }

  private intset(key: Key, traits: Traits): void {
    const { bytes, start, length } = this.content;
    if (!intset.isValid(bytes, start, length, true)) throw this.input.error("a damaged intset");
    const count = intset.count(bytes, start);
    if (count <= this.options.limits["set-max-intset-entries"]) {
      this.builder.ref = this.space.sets.adoptIntset(key, traits, this.content);
      return;
    }
    this.builder.beginSet(key, traits, count);
    for (let index = 0; index < count; index++) {
      this.text.setInteger(intset.get(bytes, start, index));
      this.builder.addMember(this.text);
    }
  }

  private set(key: Key, traits: Traits): void {
    const { content, text, builder } = this;
    const count = this.countEntries(content);
    if (count === 0) return;
    if (count <= this.options.limits["set-max-listpack-entries"]) {
      this.checkUnique(content, 0);
      builder.ref = this.space.sets.adoptListpack(key, traits, content);
      return;
    }
    // More than any compact encoding is to hold.
    builder.beginSet(key, traits, Number.POSITIVE_INFINITY);
    const { bytes, start } = content;
    for (let at = listpack.first(bytes, start); at !== listpack.NONE; ) {
      at = text.readListpack(bytes, start, at);
      builder.addMember(text);
    }
  }

  private sortedSet(key: Key, traits: Traits, elements: InputString): void {
    const { builder } = this;
    const count = this.countEntries(elements);
    if (count === 0) return;
    const adopted = adoptPacked(this.space.entries, key, traits, elements);
    if (adopted === null)
      throw this.input.error("a sorted set out of order, or with a score that is not a number");
    builder.ref = adopted;
    if (count <= this.options.limits["zset-max-listpack-entries"] * 2) {
      this.checkUnique(elements, 1);
      return;
    }
    typeOf(ZSET).free(this.space.entries, builder.take());
    builder.beginSortedSet(key, traits, count >>> 1);
    this.eachPair(elements, (member, score) => {
      builder.addScored(member, parseDouble(score.bytes, score.start, score.end));
    });
    builder.end();
  }

  private hash(key: Key, traits: Traits, fields: InputString): void {
    const { builder } = this;
    const count = this.countEntries(fields);
    if (count % 2 !== 0) throw this.input.error("a hash with a field that has no value");
    if (count === 0) return;
    if (count <= this.options.limits["hash-max-listpack-entries"] * 2) {
      this.checkUnique(fields, 1);
      builder.ref = this.space.hashes.adopt(key, traits, fields);
      return;
    }
    builder.beginHash(key, traits, count >>> 1);
    this.eachPair(fields, (field, value) => builder.addField(field, value));
  }

  /** Field, value and time in turn. */
  private expiringHash(key: Key, traits: Traits): void {
    const { builder, text, otherText, thirdText } = this;
    const { bytes, start } = this.content;
    const count = this.countEntries(this.content);
    if (count % 3 !== 0) throw this.input.error("a hash with a field that has no time");
    if (count === 0) return;
    builder.beginHash(key, traits, count / 3);
    for (let at = listpack.first(bytes, start); at !== listpack.NONE; ) {
      at = text.readListpack(bytes, start, at);
      at = otherText.readListpack(bytes, start, at);
      at = thirdText.readListpack(bytes, start, at);
      const expiry = parseDouble(thirdText.bytes, thirdText.start, thirdText.end);
      if (!isOver(expiry, this.options.now, this.input)) builder.addField(text, otherText);
    }
    builder.end();
  }

  /** The number of entries of a listpack, which is checked. */
  private countEntries({ bytes, start, length }: InputString): number {
    if (!listpack.isValid(bytes, start, length, true)) throw this.input.error("a damaged listpack");
    return listpack.count(bytes, start);
  }

  /** Checks, if that is wanted, that no element is there twice; after each one `skip` entries are passed over. */
  private checkUnique({ bytes, start }: InputString, skip: number): void {
    if (!this.options.sanitize) return;
    const seen = new Set<string>();
    const { text } = this;
    let index = 0;
    for (let at = listpack.first(bytes, start); at !== listpack.NONE; ) {
      at = text.readListpack(bytes, start, at);
      if (index++ % (skip + 1) !== 0) continue;
      const element = latin1(text.bytes, text.start, text.end);
      if (seen.has(element)) throw this.input.error("an element that is there twice");
      seen.add(element);
    }
  }

  private eachPair({ bytes, start }: InputString, visit: (first: Text, second: Text) => void): void {
    for (let at = listpack.first(bytes, start); at !== listpack.NONE; ) {
      at = this.text.readListpack(bytes, start, at);
      at = this.otherText.readListpack(bytes, start, at);
      visit(this.text, this.otherText);
    }
  }
}

/** Whether a field's time (milliseconds since 1970, 0 for none) is over. Throws when it is still to come. */
export function isOver(expiry: number, now: number, input: Input): boolean {
  if (expiry === 0) return false;
  if (expiry < now) return true;
  throw new RdbUnsupported(
    "a hash with a field that expires, which this server cannot keep (on the server that wrote it, HPERSIST takes the times away)",
    input.offset,
  );
}

/** Throws for a type whose values cannot be read. */
function checkKnown(type: number, offset: number): void {
  switch (type) {
    case TYPE.STREAM_LISTPACKS:
    case TYPE.STREAM_LISTPACKS_2:
    case TYPE.STREAM_LISTPACKS_3:
      throw new RdbUnsupported("a stream, and this version has no streams yet", offset);
    case TYPE.MODULE_PRE_GA:
    case TYPE.MODULE_2:
      throw new RdbUnsupported("a value of a module, and this server has no modules", offset);
  }
  if (!KNOWN.has(type)) throw new RdbError(`a value of an unknown type ${type}`, offset);
}
