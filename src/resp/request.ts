/** One command as it came in: its arguments as ranges of a buffer, and the range of its own bytes. */

import { latin1 } from "../util/ascii.js";
import { copy } from "../util/copy.js";
import { digits, writeInteger } from "../util/integer.js";

const FIRST_ROOM = 16;

export class Request {
  bytes: Buffer = NO_BYTES;
  /** Number of arguments, the command's name included. */
  argc = 0;
  /** Where each argument begins and ends in `bytes`. */
  starts: Int32Array;
  ends: Int32Array;
  /** The whole command in canonical RESP: what the log copies when the command is propagated as it came. */
  start = 0;
  end = 0;

  /** With room for so many arguments at first. */
  constructor(room: number = FIRST_ROOM) {
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
  }

  /** The argument's bytes where they are; valid until the command has run. */
  view(at: number): Buffer {
    return this.bytes.subarray(this.starts[at], this.ends[at]);
  }

  length(at: number): number {
    return this.ends[at]! - this.starts[at]!;
  }

  text(at: number): string {
    return this.bytes.toString("utf8", this.starts[at], this.ends[at]);
  }

  /**
   * The argument as an error shows it: a character for each byte, since an error is bytes (`Reply.error`), no more
   * than `most` of them, and none from a zero byte on.
   */
  shown(at: number, most = Number.POSITIVE_INFINITY): string {
    const start = this.starts[at]!;
    const text = latin1(this.bytes, start, Math.min(this.ends[at]!, start + most));
    const end = text.indexOf("\0");
    return end < 0 ? text : text.slice(0, end);
  }

  add(start: number, end: number): void {
    if (this.argc === this.starts.length) this.grow();
    this.starts[this.argc] = start;
    this.ends[this.argc++] = end;
  }

  /** Moves all offsets, after the bytes have moved. */
  shift(by: number): void {
    this.start += by;
    this.end += by;
    for (let i = 0; i < this.argc; i++) {
      this.starts[i]! += by;
      this.ends[i]! += by;
    }
  }

  /** Bytes of the arguments in canonical RESP. */
  get canonicalBytes(): number {
    let bytes = headerBytes(this.argc);
    for (let i = 0; i < this.argc; i++) bytes += headerBytes(this.length(i)) + this.length(i) + 2;
    return bytes;
  }

  /** Becomes canonical RESP in `target`, which has room for it, out of arguments that lie in `from`. */
  encode(from: Uint8Array, target: Buffer): void {
    let at = writeHeader(target, 0, STAR, this.argc);
    for (let i = 0; i < this.argc; i++) {
      const start = this.starts[i]!;
      const length = this.length(i);
      at = writeHeader(target, at, DOLLAR, length);
      copy(from, start, start + length, target, at);
      this.starts[i] = at;
      at += length;
      this.ends[i] = at;
      at = writeLineEnd(target, at);
    }
    this.bytes = target;
    this.start = 0;
    this.end = at;
  }

  /** A copy that stays valid, for commands that run later. */
  copy(): Request {
    const copied = new Request(this.argc);
    this.copyTo(copied);
    return copied;
  }

  /** Makes another request such a copy, in the memory that it has if that is enough. */
  copyTo(target: Request): void {
    const from = this.start;
    target.start = 0;
    target.end = this.end - from;
    target.argc = 0;
    if (target.bytes.length < target.end) target.bytes = Buffer.allocUnsafe(target.end);
    copy(this.bytes, from, this.end, target.bytes, 0);
    for (let i = 0; i < this.argc; i++) target.add(this.starts[i]! - from, this.ends[i]! - from);
  }

  /** A request from arguments, in canonical RESP. */
  static of(args: readonly (Uint8Array | string)[]): Request {
    const request = new Request();
    request.bytes = encodeCommand(args);
    request.end = request.bytes.length;
    let at = request.bytes.indexOf(10) + 1;
    for (const arg of args) {
      at = request.bytes.indexOf(10, at) + 1;
      const length = Buffer.byteLength(arg);
      request.add(at, at + length);
      at += length + 2;
    }
    return request;
  }

  private grow(): void {
    const starts = new Int32Array(this.argc * 2);
    const ends = new Int32Array(this.argc * 2);
    starts.set(this.starts);
    ends.set(this.ends);
    this.starts = starts;
    this.ends = ends;
  }
}

const NO_BYTES = Buffer.alloc(0);
const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;

/** A command in canonical RESP: an array of bulk strings. */
export function encodeCommand(args: readonly (Uint8Array | string)[]): Buffer {
  let size = headerBytes(args.length);
  for (const arg of args) {
    const length = typeof arg === "string" ? Buffer.byteLength(arg) : arg.length;
    size += headerBytes(length) + length + 2;
  }
  const encoded = Buffer.allocUnsafe(size);
  let at = writeHeader(encoded, 0, STAR, args.length);
  for (const arg of args) {
    if (typeof arg === "string") {
      at = writeHeader(encoded, at, DOLLAR, Buffer.byteLength(arg));
      at += encoded.write(arg, at);
    } else {
      at = writeHeader(encoded, at, DOLLAR, arg.length);
      copy(arg, 0, arg.length, encoded, at);
      at += arg.length;
    }
    at = writeLineEnd(encoded, at);
  }
  return encoded;
}

/** The bytes of a type, a number and a line end. */
function headerBytes(value: number): number {
  return 1 + digits(value) + 2;
}

/** Writes them; returns where they end. */
function writeHeader(target: Buffer, at: number, type: number, value: number): number {
  target[at] = type;
  return writeLineEnd(target, writeInteger(target, at + 1, value));
}

function writeLineEnd(target: Buffer, at: number): number {
  target[at] = CR;
  target[at + 1] = LF;
  return at + 2;
}
