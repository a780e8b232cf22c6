/**
 * The effects of one atomic unit: a command with what it caused, or a whole EXEC.
 *
 * Effects are encoded once, as they occur. At the unit's end they go to the log in one piece: alone if there is one,
 * wrapped in MULTI and EXEC if there are more, so that a reader applies all of them or none. The usual unit is one
 * command that is propagated as it came; it goes from the socket's buffer straight into the log.
 *
 * What only replicas are told (PUBLISH, PING, REPLCONF GETACK) is no effect on the dataset and does not get into the
 * append-only file. It has its place among the effects, as in Redis, and the file gets the unit with it cut out.
 */

import type { Log } from "../log/log.js";
import { encodeCommand, type Request } from "../resp/request.js";
import { copy, viewed } from "../util/copy.js";
import { cutOut, type Range } from "../util/cut-out.js";
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
  /** Where in the bytes lies what only replicas are told. */
  private told: Range[] = [];

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
    if (!this.log.tellsReplicas) return;
    this.beginEffect(db === -1 && this.effects > 0 ? this.db : db);
    const start = this.end;
    this.put(encodeCommand(args));
    this.told.push({ start, end: this.end });
  }

  /** Ends the unit, whose last effect is the request itself if one is given. */
  commit(db: number, request: Request | null): void {
    if (request !== null && this.effects === 0) {
      this.log.append(db, request.bytes, request.start, request.end);
      return;
    }
    if (request !== null) this.addRequest(db, request);
    if (this.effects === 0) return;
    this.handOver();
    this.reset();
  }

  private handOver(): void {
    const { log, effects, told, firstDb, db } = this;
    if (effects > 1) {
      MULTI.copy(this.bytes);
      this.put(EXEC);
    }
    const start = effects > 1 ? 0 : MULTI.length;
    const { bytes, end } = this;
    // A change of database must get into the file.
    const isTold = told.length === effects && db === firstDb;
    const isWhole = told.length === 0 || isTold;
    const forFile = isWhole ? !isTold : cutOut(bytes, start, end, told);
    log.append(firstDb, bytes, start, end, db, forFile);
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
    if (this.told.length > 0) this.told = [];
  }
}
