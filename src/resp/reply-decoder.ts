/**
 * Reads replies in RESP2 from bytes as they arrive: what this program does where it is itself a client.
 * Format: https://redis.io/docs/reference/protocol-spec
 */

/** An error reply, as a value. `message` is the whole line, its code word included. */
export class ReplyError extends Error {}

/** A reply: simple strings as text, bulk strings as bytes, errors as values. */
export type ReplyValue = string | number | Buffer | null | ReplyError | ReplyValue[];

/** The bytes are no RESP2; the connection is of no use any more. */
export class BadReply extends Error {}

const PLUS = 43;
const MINUS = 45;
const COLON = 58;
const DOLLAR = 36;
const STAR = 42;
const FIRST_ROOM = 16 * 1024;
/** A larger buffer is let go when it has been read. */
const KEPT_ROOM = 1024 * 1024;
const DEEPEST = 32;

/** An array whose elements have not all arrived. */
interface Open {
  readonly items: ReplyValue[];
  missing: number;
}

export class ReplyDecoder {
  private bytes = Buffer.allocUnsafeSlow(FIRST_ROOM);
  private start = 0;
  private end = 0;
  private readonly open: Open[] = [];

  /** Takes `chunk[0..length)`; the bytes are copied. */
  feed(chunk: Buffer, length = chunk.length): void {
    if (this.end + length > this.bytes.length) this.makeRoom(length);
    chunk.copy(this.bytes, this.end, 0, length);
    this.end += length;
  }

  /** The next whole reply, or undefined when it has not arrived. Throws a BadReply. */
  next(): ReplyValue | undefined {
    for (;;) {
      let value = this.one();
      if (value === undefined) return undefined;
      for (let top = this.open.at(-1); top !== undefined; top = this.open.at(-1)) {
        top.items.push(value);
        if (--top.missing > 0) break;
        value = top.items;
        this.open.pop();
      }
      if (this.open.length === 0) return value;
    }
  }

  /** One element; of an array that is not empty only the head, after which its elements follow. */
  private one(): ReplyValue | undefined {
    for (;;) {
      const lineEnd = this.bytes.subarray(this.start, this.end).indexOf("\r\n") + this.start;
      if (lineEnd < this.start) return undefined;
      const type = this.bytes[this.start];
      const from = this.start + 1;
      if (type === PLUS || type === MINUS) {
        const text = this.bytes.toString("utf8", from, lineEnd);
        this.start = lineEnd + 2;
        return type === PLUS ? text : new ReplyError(text);
      }
      const number = Number(this.bytes.toString("latin1", from, lineEnd));
      if (!Number.isInteger(number)) throw this.bad(lineEnd);
      if (type === COLON) {
        this.start = lineEnd + 2;
        return number;
      }
      if (type === DOLLAR) return this.bulk(number, lineEnd + 2);
      if (type !== STAR || this.open.length === DEEPEST) throw this.bad(lineEnd);
      this.start = lineEnd + 2;
      if (number <= 0) return number < 0 ? null : [];
      this.open.push({ items: [], missing: number });
    }
  }

  private bulk(length: number, from: number): Buffer | null | undefined {
    if (length < 0) {
      this.start = from;
      return null;
    }
    if (this.end < from + length + 2) return undefined;
    this.start = from + length + 2;
    return Buffer.from(this.bytes.subarray(from, from + length));
  }

  private makeRoom(more: number): void {
    const waiting = this.end - this.start;
    const fits = waiting + more <= this.bytes.length && this.bytes.length <= KEPT_ROOM;
    const room = fits ? this.bytes : Buffer.allocUnsafeSlow(Math.max(FIRST_ROOM, 2 * (waiting + more)));
    this.bytes.copy(room, 0, this.start, this.end);
    this.bytes = room;
    this.start = 0;
    this.end = waiting;
  }

  private bad(lineEnd: number): BadReply {
    const line = this.bytes.toString("latin1", this.start, Math.min(lineEnd, this.start + 64));
    return new BadReply(`Protocol error in a reply: ${JSON.stringify(line)}`);
  }
}
