/**
 * The values of a snapshot on their way into the arena.
 *
 * `begin` reads the beginning of a value, for most the whole of it, and makes the entry. While there is more to come
 * (`left`), `more` reads one element. Each is a piece in the sense of input.ts: it reads everything before it changes
 * anything.
 */

import type { Keyspace } from "../../keyspace/keyspace.js";
import type { EntryTraits } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { parseDouble } from "../../util/float.js";
import { ValueBuilder, type ValueLimits } from "./builder.js";
import { CompactValues, isOver } from "./compact-values.js";
import { CONTAINER, TEXT_SCORE, TYPE } from "./format.js";
import { type Input, InputString } from "./input.js";

export interface ValueOptions {
  readonly limits: ValueLimits;
  /** Whether compact encodings are searched for elements that are there twice (`sanitize-dump-payload`). */
  readonly sanitize: boolean;
  /** Milliseconds since 1970: fields of a hash that expired before are left out. */
  readonly now: number;
}

export class ValueReader {
  /** Elements that are still to come. */
  left = 0;
  private type = 0;
  /** What the times of a hash's fields are counted from. */
  private earliestMs = 0;
  private readonly builder: ValueBuilder;
  private readonly compact: CompactValues;
  private readonly first = new InputString();
  private readonly second = new InputString();

  constructor(
    private readonly space: Keyspace,
    private readonly input: Input,
    private readonly options: ValueOptions,
  ) {
    this.builder = new ValueBuilder(space, options.limits, input);
    this.compact = new CompactValues(space, input, this.builder, options);
  }

  /** The entry; 0 before there is one, and when the value holds nothing. */
  get ref(): Ref {
    return this.builder.ref;
  }

  /** The entry, which is the caller's from now on. */
  take(): Ref {
    return this.builder.take();
  }

  /** Gives back what there is of a value. */
  abandon(): void {
    this.left = 0;
    this.builder.abandon();
  }

  /** Reads the beginning of a value of that type; `traits` are those of a string. Throws INCOMPLETE and RdbError. */
  begin(type: number, key: Key, traits: EntryTraits): void {
    const { builder, input } = this;
    this.type = type;
    switch (type) {
      case TYPE.STRING:
        this.string(key, traits);
        return;
      case TYPE.LIST:
        if (this.count() > 0) builder.beginList(key, traits, "elements");
        return;
      case TYPE.LIST_QUICKLIST:
      case TYPE.LIST_QUICKLIST_2:
        if (this.count() > 0) builder.beginList(key, traits, "nodes");
        return;
      case TYPE.SET:
        if (this.count() > 0) builder.beginSet(key, traits, this.left);
        return;
      case TYPE.ZSET:
      case TYPE.ZSET_2:
        if (this.count() > 0) builder.beginSortedSet(key, traits, this.left);
        return;
      case TYPE.HASH_METADATA:
        this.earliestMs = input.signed64();
        if (this.count() > 0) builder.beginHash(key, traits, this.left);
        return;
      case TYPE.HASH:
      case TYPE.HASH_METADATA_PRE_GA:
        if (this.count() > 0) builder.beginHash(key, traits, this.left);
        return;
      default:
        this.compact.read(type, key, traits);
    }
  }

  /** Reads the next element, of which there must be one. */
  more(): void {
    const { first, second, builder, input } = this;
    switch (this.type) {
      case TYPE.LIST:
        input.string(first);
        builder.list.push(false, first.bytes, first.start, first.end);
        break;
      case TYPE.LIST_QUICKLIST:
        input.string(first);
        this.compact.appendNode(this.compact.fromZiplist(first));
        break;
      case TYPE.LIST_QUICKLIST_2:
        this.node();
        break;
      case TYPE.SET:
        input.string(first);
        builder.addMember(first);
        break;
      case TYPE.ZSET:
        input.string(first);
        builder.addScored(first, this.textScore());
        break;
      case TYPE.ZSET_2:
        input.string(first);
        builder.addScored(first, input.double());
        break;
      case TYPE.HASH:
        input.string(first);
        input.string(second);
        builder.addField(first, second);
        break;
      default:
        this.expiringField();
    }
    if (--this.left > 0) return;
    builder.end();
    first.trim();
    second.trim();
  }

  private count(): number {
    this.left = this.input.length();
    return this.left;
  }

  private string(key: Key, traits: EntryTraits): void {
    const { first } = this;
    this.input.string(first);
    this.builder.ref = this.space.entries.createString(key, first.bytes, first.start, first.end, traits);
    first.trim();
  }

  private node(): void {
    const { first, input } = this;
    const container = input.length();
    if (container !== CONTAINER.PLAIN && container !== CONTAINER.LISTPACK)
      throw input.error(`a list's node of an unknown kind ${container}`);
    input.string(first);
    if (container === CONTAINER.PLAIN) this.builder.list.appendAlone(first);
    else this.compact.appendNode(first);
  }

  private textScore(): number {
    const { input } = this;
    const length = input.byte();
    if (length === TEXT_SCORE.NAN) return Number.NaN;
    if (length === TEXT_SCORE.INFINITY) return Number.POSITIVE_INFINITY;
    if (length === TEXT_SCORE.MINUS_INFINITY) return Number.NEGATIVE_INFINITY;
    const start = input.at;
    input.skip(length);
    return parseDouble(input.bytes, start, start + length);
  }

  private expiringField(): void {
    const { first, second, input } = this;
    const time = input.length();
    input.string(first);
    input.string(second);
    const relative = this.type === TYPE.HASH_METADATA && time > 0;
    const expiry = relative ? this.earliestMs + time - 1 : time;
    if (!isOver(expiry, this.options.now, input)) this.builder.addField(first, second);
  }
}
