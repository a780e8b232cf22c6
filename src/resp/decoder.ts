/**
 * Reads commands from a stream of bytes, as RESP arrays of bulk strings or as inline lines.
 *
 * The bytes usually lie in a buffer that all connections share and are parsed there, without a copy. Only what is
 * left when the buffer goes back (`settle`) is copied into a buffer of the decoder's own, and later bytes are put
 * behind it. A command that is still incomplete is not parsed again from its beginning: the arguments found so far
 * stay. Format: docs/formats/resp.md.
 *
 * The bytes of a whole command may go into the log as they are, so they must be canonical. Redis takes any two bytes
 * where CR LF belongs; the decoder takes them too, but writes the line end over them.
 */

import { viewed } from "../util/copy.js";
import { parseInteger64 } from "../util/integer.js";
import { InlineReader } from "./inline.js";
import { Request } from "./request.js";

/** The peer has broken the protocol: it gets the message and is disconnected. */
export class ProtocolError extends Error {}

/** What a decoder accepts; read at each use, so that CONFIG SET and AUTH take effect at once. */
export interface DecoderLimits {
  /** The longest bulk string in bytes; a megabyte or more, as `proto-max-bulk-len` is. */
  readonly bulkBytesMax: number;
  /** Before AUTH the peer may send neither long nor many arguments. */
  readonly authenticated: boolean;
}

const INLINE_BYTES_MAX = 64 * 1024;
const ARGUMENTS_MAX = 2147483647;
const STRANGER_ARGUMENTS_MAX = 10;
const STRANGER_BULK_BYTES_MAX = 16384;
const FIRST_BUFFER_BYTES = 16 * 1024;
/** A buffer of the decoder's own that has become larger than this is let go once it is empty. */
const KEPT_BUFFER_BYTES = 1024 * 1024;
/** The most bytes that may wait: places in them are kept as 32-bit numbers. */
export const WAITING_BYTES_MAX = 2 ** 31 - 2 ** 24;
/** Room for an announced bulk string is made at once up to here, beyond only as its bytes arrive. */
const TRUSTED_BYTES = 1024 * 1024;
/** How much more than has arrived is then reserved. */
const TRUST_FACTOR = 4;

const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;
const INCOMPLETE = -1;
const UNKNOWN = -1;
const NO_BYTES = Buffer.alloc(0);

export class RequestDecoder {
  /** The command that `next` has found. */
  readonly request = new Request();
  private readonly inline = new InlineReader();
  /** What is being parsed: the shared buffer during a read, else the decoder's own. */
  private bytes: Buffer = NO_BYTES;
  private at = 0;
  private end = 0;
  private own: Buffer = NO_BYTES;
  /** Arguments still to come of the command that is being read; 0 between commands. */
  private missing = 0;
  /** Length of the bulk string that is being read. */
  private bulkLength = UNKNOWN;
  /** Where the line ended that `readLength` has read. */
  private lineEnd = 0;

  constructor(private readonly limits: DecoderLimits) {}

  /** Bytes that wait: read but not yet part of a whole command. */
  get waiting(): number {
    return this.end - (this.missing > 0 ? this.request.start : this.at);
  }

  /** Where, in `buffer`, the bytes begin that are not part of a command that `next` has found. Moved by `settle`. */
  get position(): number {
    return this.missing > 0 ? this.request.start : this.at;
  }

  /** What is being parsed: a command that lies elsewhere came as an inline line. */
  get buffer(): Buffer {
    return this.bytes;
  }

  /** Bytes of the buffers that the decoder keeps for itself. */
  get ownBytes(): number {
    return this.own.length + this.inline.ownBytes;
  }

  /** Gives it bytes that stay valid until `settle`; it may correct line ends in them. */
  feed(bytes: Buffer, start: number, end: number): void {
    if (this.at === this.end && this.missing === 0) {
      this.bytes = bytes;
      this.at = start;
      this.end = end;
      return;
    }
    this.reserve(end - start);
    bytes.copy(this.own, this.end, start, end);
    this.end += end - start;
  }

  /** Takes over what has not been parsed, since the fed buffer is about to be reused. */
  settle(): void {
    if (this.at === this.end && this.missing === 0) {
      this.bytes = NO_BYTES;
      this.at = 0;
      this.end = 0;
      if (this.own.length > KEPT_BUFFER_BYTES) this.own = NO_BYTES;
    } else if (this.bytes !== this.own) {
      this.reserve(0);
    }
  }

  /** Whether there is a whole command; it is then in `request`. Throws a ProtocolError. */
  next(): boolean {
    while (this.missing === 0) {
      if (this.at === this.end) return false;
      if (this.bytes[this.at] !== STAR) {
        if (!this.nextInline()) return false;
        if (this.request.argc > 0) return true;
      } else if (!this.beginArray()) {
        return false;
      }
    }
    while (this.missing > 0) {
      if (!this.nextArgument()) return false;
    }
    this.request.end = this.at;
    return true;
  }

  private beginArray(): boolean {
    const count = this.readLength("too big mbulk count string");
    if (count === INCOMPLETE) return false;
    if (Number.isNaN(count) || count > ARGUMENTS_MAX) throw new ProtocolError("invalid multibulk length");
    if (count > STRANGER_ARGUMENTS_MAX && !this.limits.authenticated) {
      throw new ProtocolError("unauthenticated multibulk length");
    }
    const request = this.request;
    request.bytes = this.bytes;
    request.start = this.at;
    request.argc = 0;
    this.at = this.lineEnd;
    this.missing = Math.max(count, 0);
    return true;
  }

  private nextArgument(): boolean {
    let length = this.bulkLength;
    if (length === UNKNOWN) {
      length = this.readLength("too big bulk count string");
      if (length === INCOMPLETE) return false;
      this.checkBulk(length);
      this.at = this.lineEnd;
    }
    if (this.end - this.at < length + 2) {
      this.bulkLength = length;
      return false;
    }
    this.bulkLength = UNKNOWN;
    this.request.add(this.at, this.at + length);
    this.at += length;
    this.endLine(this.at);
    this.at += 2;
    this.missing--;
    return true;
  }

  /** Makes the two bytes a line end, if they are not. */
  private endLine(at: number): void {
    const bytes = this.bytes;
    if (bytes[at] === CR && bytes[at + 1] === LF) return;
    bytes[at] = CR;
    bytes[at + 1] = LF;
  }

  private checkBulk(length: number): void {
    const type = this.bytes[this.at]!;
    if (type !== DOLLAR) throw new ProtocolError(`expected '$', got '${String.fromCharCode(type)}'`);
    // What is short is within every limit: none of them can be set lower.
    if (length <= STRANGER_BULK_BYTES_MAX) return;
    if (!(length <= this.limits.bulkBytesMax)) throw new ProtocolError("invalid bulk length");
    if (!this.limits.authenticated) {
      throw new ProtocolError("unauthenticated bulk length");
    }
  }

  /** The number behind the type byte at `at`; INCOMPLETE when the line is, NaN when it is no number. */
  private readLength(tooLong: string): number {
    const bytes = this.bytes;
    let value = 0;
    let at = this.at + 1;
    const first = at;
    for (; at < this.end; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const canonical = at - first === 1 || (at - first > 1 && at - first < 16 && bytes[first] !== 48);
    if (canonical && at + 1 < this.end && bytes[at] === CR) {
      this.endLine(at);
      this.lineEnd = at + 2;
      return value;
    }
    return this.readOddLength(tooLong);
  }

  /** The same for lines that are cut, negative or no number at all. */
  private readOddLength(tooLong: string): number {
    const cr = this.bytes.subarray(this.at, this.end).indexOf(CR) + this.at;
    if (cr < this.at) {
      if (this.end - this.at > INLINE_BYTES_MAX) throw new ProtocolError(tooLong);
      return INCOMPLETE;
    }
    if (cr + 1 >= this.end) return INCOMPLETE;
    this.endLine(cr);
    this.lineEnd = cr + 2;
    const value = parseInteger64(this.bytes, this.at + 1, cr);
    if (value === null) return Number.NaN;
    // A negative count is a number, but must not be taken for INCOMPLETE.
    return value < 0n ? (this.bytes[this.at] === STAR ? 0 : Number.NaN) : Number(value);
  }

  private nextInline(): boolean {
    let newline = this.at;
    while (newline < this.end && this.bytes[newline] !== LF) newline++;
    if (newline === this.end) {
      if (this.end - this.at > INLINE_BYTES_MAX) throw new ProtocolError("too big inline request");
      return false;
    }
    const balanced = this.inline.read(this.request, this.bytes, this.at, newline);
    if (!balanced) throw new ProtocolError("unbalanced quotes in request");
    this.at = newline + 1;
    return true;
  }

  /** Moves what is being parsed to the front of the decoder's own buffer, with room for `more` bytes behind it. */
  private reserve(more: number): void {
    const from = this.missing > 0 ? this.request.start : this.at;
    const kept = this.end - from;
    if (this.bytes === this.own && this.end + more <= this.own.length) return;
    const target = this.roomFor(kept, more);
    this.bytes.copy(target, 0, from, this.end);
    this.own = target;
    this.bytes = target;
    if (this.missing > 0) {
      this.request.bytes = target;
      this.request.shift(-from);
    }
    this.at -= from;
    this.end = kept;
  }

  /** The own buffer if that is large enough, else one that also has room for a bulk string whose length is known. */
  private roomFor(kept: number, more: number): Buffer {
    const announced = this.bulkLength === UNKNOWN ? 0 : this.bulkLength + 2 - (this.end - this.at);
    const needed = kept + more;
    // Whoever announces much and sends little shall not make us reserve much.
    const trust = Math.min(Math.max(TRUSTED_BYTES, needed * TRUST_FACTOR), WAITING_BYTES_MAX);
    const trusted = Math.min(kept + announced, trust);
    if (Math.max(needed, announced > 0 ? trusted : 0) <= this.own.length) return this.own;
    const size = announced >= more ? Math.max(needed, trusted) : needed * 2;
    return viewed(Buffer.allocUnsafeSlow(Math.max(size, FIRST_BUFFER_BYTES)));
  }
}
