/**
 * One execution of a command: its arguments, its reply, the database it works on, and what is propagated.
 *
 * There is one Call for each depth of nesting, used again and again: nothing here is allocated for a command. Keys
 * and views are valid until the command has run.
 */

import type { Database } from "../keyspace/database.js";
import { Key } from "../memory/key.js";
import type { Ref } from "../memory/memory.js";
import type { Reply } from "../resp/reply.js";
import { Request } from "../resp/request.js";
import { STRING } from "../types/type.js";
import { parseDouble } from "../util/float.js";
import { parseInteger, parseInteger64 } from "../util/integer.js";
import type { Slice } from "../util/slice.js";
import type { Client } from "./client.js";
import type { Command } from "./command.js";
import type { Engine } from "./engine.js";
import { notFloat, notInteger, wrongType } from "./errors.js";
import type { Unit } from "./unit.js";

const KEPT_KEYS = 256;

export const nil = (reply: Reply): void => reply.nil();
export const nilArray = (reply: Reply): void => reply.nilArray();

/** How the command's effect goes into the log. */
export type Propagation =
  /** As it came, if it has changed something. */
  | "verbatim"
  /** Only what `propagate` was given. */
  | "replaced"
  /** As it came, in any case. */
  | "forced";

export class Call {
  request: Request = new Request();
  client!: Client;
  command!: Command;
  database!: Database;
  reply!: Reply;
  /** Where the command's reply begins in `reply`. */
  replyStart = 0;
  propagation: Propagation = "verbatim";
  private readonly keys: Key[] = [];

  constructor(readonly engine: Engine) {}

  /** Number of arguments, the command's name included. */
  get argc(): number {
    return this.request.argc;
  }

  /** The argument as a hashed key. */
  key(at: number): Key {
    const key = this.keys[at] ?? this.makeKey(at);
    const request = this.request;
    return this.engine.keyspace.hasher.set(key, request.bytes, request.starts[at]!, request.ends[at]!);
  }

  /** The argument where it is, not hashed: a field, a member, a value. */
  slice(at: number): Slice {
    const slice = this.keys[at] ?? this.makeKey(at);
    slice.bytes = this.request.bytes;
    slice.start = this.request.starts[at]!;
    slice.end = this.request.ends[at]!;
    return slice;
  }

  /** Keys are used again, but a command with a million of them must not leave as many behind. */
  private makeKey(at: number): Key {
    const key = new Key();
    if (at < KEPT_KEYS) this.keys[at] = key;
    return key;
  }

  /** The argument's bytes where they are. */
  view(at: number): Buffer {
    return this.request.view(at);
  }

  /** A copy of the argument's bytes. */
  bytes(at: number): Buffer {
    return Buffer.from(this.request.view(at));
  }

  /** The argument as UTF-8 text. */
  text(at: number): string {
    return this.request.text(at);
  }

  /** As `Request.shown`. */
  shown(at: number, most?: number): string {
    return this.request.shown(at, most);
  }

  length(at: number): number {
    return this.request.length(at);
  }

  /** Whether the argument is that word (given in lower case), in any mixture of cases. */
  is(at: number, word: string): boolean {
    const { bytes, starts, ends } = this.request;
    const start = starts[at]!;
    if (ends[at]! - start !== word.length) return false;
    for (let i = 0; i < word.length; i++) {
      const byte = bytes[start + i]!;
      if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  /** The argument as an integer within ±2^53; NaN when it is none such. */
  maybeInteger(at: number): number {
    const { bytes, starts, ends } = this.request;
    return parseInteger(bytes, starts[at]!, ends[at]!);
  }

  /**
   * The argument as an integer within the given bounds, else the error. For quantities that never need more than
   * 53 bits; a larger 64-bit number is out of range.
   */
  integer(
    at: number,
    error: () => Error = notInteger,
    least = -Number.MAX_SAFE_INTEGER,
    most = Number.MAX_SAFE_INTEGER,
  ): number {
    const value = this.maybeInteger(at);
    if (!(value >= least && value <= most)) throw error();
    return value;
  }

  /** The argument as a 64-bit integer. */
  integer64(at: number, error: () => Error = notInteger): bigint {
    const { bytes, starts, ends } = this.request;
    const value = parseInteger64(bytes, starts[at]!, ends[at]!);
    if (value === null) throw error();
    return value;
  }

  /** The argument as a 64-bit integer; beyond ±2^53 it is only near. For positions and counts. */
  long(at: number, error: () => Error = notInteger): number {
    const value = this.maybeInteger(at);
    return Number.isNaN(value) ? Number(this.integer64(at, error)) : value;
  }

  /** The argument as a double. */
  double(at: number, error: () => Error = notFloat): number {
    const { bytes, starts, ends } = this.request;
    const value = parseDouble(bytes, starts[at]!, ends[at]!);
    if (value === null || Number.isNaN(value)) throw error();
    return value;
  }

  /** The entry of a string to read; 0 when absent, WRONGTYPE when it is something else. */
  readString(key: Key): Ref {
    return this.checkType(this.database.read(key), STRING);
  }

  /** The entry of a string to change. */
  writeString(key: Key): Ref {
    return this.checkType(this.database.write(key), STRING);
  }

  checkType(ref: Ref, type: number): Ref {
    if (ref !== 0 && this.engine.keyspace.entries.type(ref) !== type) throw wrongType();
    return ref;
  }

  /** Replies with a string entry's value. */
  replyValue(ref: Ref): void {
    const entries = this.engine.keyspace.entries;
    const start = entries.valueStart(ref);
    const end = start + entries.valueLength(ref);
    this.reply.bulk(entries.valueBytes(ref), start, end);
  }

  /** Whether the command may make its client wait: not inside EXEC, nor while a log is applied. */
  get mayBlock(): boolean {
    return !this.engine.isNested && this.client.kind === "normal";
  }

  /**
   * Makes the client wait for a value of that type at one of the keys that are the arguments from `first` up to, not
   * including, `end`, and then runs the command again. `timeoutMs` 0 is forever; the reply when time is over is a null
   * array. Where nothing may block, `none` replies at once.
   */
  waitForKeys(
    type: number,
    first: number,
    end: number,
    timeoutMs: number,
    none: (reply: Reply) => void,
  ): void {
    if (this.mayBlock) this.engine.blocking.blockForKeys(this, type, first, end, timeoutMs, nilArray);
    else none(this.reply);
  }

  /** Puts an effect into the log in the place of the command itself; may be called more than once. */
  propagate(...args: (Uint8Array | string)[]): void {
    this.propagation = "replaced";
    this.engine.unit.add(this.database.index, args);
  }

  /**
   * As `propagate`, for commands that must not allocate: returns the unit, which then takes exactly `count` words.
   */
  propagateWords(count: number): Unit {
    this.propagation = "replaced";
    this.engine.unit.begin(this.database.index, count);
    return this.engine.unit;
  }

  /** Tells the replicas a command that has no effect on the dataset and is not for the append-only file: PUBLISH. */
  tellReplicas(...args: (Uint8Array | string)[]): void {
    this.engine.unit.tell(this.database.index, args);
  }

  /** Keeps the command out of the log although it has changed something. */
  propagateNothing(): void {
    this.propagation = "replaced";
  }

  /** Puts the command into the log although it has changed nothing here. */
  propagateAnyway(): void {
    this.propagation = "forced";
  }
}
