/**
 * Reads what a file of the log holds: commands as RESP arrays of bulk strings, and between them annotations, lines
 * that start with `#`. It is stricter than the decoder for sockets (nothing inline, no empty command) and knows no
 * limits of size. A file's bytes are all there, so it starts again at a command's beginning when a block ended inside.
 */

import { Request } from "../resp/request.js";

/** What the bytes hold is neither a command nor an annotation. */
export class FormatError extends Error {}

/** Returned where the bytes end before the command does. */
export const INCOMPLETE = -1;

/** The longest annotation that Redis skips, its line end included. */
const ANNOTATION_BYTES = 1023;
/** Digits of a length: more than Redis can mean. */
const LENGTH_DIGITS = 15;

const LF = 10;
const CR = 13;
const HASH = 35;
const DOLLAR = 36;
const STAR = 42;

export class LogReader {
  /** The command that `next` has found; no arguments: it was an annotation. */
  readonly request = new Request();
  private lineEnd = 0;

  /**
   * Reads what starts at `start` and returns its end, or INCOMPLETE. Throws a FormatError. The request refers to
   * `bytes`.
   */
  next(bytes: Buffer, start: number, end: number): number {
    const request = this.request;
    request.argc = 0;
    if (start === end) return INCOMPLETE;
    if (bytes[start] === HASH) return endOfAnnotation(bytes, start, end);
    const count = this.length(bytes, start, end, STAR);
    if (count === INCOMPLETE) return INCOMPLETE;
    if (count === 0) throw new FormatError("a command without a name");
    request.bytes = bytes;
    request.start = start;
    let at = this.lineEnd;
    for (let argument = 0; argument < count; argument++) {
      const length = this.length(bytes, at, end, DOLLAR);
      if (length === INCOMPLETE || this.lineEnd + length + 2 > end) return INCOMPLETE;
      at = this.lineEnd + length;
      if (bytes[at] !== CR || bytes[at + 1] !== LF) throw new FormatError("an argument without its end");
      request.add(this.lineEnd, at);
      at += 2;
    }
    request.end = at;
    return at;
  }

  /** The number in a line that starts with `type`; `lineEnd` is behind the line then. */
  private length(bytes: Buffer, start: number, end: number, type: number): number {
    if (start === end) return INCOMPLETE;
    if (bytes[start] !== type) throw new FormatError(`expected '${String.fromCharCode(type)}'`);
    let value = 0;
    let at = start + 1;
    for (; at < end; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === end) return INCOMPLETE;
    if (at === start + 1 || at - start > LENGTH_DIGITS || bytes[at] !== CR)
      throw new FormatError("a bad length");
    if (at + 1 === end) return INCOMPLETE;
    if (bytes[at + 1] !== LF) throw new FormatError("a bad length");
    this.lineEnd = at + 2;
    return value;
  }
}

function endOfAnnotation(bytes: Buffer, start: number, end: number): number {
  const newline = bytes.indexOf(LF, start);
  const length = (newline === -1 || newline >= end ? end : newline + 1) - start;
  if (length > ANNOTATION_BYTES) throw new FormatError("an annotation that is too long");
  return newline === -1 || newline >= end ? INCOMPLETE : newline + 1;
}
