/**
 * Reads a snapshot in RDB format (format.ts) of any version into a keyspace.
 *
 * It does no I/O: whoever has the bytes, of a file, of the beginning of an append-only file or of a socket, gives them
 * a window at a time (input.ts) and may do other things in between. What is loaded by the time of an error stays and
 * is of no use; what was half made is given back.
 */

import type { Database } from "../../keyspace/database.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import { NEVER } from "../../memory/entry.js";
import { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { AUTO } from "../../types/string.js";
import { STRING } from "../../types/type.js";
import { latin1, quoted } from "../../util/ascii.js";
import { Crc64 } from "../../util/crc64.js";
import { RdbError, RdbUnsupported } from "./error.js";
import { CHECKSUM_SIZE, CHECKSUM_VERSION, HEADER_SIZE, MAGIC, NEWEST_VERSION, OPCODE } from "./format.js";
import { INCOMPLETE, Input, InputString } from "./input.js";
import { type ValueOptions, ValueReader } from "./values.js";

export interface RdbReadOptions extends ValueOptions {
  /** Whether the checksum is verified (`rdbchecksum`). */
  readonly verify: boolean;
  /** Whether entries whose time is over at `now` are left out: on a primary. A replica waits for the primary's word. */
  readonly skipExpired: boolean;
  /** Bytes of the whole, of which the snapshot may be only the beginning; Infinity when that is not known. */
  readonly size: number;
  /** A key that is there already: an error, or the new value takes its place (DEBUG RELOAD MERGE). */
  readonly replace?: boolean;
}

/** Who wants to know what is in the snapshot besides its entries. */
export interface RdbListener {
  version?(version: number): void;
  /** A field about the file, as text with one character for each byte. */
  field?(name: string, value: string): void;
  database?(index: number): void;
  /** Takes a whole entry, which does not go into the keyspace then and is the listener's to free. */
  entry?(ref: Ref, database: number): void;
}

/** Whether the checksum was right; there may be none, or nobody wanted to know. */
export type ChecksumStatus = "verified" | "absent" | "unchecked";

/** The shortest entry that is worth counting on: a type, a short key and a short value. */
const ENTRY_BYTES = 8;
const NO_ACCESS = -1;

export class RdbReader {
  /** Of the file, 0 before its header has come. */
  version = 0;
  /** Whether the snapshot has ended. What follows is not its own. */
  done = false;
  checksum: ChecksumStatus = "unchecked";
  keysLoaded = 0;
  keysExpired = 0;
  /** Collections without elements, which some old versions wrote; left out, as Redis does. */
  emptyKeys = 0;

  private readonly input: Input;
  private readonly values: ValueReader;
  /** Where entries go, unless the listener takes them. */
  private database: Database;
  private index = 0;
  private readonly key = new Key();
  private readonly name = new InputString();
  private readonly other = new InputString();
  private readonly traits = { type: STRING, encoding: AUTO, access: 0, expiry: NEVER };
  /** What was said of the next entry. */
  private access = NO_ACCESS;
  private expiry = NEVER;
  private readonly crc = new Crc64();
  /** Up to where the window is in the checksum. */
  private summed = 0;
  /** Whether the piece that is read is an entry, or part of one. */
  private inEntry = false;

  constructor(
    private readonly space: Keyspace,
    private readonly options: RdbReadOptions,
    private readonly listener: RdbListener = {},
  ) {
    this.input = new Input(options.size);
    this.values = new ValueReader(space, this.input, options);
    this.database = space.databases[0]!;
    this.input.needed = HEADER_SIZE;
  }

  /** How many bytes from what is not read yet the next window must hold. */
  get needed(): number {
    return this.input.needed;
  }

  /** Bytes read so far: where the next window begins in the whole. */
  get offset(): number {
    return this.input.offset;
  }

  /**
   * Reads bytes[at, end), which follow on what was read before, and returns where the first piece begins that is not
   * whole, or with `done` where the snapshot ends. Throws an RdbError, or an RdbUnsupported.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    const { input } = this;
    input.window(bytes, at, end);
    this.summed = at;
    try {
      while (!this.done) {
        input.mark = input.at;
        this.piece();
      }
      input.mark = input.at;
    } catch (error) {
      if (error !== INCOMPLETE) throw this.abandon(error);
    }
    input.at = input.mark;
    this.sum(input.mark);
    return input.mark;
  }

  /** Gives back what is half made, when no more will come, and the window. */
  close(): void {
    this.values.abandon();
    this.input.release();
  }

  /** The error, with the key it is about. */
  private abandon(error: unknown): unknown {
    if (error instanceof RdbError && this.inEntry) {
      const { bytes, start, end } = this.entryKey();
      error.key = quoted(bytes, start, end);
    }
    this.close();
    return error;
  }

  private piece(): void {
    if (this.values.left > 0) {
      this.values.more();
      if (this.values.left === 0) this.wholeValue(this.entryKey());
    } else if (this.version === 0) this.header();
    else this.item();
  }

  private header(): void {
    const { input } = this;
    input.need(HEADER_SIZE);
    const text = latin1(input.bytes, input.at, input.at + HEADER_SIZE);
    if (!text.startsWith(MAGIC)) throw input.error("no RDB file begins like this (wrong signature)");
    const digits = text.slice(MAGIC.length);
    const version = /^\d{4}$/.test(digits) ? Number(digits) : 0;
    if (version < 1 || version > NEWEST_VERSION)
      throw new RdbUnsupported(
        `RDB format version ${digits}, where 1 to ${NEWEST_VERSION} can be read`,
        MAGIC.length,
      );
    input.at += HEADER_SIZE;
    this.version = version;
    this.listener.version?.(version);
  }

  /** An opcode with what belongs to it, or an entry. */
  private item(): void {
    const { input } = this;
    const opcode = input.byte();
    if (opcode < OPCODE.SLOT_INFO) {
      this.entry(opcode);
      return;
    }
    switch (opcode) {
      case OPCODE.EXPIRE_MS:
        this.expiry = nonNegative(input.signed64());
        return;
      case OPCODE.EXPIRE_SECONDS:
        this.expiry = nonNegative((input.word() | 0) * 1000);
        return;
      case OPCODE.IDLE: {
        const idle = input.length();
        if (!this.space.access.settings.lfu) this.access = this.space.access.fromIdle(idle);
        return;
      }
      case OPCODE.FREQ: {
        const frequency = input.byte();
        if (this.space.access.settings.lfu) this.access = this.space.access.fromFrequency(frequency);
        return;
      }
      case OPCODE.SELECT_DB:
        this.selectDatabase();
        return;
      case OPCODE.RESIZE_DB:
        this.resize();
        return;
      case OPCODE.AUX:
        input.string(this.name);
        input.string(this.other);
        this.listener.field?.(textOf(this.name), textOf(this.other));
        return;
      case OPCODE.SLOT_INFO:
        for (let lengths = 0; lengths < 3; lengths++) input.length();
        return;
      case OPCODE.END:
        this.ending();
        return;
      case OPCODE.MODULE_AUX:
        throw this.unsupported("data of a module, and this server has no modules");
      default:
        throw this.unsupported("a library of functions, and this version has no functions yet");
    }
  }

  private unsupported(what: string): RdbUnsupported {
    return new RdbUnsupported(what, this.input.offset - 1);
  }

  private selectDatabase(): void {
    const { databases } = this.space;
    const index = this.input.length();
    this.index = index;
    this.listener.database?.(index);
    if (this.listener.entry !== undefined) return;
    const database = databases[index];
    if (database === undefined)
      throw this.input.error(
        `database ${index}, where this server has ${databases.length} (set 'databases')`,
      );
    this.database = database;
  }

  /** What the file says of its size is believed only as far as so many entries can follow. */
  private resize(): void {
    const keys = this.input.length();
    const expiring = this.input.length();
    const most = Number.isFinite(this.input.left) ? this.input.left / ENTRY_BYTES : 0;
    if (this.listener.entry !== undefined) return;
    this.database.expect(Math.min(keys, most), Math.min(expiring, most));
  }

  private entry(type: number): void {
    const { input, name, key, traits } = this;
    this.inEntry = false;
    input.string(name);
    this.space.hasher.set(key, name.bytes, name.start, name.end);
    this.inEntry = true;
    traits.access = this.access === NO_ACCESS ? this.space.access.initial() : this.access;
    traits.expiry = this.expiry;
    this.values.begin(type, key, traits);
    if (this.values.left === 0) this.wholeValue(key);
  }

  /** The key of the entry: when its value came in several pieces, the window in which the key was may be gone. */
  private entryKey(): Key {
    return this.values.ref === 0 ? this.key : this.space.borrowKey(this.values.ref);
  }

  private wholeValue(key: Key): void {
    const { values, options } = this;
    const expired = this.expiry !== NEVER && options.skipExpired && this.expiry < options.now;
    this.access = NO_ACCESS;
    this.expiry = NEVER;
    this.inEntry = false;
    if (values.ref === 0) {
      this.emptyKeys++;
      return;
    }
    if (expired) {
      this.keysExpired++;
      values.abandon();
      return;
    }
    if (this.listener.entry === undefined) this.put(key);
    else this.listener.entry(values.take(), this.index);
    this.keysLoaded++;
  }

  private put(key: Key): void {
    const { values, database } = this;
    if (database.load(key, values.ref)) values.take();
    else if (this.options.replace === true) database.put(key, database.dict.find(key), values.take());
    else {
      this.inEntry = true;
      throw this.input.error(`a key that is there twice in database ${database.index}`);
    }
  }

  private ending(): void {
    const { input } = this;
    if (this.version >= CHECKSUM_VERSION) {
      input.need(CHECKSUM_SIZE);
      this.sum(input.at);
      this.checksum = this.compareChecksum();
      input.at += CHECKSUM_SIZE;
      this.summed = input.at;
    } else this.checksum = "absent";
    this.done = true;
  }

  private compareChecksum(): ChecksumStatus {
    if (!this.options.verify) return "unchecked";
    const { input } = this;
    const stored = Buffer.from(input.bytes.subarray(input.at, input.at + CHECKSUM_SIZE));
    if (stored.every((byte) => byte === 0)) return "absent";
    const computed = Buffer.from(this.crc.bytes());
    if (!computed.equals(stored))
      throw input.error(`a wrong checksum: ${hex(stored)}, where the content gives ${hex(computed)}`);
    return "verified";
  }

  /** Takes the window up to `end` into the checksum. */
  private sum(end: number): void {
    if (this.options.verify && end > this.summed) this.crc.update(this.input.bytes, this.summed, end);
    this.summed = end;
  }
}

/** The time of an entry that expires: what lies before 1970 is as over as 1970 is. */
function nonNegative(ms: number): number {
  return Math.max(0, ms);
}

function textOf({ bytes, start, end }: InputString): string {
  return latin1(bytes, start, end);
}

function hex(checksum: Buffer): string {
  return checksum.readBigUInt64LE().toString(16).padStart(16, "0");
}
