/**
 * The encoder that writes the commands which make the dataset again: the base of an append-only file when
 * `aof-use-rdb-preamble` is off. Big collections become several commands of 64 elements, as stock servers write them.
 */

import type { EntryReader } from "../../memory/entry.js";
import * as listpack from "../../memory/listpack.js";
import type { Ref } from "../../memory/memory.js";
import { countFields, forEachField } from "../../types/hash.js";
import { ListCursor } from "../../types/list/cursor.js";
import { LISTPACK as LIST_LISTPACK } from "../../types/list/list.js";
import { countMembers, forEachMember } from "../../types/set.js";
import { HASH, LIST, SET, STRING, ZSET } from "../../types/type.js";
import { readSortedSet } from "../../types/zset.js";
import { formatDouble } from "../../util/float.js";
import type { DatabaseImage } from "../capture.js";
import type { Encoder } from "../encoder.js";
import type { Output } from "../output.js";
import { SealedText } from "./sealed-text.js";

export interface CommandOptions {
  /** `aof-annotations`: checksums between the commands. */
  readonly seals: boolean;
  /** Seconds since 1970 that the file notes at its beginning; null without `aof-timestamp-enabled`. */
  readonly timestamp: number | null;
}

/** Elements of one command. */
const ELEMENTS_MAX = 64;

/** A value of a type that has no command to make it. */
export class NoCommand extends Error {}

export class CommandWriter implements Encoder {
  private readonly text: SealedText;

  constructor(
    private readonly entries: EntryReader,
    private readonly output: Output,
    private readonly options: CommandOptions,
  ) {
    this.text = new SealedText(output, options.seals);
  }

  begin(): void {
    const { timestamp } = this.options;
    if (timestamp !== null) this.text.raw(`#TS:${timestamp}\r\n`);
  }

  database({ index }: DatabaseImage): void {
    this.text.command("SELECT", 2);
    this.text.word(String(index));
    this.text.commandEnded();
  }

  entry(ref: Ref): void {
    const { entries, text } = this;
    this.value(ref);
    if (entries.hasExpiry(ref)) {
      text.command("PEXPIREAT", 3);
      this.key(ref);
      text.word(String(entries.expiry(ref)));
    }
    text.commandEnded();
  }

  end(): void {
    this.text.end();
    this.output.flush();
  }

  private value(ref: Ref): void {
    const type = this.entries.type(ref);
    switch (type) {
      case STRING:
        this.string(ref);
        return;
      case LIST:
        this.list(ref);
        return;
      case SET:
        this.set(ref);
        return;
      case HASH:
        this.hash(ref);
        return;
      case ZSET:
        this.sortedSet(ref);
        return;
      default:
        throw new NoCommand(`values of type ${type} cannot be written as commands`);
    }
  }

  private key(ref: Ref): void {
    const start = this.entries.keyStart(ref);
    this.text.bulk(this.entries.memory.bytesOf(ref), start, start + this.entries.keyLength(ref));
  }

  /** Begins a command for the elements from number `index` of `count` on, if it is time for one. */
  private batch(name: string, ref: Ref, index: number, count: number, words: number): void {
    if (index % ELEMENTS_MAX !== 0) return;
    this.text.command(name, 2 + Math.min(ELEMENTS_MAX, count - index) * words);
    this.key(ref);
  }

  private string(ref: Ref): void {
    const { entries, text } = this;
    text.command("SET", 3);
    this.key(ref);
    const start = entries.valueStart(ref);
    text.bulk(entries.valueBytes(ref), start, start + entries.valueLength(ref));
  }

  private list(ref: Ref): void {
    const { entries, text } = this;
    const cursor = new ListCursor(entries.memory);
    cursor.attach(entries.box(ref), entries.encoding(ref) === LIST_LISTPACK);
    let index = 0;
    cursor.seek(0);
    do {
      this.batch("RPUSH", ref, index++, cursor.count, 1);
      const element = listpack.textOf(cursor.read(), cursor.bytes);
      text.bulk(element, 0, element.length);
    } while (cursor.next());
  }

  private set(ref: Ref): void {
    const count = countMembers(this.entries, ref);
    let index = 0;
    forEachMember(this.entries, ref, ({ bytes, start, end }) => {
      this.batch("SADD", ref, index++, count, 1);
      this.text.bulk(bytes, start, end);
    });
  }

  private hash(ref: Ref): void {
    const { entries, text } = this;
    const count = countFields(entries, ref);
    let index = 0;
    forEachField(entries, ref, (field, value) => {
      this.batch("HMSET", ref, index++, count, 2);
      text.bulk(field.bytes, field.start, field.end);
      text.bulk(value.bytes, value.start, value.end);
    });
  }

  private sortedSet(ref: Ref): void {
    const elements = readSortedSet(this.entries, ref);
    const { count } = elements;
    let index = 0;
    elements.rangeBackwards(count - 1, count, ({ bytes, start, end, score }) => {
      this.batch("ZADD", ref, index++, count, 2);
      this.text.word(formatDouble(score));
      this.text.bulk(bytes, start, end);
    });
  }
}
