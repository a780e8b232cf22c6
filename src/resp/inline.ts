/**
 * Commands that come as a line, for people: words apart by white space, quoted as in redis.conf (config/parse.ts). What
 * is read becomes canonical RESP, as the log wants it, in a buffer that serves one line after the other.
 */

import { splitArguments } from "../config/parse.js";
import { latin1 } from "../util/ascii.js";
import { viewed } from "../util/copy.js";
import type { Request } from "./request.js";

const TAB = 0x09;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const FIRST_BUFFER_BYTES = 256;
const NO_BYTES = viewed(Buffer.alloc(0));

/** White space before a word. */
function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR);
}

/** What ends a word: as in Redis, not quite the same. */
function isEnd(byte: number): boolean {
  return isBlank(byte) && byte !== 0x0b && byte !== 0x0c;
}

export class InlineReader {
  private own = NO_BYTES;

  /** Bytes of the buffer. */
  get ownBytes(): number {
    return this.own.length;
  }

  /** Makes the request what the line in bytes[start, end) says; false when its quotes are not balanced. */
  read(request: Request, bytes: Buffer, start: number, end: number): boolean {
    request.argc = 0;
    if (findWords(request, bytes, start, end)) {
      this.encode(request, bytes);
      return true;
    }
    const words = splitArguments(latin1(bytes, start, end));
    if (words === null) return false;
    const joined = Buffer.from(words.join(""), "latin1");
    request.argc = 0;
    let at = 0;
    for (const { length } of words) {
      request.add(at, at + length);
      at += length;
    }
    this.encode(request, joined);
    return true;
  }

  /** Copies the request, whose arguments lie in `from`, into the buffer. */
  private encode(request: Request, from: Buffer): void {
    const bytes = request.canonicalBytes;
    if (bytes > this.own.length) {
      this.own = viewed(Buffer.allocUnsafeSlow(Math.max(bytes, FIRST_BUFFER_BYTES)));
    }
    request.encode(from, this.own);
  }
}

/** Adds the words of the line to the request. False when there is a quote, which needs more than places to be read. */
function findWords(request: Request, bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; ; ) {
    while (at < end && isBlank(bytes[at]!)) at++;
    if (at === end) return true;
    const from = at;
    for (; at < end && !isEnd(bytes[at]!); at++) {
      if (bytes[at] === QUOTE || bytes[at] === APOSTROPHE) return false;
    }
    request.add(from, at);
  }
}
