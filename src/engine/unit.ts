/**
 * The effects of one atomic unit: a command with what it caused, or a whole EXEC.
 *
 * What only replicas are told (PUBLISH, PING, REPLCONF GETACK) is no effect on the dataset and does not get into the
 * append-only file. It follows the unit's effects, where Redis would put a PUBLISH among them: nobody can see the
 * difference, since a replica applies the effects at once, and so a block of the log holds whole units.
 *
 * Effects are encoded once, as they occur. At the unit's end they go to the log in one piece: alone if there is one,
 * wrapped in MULTI and EXEC if there are more, so that a reader applies all of them or none. The usual unit is one
 * command that is propagated as it came; it goes from the socket's buffer straight into the log.
 */

import type { Log } from "../log/log.js";
import { encodeCommand, type Request } from "../resp/request.js";
import { copy, viewed } from "../util/copy.js";
import { digits, writeInteger } from "../util/integer.js";

const MULTI = encodeCommand(["MULTI"]);
const EXEC = encodeCommand(["EXEC"]);
const CRLF = Buffer.from("\r\n");
const STAR = 42;
const DOLLAR = 36;
/** A type byte, a decimal number and a line end. */
const HEADER_BYTES_MAX = 24;
const FIRST_ROOM = 4096;
/** A larger buffer is let go when its unit has ended. */
const KEPT_ROOM = 1024 * 1024;

export class Unit {
  private bytes = viewed(Buffer.allocUnsafeSlow(FIRST_ROOM));
  /** Room for MULTI is left at the front. */
  private end = MULTI.length;
  private effects = 0;
  /** Whether the words of the effect that was begun are wanted. */
  private writing = false;
  private firstDb = 0;
  private db = 0;
  /** What only replicas are told, each with its database. */
  private told: { readonly db: number; readonly bytes: Uint8Array }[] = [];

  constructor(private readonly log: Log) {}

  /** An effect as a command of its own. Integers are written as their digits. */
  add(db: number, args: readonly (Uint8Array | string)[]): void {
    if (!this.log.enabled) return;
    const encoded = encodeCommand(args);
    this.append(db, encoded, 0, encoded.length);
  }

  /**
   * Begins an effect that is written a word at a time, without making anything: exactly so many calls of `word` and
   * `integer` must follow.
   */
  begin(db: number, words: number): void {
    this.writing = this.log.enabled;
    if (!this.writing) return;
    this.beginEffect(db);
    this.header(STAR, words);
  }

  word(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    if (!this.writing) return;
    this.header(DOLLAR, end - start);
    this.put(bytes, start, end);
    this.put(CRLF);
  }

  /** A word with the digits of a safe integer. */
  integer(value: number): void {
    if (!this.writing) return;
    this.header(DOLLAR, digits(value));
    this.reserve(HEADER_BYTES_MAX);
    this.end = writeInteger(this.bytes, this.end, value);
    this.put(CRLF);
  }

  /** The request itself as an effect. */
  addRequest(db: number, request: Request): void {
    if (!this.log.enabled) return;
    this.append(db, request.bytes, request.start, request.end);
  }

  /**
   * Something that only replicas are told, as a command; `db` -1 when it does not matter which database is selected.
   * Nothing happens while there is no replication.
   */
  tell(db: number, args: readonly (Uint8Array | string)[]): void {
    if (this.log.enabled && this.log.hasReplicas) this.told.push({ db, bytes: encodeCommand(args) });
  }

  /** Ends the unit, whose last effect is the request itself if one is given. */
  commit(db: number, request: Request | null): void {
    this.commitEffects(db, request);
    if (this.told.length > 0) this.commitTold();
  }

  private commitEffects(db: number, request: Request | null): void {
    if (request !== null && this.effects === 0) {
      this.log.append(db, request.bytes, request.start, request.end);
      return;
    }
    if (request !== null) this.addRequest(db, request);
    if (this.effects === 0) return;
    if (this.effects === 1) {
      this.log.append(this.firstDb, this.bytes, MULTI.length, this.end, this.db);
    } else {
      MULTI.copy(this.bytes);
      this.append(this.db, EXEC, 0, EXEC.length);
      this.log.append(this.firstDb, this.bytes, 0, this.end, this.db);
    }
    this.reset();
  }

  private commitTold(): void {
    const { told } = this;
    this.told = [];
    const isUnit = told.length > 1;
    if (isUnit) this.log.append(told[0]!.db, MULTI, 0, MULTI.length, undefined, false);
    for (const { db, bytes } of told) this.log.append(db, bytes, 0, bytes.length, undefined, false);
    if (isUnit) this.log.append(-1, EXEC, 0, EXEC.length, undefined, false);
  }

  private append(db: number, bytes: Uint8Array, start: number, end: number): void {
    this.beginEffect(db);
    this.put(bytes, start, end);
  }

  private beginEffect(db: number): void {
    if (this.effects === 0) {
      this.firstDb = db;
    } else if (db !== this.db) {
      this.put(encodeCommand(["SELECT", String(db)]));
    }
    this.db = db;
    this.effects++;
  }

  private header(type: number, value: number): void {
    this.reserve(HEADER_BYTES_MAX);
    this.bytes[this.end++] = type;
    this.end = writeInteger(this.bytes, this.end, value);
    this.put(CRLF);
  }

  private put(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    this.reserve(end - start);
    copy(bytes, start, end, this.bytes, this.end);
    this.end += end - start;
  }

  private reserve(more: number): void {
    const needed = this.end + more;
    if (needed <= this.bytes.length) return;
    const grown = viewed(Buffer.allocUnsafeSlow(needed * 2));
    this.bytes.copy(grown, 0, 0, this.end);
    this.bytes = grown;
  }

  private reset(): void {
    if (this.bytes.length > KEPT_ROOM) this.bytes = viewed(Buffer.allocUnsafeSlow(FIRST_ROOM));
    this.end = MULTI.length;
    this.effects = 0;
  }
}
