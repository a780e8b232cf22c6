/**
 * Writes replies into a buffer, in RESP2 or RESP3. Format: docs/formats/resp.md.
 *
 * A type that only RESP3 has is written in the form that RESP2 clients know: a map as an array of twice the length, a
 * set or a push as an array, a double as its text, null as the nil bulk string, true as 1.
 */

import { copy, VIEW, type Viewed, viewed } from "../util/copy.js";
import { formatDouble } from "../util/float.js";
import { digits, writeInteger } from "../util/integer.js";

export type RespVersion = 2 | 3;

/** The sizes of the blocks that a pool keeps: this one and its doubles. The largest is the longest that grows. */
const POOLED_BYTES = 16 * 1024;
const POOLED_SIZES = 3;
const GROWN_BYTES_MAX = POOLED_BYTES << (POOLED_SIZES - 1);
/** What a pool keeps of each size. */
const POOLED_BYTES_MAX = 8 * 1024 * 1024;
/** A decimal number, its type byte and its line end. */
const HEADER_BYTES_MAX = 24;
/** The head of a reply of several parts (`headed`): a few of these. */
const HEAD_BYTES_MAX = 128;

const STAR = 42;
const DOLLAR = 36;
const COLON = 58;
const COMMA = 44;
const LF = 10;
/** As little-endian words: a line end; a type byte of 0, the digits 0 and as much of a line end as fits. */
const LINE_END = 0x0a0d;
const ONE_DIGIT = 0x0a0d3000;
const TWO_DIGITS = 0x0d303000;
const OK = viewed(Buffer.from("+OK\r\n"));
const NULL = viewed(Buffer.from("_\r\n"));
const NO_BULK = viewed(Buffer.from("$-1\r\n"));
const NO_ARRAY = viewed(Buffer.from("*-1\r\n"));

/** Memory for replies: `bytes[0..length)` is written. */
export class ReplyBlock {
  readonly bytes: Viewed<Buffer>;
  length: number;

  constructor(
    bytes: Buffer,
    /** Whether others have the bytes too: full from the beginning, and not to be written. */
    readonly shared = false,
  ) {
    this.bytes = viewed(bytes);
    this.length = shared ? bytes.length : 0;
  }

  static ofSize(size: number): ReplyBlock {
    return new ReplyBlock(Buffer.allocUnsafeSlow(size));
  }
}

const NO_BLOCK = ReplyBlock.ofSize(0);

/** Blocks between two turns, so that a reply allocates nothing in the steady state. */
export class BlockPool {
  private readonly bySize: readonly ReplyBlock[][] = Array.from({ length: POOLED_SIZES }, () => []);

  /** A block for so many bytes or more. */
  take(bytes: number): ReplyBlock {
    for (let at = 0; at < POOLED_SIZES; at++) {
      const size = POOLED_BYTES << at;
      if (bytes <= size) return this.bySize[at]!.pop() ?? ReplyBlock.ofSize(size);
    }
    return ReplyBlock.ofSize(bytes);
  }

  give(block: ReplyBlock): void {
    if (block.shared) return;
    for (let at = 0; at < POOLED_SIZES; at++) {
      const size = POOLED_BYTES << at;
      const blocks = this.bySize[at]!;
      if (block.bytes.length === size && blocks.length * size < POOLED_BYTES_MAX) blocks.push(block);
    }
  }
}

export class Reply {
  version: RespVersion = 2;
  /** Full blocks, oldest first, and their bytes. */
  private full: ReplyBlock[] = [];
  private fullBytes = 0;
  /** The block that is written to, with what it consists of. */
  private block = NO_BLOCK;
  private bytes = NO_BLOCK.bytes;
  private view = NO_BLOCK.bytes[VIEW];
  private end = 0;

  constructor(private readonly pool: BlockPool) {}

  /** Bytes written and not yet taken. */
  get length(): number {
    return this.fullBytes + this.end;
  }

  /** Bytes of the blocks that are held. */
  get heldBytes(): number {
    return this.full.reduce((sum, { bytes }) => sum + bytes.length, this.bytes.length);
  }

  /** Hands over the oldest block that has something written, or null when there is none. The pool wants it back. */
  take(): ReplyBlock | null {
    const oldest = this.full.shift();
    if (oldest !== undefined) {
      this.fullBytes -= oldest.length;
      return oldest;
    }
    if (this.end === 0) return null;
    const last = this.block;
    last.length = this.end;
    this.write(NO_BLOCK, 0);
    return last;
  }

  /** A copy of all that was written, which is taken. */
  takeCopy(): Buffer {
    const copied = this.from(0);
    for (let block = this.take(); block !== null; block = this.take()) this.pool.give(block);
    return copied;
  }

  /**
   * Writes a shared block, which many clients get: it is not copied when there is nothing before it, so that a message
   * to ten thousand clients takes no block for each.
   */
  share(block: ReplyBlock): void {
    if (this.length > 0) {
      this.raw(block.bytes);
      return;
    }
    this.full.push(block);
    this.fullBytes += block.length;
  }

  /** Forgets what was written after a place that `length` told. */
  cutTo(length: number): void {
    while (length < this.fullBytes) {
      this.pool.give(this.block);
      const last = this.full.pop()!;
      this.fullBytes -= last.length;
      this.write(last.shared ? NO_BLOCK : last, 0);
      if (last.shared) this.raw(last.bytes);
    }
    this.end = length - this.fullBytes;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    copy(bytes, 0, bytes.length, this.bytes, this.end);
    this.end += bytes.length;
  }

  ok(): void {
    this.raw(OK);
  }

  simple(text: string): void {
    this.line(`+${text}`);
  }

  /**
   * `text` begins with the error's code. It is bytes, a character each: errors repeat arguments, which are any bytes.
   * An error is one line: line ends inside become spaces, those at its end are left out.
   */
  error(text: string): void {
    let end = text.length;
    while (end > 0 && "\r\n".includes(text[end - 1]!)) end--;
    this.line(`-${text.slice(0, end).replace(/[\r\n]/g, " ")}`, "latin1");
  }

  integer(value: number): void {
    this.header(COLON, value);
  }

  integer64(value: bigint): void {
    this.line(`:${value}`);
  }

  /** A bulk string from a range of any buffer. */
  bulk(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    const length = end - start;
    this.reserve(HEADER_BYTES_MAX + length + 2);
    this.writeHeader(DOLLAR, length);
    const at = this.end;
    copy(bytes, start, end, this.bytes, at);
    this.view.setInt16(at + length, LINE_END, true);
    this.end = at + length + 2;
  }

  /** A bulk string from text, as UTF-8. */
  text(text: string): void {
    this.bulk(Buffer.from(text));
  }

  /** A bulk string with the digits of a safe integer. */
  bulkInteger(value: number): void {
    this.reserve(2 * HEADER_BYTES_MAX);
    this.writeHeader(DOLLAR, digits(value));
    this.end = writeInteger(this.bytes, this.end, value);
    this.endLine();
  }

  nil(): void {
    this.raw(this.version === 3 ? NULL : NO_BULK);
  }

  nilArray(): void {
    this.raw(this.version === 3 ? NULL : NO_ARRAY);
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
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (this.version === 3) this.header(COMMA, value);
      else this.bulkInteger(value);
      return;
    }
    const text = formatDouble(value);
    this.reserve(HEADER_BYTES_MAX + text.length + 2);
    if (this.version === 3) this.bytes[this.end++] = COMMA;
    else this.writeHeader(DOLLAR, text.length);
    // A loop: texts of doubles are short, and a native call costs more than they do.
    for (let at = 0; at < text.length; at++) this.bytes[this.end++] = text.charCodeAt(at);
    this.endLine();
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
    this.headed(write, (count) => this[kind](count));
  }

  /** Writes what comes first of a reply but is known only when the rest has been written: `write` returns it. */
  headed<T>(write: () => T, head: (known: T) => void): void {
    const at = this.length;
    const blocks = this.full.length;
    const known = write();
    if (this.full.length === blocks && this.end + 2 * HEAD_BYTES_MAX <= GROWN_BYTES_MAX) {
      this.putFirst(at - this.fullBytes, known, head);
      return;
    }
    const rest = this.from(at);
    this.cutTo(at);
    head(known);
    this.raw(rest);
  }

  /** Writes the head behind what it belongs before, in the same block, and changes the places of the two. */
  private putFirst<T>(start: number, known: T, head: (known: T) => void): void {
    this.reserve(2 * HEAD_BYTES_MAX);
    const restEnd = this.end;
    head(known);
    const { bytes, end } = this;
    const headBytes = end - restEnd;
    bytes.copyWithin(start + headBytes, start, end);
    bytes.copyWithin(start, end, end + headBytes);
  }

  /** A copy of what was written after a place that `length` told. */
  private from(at: number): Buffer {
    this.block.length = this.end;
    const written: Uint8Array[] = [];
    let before = at;
    for (const { bytes, length } of [...this.full, this.block]) {
      if (before < length) written.push(bytes.subarray(before, length));
      before = Math.max(0, before - length);
    }
    return Buffer.concat(written);
  }

  private line(text: string, encoding: "utf8" | "latin1" = "utf8"): void {
    this.reserve(text.length * 3 + 2);
    this.end += this.bytes.write(text, this.end, encoding);
    this.endLine();
  }

  private header(type: number, value: number): void {
    this.reserve(HEADER_BYTES_MAX);
    this.writeHeader(type, value);
  }

  /** As `header`, where there is room. */
  private writeHeader(type: number, value: number): void {
    if (value >= 0 && value < 10) {
      this.view.setInt32(this.end, ONE_DIGIT | type | (value << 8), true);
      this.end += 4;
      return;
    }
    if (value >= 10 && value < 100) {
      const tens = (value / 10) | 0;
      this.view.setInt32(this.end, TWO_DIGITS | type | (tens << 8) | ((value - tens * 10) << 16), true);
      this.bytes[this.end + 4] = LF;
      this.end += 5;
      return;
    }
    this.bytes[this.end] = type;
    this.end = writeInteger(this.bytes, this.end + 1, value);
    this.endLine();
  }

  private endLine(): void {
    this.view.setInt16(this.end, LINE_END, true);
    this.end += 2;
  }

  private reserve(more: number): void {
    if (this.end + more > this.bytes.length) this.grow(more);
  }

  /** Goes on in a larger block with the same bytes, or, when that would be too large, in another one. */
  private grow(more: number): void {
    const old = this.block;
    const { end } = this;
    if (end + more > GROWN_BYTES_MAX && end > 0) {
      old.length = end;
      this.full.push(old);
      this.fullBytes += end;
      this.write(this.pool.take(Math.max(more, GROWN_BYTES_MAX)), 0);
      return;
    }
    const grown = this.pool.take(Math.max(end + more, Math.min(old.bytes.length * 2, GROWN_BYTES_MAX)));
    old.bytes.copy(grown.bytes, 0, 0, end);
    this.write(grown, end);
    if (old !== NO_BLOCK) this.pool.give(old);
  }

  private write(block: ReplyBlock, end: number): void {
    this.block = block;
    this.bytes = block.bytes;
    this.view = block.bytes[VIEW];
    this.end = end;
  }
}
