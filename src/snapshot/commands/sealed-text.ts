/** Commands on their way into an output, with seals between them (log/seal.ts). */

import { formatSeal } from "../../log/seal.js";
import { crc32 } from "../../util/crc32.js";
import { writeInteger } from "../../util/integer.js";
import type { Output } from "../output.js";

const BUFFER_BYTES = 64 * 1024;
/** A seal follows this much at the latest, and what its last command has beyond that. */
const SEAL_BYTES = 1024 * 1024;
/** A type byte, a decimal number and a line end. */
const HEADER_BYTES_MAX = 24;
const STAR = 42;
const DOLLAR = 36;

export class SealedText {
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private at = 0;
  private crc = 0;
  private unsealed = 0;

  constructor(
    private readonly output: Output,
    private readonly seals: boolean,
  ) {}

  /** Begins a command of so many words, its name included. */
  command(name: string, words: number): void {
    this.header(STAR, words);
    this.word(name);
  }

  word(text: string): void {
    this.header(DOLLAR, Buffer.byteLength(text, "latin1"));
    this.raw(`${text}\r\n`);
  }

  /** A word of any bytes. */
  bulk(bytes: Uint8Array, start: number, end: number): void {
    this.header(DOLLAR, end - start);
    this.bytes(bytes, start, end);
    this.raw("\r\n");
  }

  /** A short text as it is. */
  raw(text: string): void {
    this.room(text.length);
    this.at += this.buffer.write(text, this.at, "latin1");
  }

  /** Nothing of a command is missing: a seal may follow. */
  commandEnded(): void {
    if (this.seals && this.unsealed + this.at >= SEAL_BYTES) this.seal();
  }

  /** Everything has been written. */
  end(): void {
    if (this.seals) this.seal();
    this.empty();
  }

  private header(type: number, value: number): void {
    this.room(HEADER_BYTES_MAX);
    this.buffer[this.at++] = type;
    this.at = writeInteger(this.buffer, this.at, value);
    this.buffer[this.at++] = 13;
    this.buffer[this.at++] = 10;
  }

  private bytes(bytes: Uint8Array, start: number, end: number): void {
    for (let from = start; from < end; ) {
      this.room(1);
      const length = Math.min(end - from, this.buffer.length - this.at);
      this.buffer.set(bytes.subarray(from, from + length), this.at);
      this.at += length;
      from += length;
    }
  }

  private room(bytes: number): void {
    if (this.at + bytes > this.buffer.length) this.empty();
  }

  private empty(): void {
    const { at } = this;
    if (this.seals) this.crc = crc32(this.buffer.subarray(0, at), this.crc);
    this.output.write(this.buffer, 0, at);
    this.unsealed += at;
    this.at = 0;
  }

  private seal(): void {
    this.empty();
    // The file is synced before it gets its name: until then it does not count, and then all of it is on the device.
    const position = this.output.total;
    const line = formatSeal(position, position, null, this.crc);
    this.output.write(line, 0, line.length);
    this.crc = 0;
    this.unsealed = 0;
  }
}
