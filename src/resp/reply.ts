/**
 * Writes replies into a buffer, in RESP2 or RESP3. Format: docs/formats/resp.md.
 *
 * A type that only RESP3 has is written in the form that RESP2 clients know: a map as an array of twice the length, a
 * set or a push as an array, a double as its text, null as the nil bulk string, true as 1.
 */

import { copy } from "../util/copy.js";
import { formatDouble } from "../util/float.js";
import { digits, writeInteger } from "../util/integer.js";

export type RespVersion = 2 | 3;

/** The sizes of the buffers that a pool keeps: this one and its doubles. */
const POOLED_BYTES = 16 * 1024;
const POOLED_SIZES = 5;
/** What a pool keeps of each size. */
const POOLED_BYTES_MAX = 4 * 1024 * 1024;
/** A decimal number, its type byte and its line end. */
const HEADER_BYTES_MAX = 24;

const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;
const COLON = 58;
const OK = Buffer.from("+OK\r\n");
const NO_BYTES = Buffer.alloc(0);

/** Buffers between two turns, so that a reply allocates nothing in the steady state. */
export class BufferPool {
  private readonly bySize: readonly Buffer[][] = Array.from({ length: POOLED_SIZES }, () => []);

  /** A buffer for so many bytes or more. */
  take(bytes: number): Buffer {
    let size = POOLED_BYTES;
    for (const buffers of this.bySize) {
      if (bytes <= size) return buffers.pop() ?? Buffer.allocUnsafeSlow(size);
      size *= 2;
    }
    return Buffer.allocUnsafeSlow(bytes);
  }

  give(buffer: Buffer): void {
    let size = POOLED_BYTES;
    for (const buffers of this.bySize) {
      if (buffer.length === size && buffers.length * size < POOLED_BYTES_MAX) buffers.push(buffer);
      size *= 2;
    }
  }
}

export class Reply {
  version: RespVersion = 2;
  /** Bytes written and not yet taken. */
  length = 0;
  private bytes: Buffer = NO_BYTES;
  /** Whether the buffer is somebody else's, full, and not to be written. */
  private shared = false;

  constructor(private readonly pool: BufferPool) {}

  /** Bytes of the buffer that is held. */
  get heldBytes(): number {
    return this.bytes.length;
  }

  /** What was written; valid until the next write. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Whether the buffer that `take` hands over is of the pool, which wants it back. */
  get isPooled(): boolean {
    return !this.shared;
  }

  /** Hands over the buffer; its first `length` bytes, asked before, are the replies. */
  take(): Buffer {
    const taken = this.bytes;
    this.bytes = NO_BYTES;
    this.length = 0;
    this.shared = false;
    return taken;
  }

  /**
   * Writes bytes that many clients get: they are not copied when there is nothing before them, so that a message to
   * ten thousand clients takes no buffer for each. Nobody may change them.
   */
  share(bytes: Buffer): void {
    if (this.length > 0) {
      this.raw(bytes);
      return;
    }
    if (!this.shared && this.bytes.length > 0) this.pool.give(this.bytes);
    this.bytes = bytes;
    this.length = bytes.length;
    this.shared = true;
  }

  /** Forgets what was written after a place that `length` told. */
  cutTo(length: number): void {
    if (this.shared && length < this.length) this.own();
    this.length = length;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    copy(bytes, 0, bytes.length, this.bytes, this.length);
    this.length += bytes.length;
  }

  ok(): void {
    this.raw(OK);
  }

  simple(text: string): void {
    this.line(`+${text}`);
  }

  /** `text` begins with the error's code. Line ends inside become spaces, since an error is one line. */
  error(text: string): void {
    this.line(`-${text.replace(/[\r\n]/g, " ")}`);
  }

  integer(value: number): void {
    this.header(COLON, value);
  }

  integer64(value: bigint): void {
    this.line(`:${value}`);
  }

  /** A bulk string from a range of any buffer. */
  bulk(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    this.reserve(HEADER_BYTES_MAX + end - start + 2);
    this.header(DOLLAR, end - start);
    copy(bytes, start, end, this.bytes, this.length);
    this.length += end - start;
    this.bytes[this.length++] = CR;
    this.bytes[this.length++] = LF;
  }

  /** A bulk string from text, as UTF-8. */
  text(text: string): void {
    this.bulk(Buffer.from(text));
  }

  /** A bulk string with the digits of a safe integer. */
  bulkInteger(value: number): void {
    this.header(DOLLAR, digits(value));
    this.reserve(HEADER_BYTES_MAX);
    const end = writeInteger(this.bytes, this.length, value);
    this.bytes[end] = CR;
    this.bytes[end + 1] = LF;
    this.length = end + 2;
  }

  nil(): void {
    this.line(this.version === 3 ? "_" : "$-1");
  }

  nilArray(): void {
    this.line(this.version === 3 ? "_" : "*-1");
  }

  array(length: number): void {
    this.header(STAR, length);
  }

  map(pairs: number): void {
    if (this.version === 3) this.line(`%${pairs}`);
    else this.array(pairs * 2);
  }

  set(length: number): void {
    if (this.version === 3) this.line(`~${length}`);
    else this.array(length);
  }

  push(length: number): void {
    if (this.version === 3) this.line(`>${length}`);
    else this.array(length);
  }

  /** RESP3's attribute, which precedes a reply; nothing in RESP2. */
  attribute(pairs: number): void {
    if (this.version === 3) this.line(`|${pairs}`);
  }

  double(value: number): void {
    if (this.version === 3) this.line(`,${formatDouble(value)}`);
    else this.text(formatDouble(value));
  }

  boolean(value: boolean): void {
    if (this.version === 3) this.line(value ? "#t" : "#f");
    else this.integer(value ? 1 : 0);
  }

  bigNumber(digits: string): void {
    if (this.version === 3) this.line(`(${digits}`);
    else this.text(digits);
  }

  /** Text with its format (`txt`, `mkd`): a verbatim string, or a bulk string in RESP2. */
  verbatim(text: string, format: "txt" | "mkd" = "txt"): void {
    if (this.version === 2) {
      this.text(text);
      return;
    }
    const bytes = Buffer.from(text);
    this.line(`=${bytes.length + 4}`);
    this.raw(Buffer.from(`${format}:`));
    this.raw(bytes);
    this.line("");
  }

  /** An array of bulk strings. */
  texts(texts: readonly string[]): void {
    this.array(texts.length);
    for (const text of texts) this.text(text);
  }

  /** An array of simple strings, as HELP commands answer. */
  lines(lines: readonly string[]): void {
    this.array(lines.length);
    for (const line of lines) this.simple(line);
  }

  /**
   * Writes an array (or map, set) whose length is known only when its elements have been written: `write` returns it.
   */
  counted(kind: "array" | "map" | "set", write: () => number): void {
    const at = this.length;
    const count = write();
    const body = Buffer.from(this.bytes.subarray(at, this.length));
    this.length = at;
    this[kind](count);
    this.raw(body);
  }

  private line(text: string): void {
    this.reserve(text.length * 3 + 2);
    this.length += this.bytes.write(text, this.length);
    this.bytes[this.length++] = CR;
    this.bytes[this.length++] = LF;
  }

  private header(type: number, value: number): void {
    this.reserve(HEADER_BYTES_MAX);
    const bytes = this.bytes;
    bytes[this.length] = type;
    const end = writeInteger(bytes, this.length + 1, value);
    bytes[end] = CR;
    bytes[end + 1] = LF;
    this.length = end + 2;
  }

  private reserve(more: number): void {
    if (this.length + more > this.bytes.length) this.grow(this.length + more);
  }

  private grow(needed: number): void {
    const grown = this.pool.take(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    if (!this.shared && this.bytes.length > 0) this.pool.give(this.bytes);
    this.bytes = grown;
    this.shared = false;
  }

  /** Makes the buffer one of our own. */
  private own(): void {
    this.grow(this.length);
  }
}
