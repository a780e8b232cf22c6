/** Parses one reply of RESP2 or RESP3 and keeps its bytes. */

/** A reply as a JavaScript value. Bulk strings are UTF-8 text here; `raw` has the bytes. */
export type Plain = null | boolean | number | bigint | string | Plain[] | Map<Plain, Plain> | Set<Plain>;

/** The byte that a RESP reply begins with. */
export type ReplyType = "+" | "-" | ":" | "$" | "*" | "_" | "#" | "," | "(" | "!" | "=" | "%" | "~" | ">";

export interface Reply {
  readonly type: ReplyType;
  /** Exactly the bytes of this reply, its attributes included. */
  readonly raw: Buffer;
  readonly value: Plain;
  /** The elements of an aggregate; of a map, keys and values in turn. Empty for everything else. */
  readonly items: readonly Reply[];
}

interface Parsed {
  readonly reply: Reply;
  /** Where the next reply begins. */
  readonly end: number;
}

const ATTRIBUTE = "|";

/** The reply that begins at `start`, or null when it is not whole yet. Throws on bytes that no reply begins with. */
export function parseReply(bytes: Buffer, start: number): Parsed | null {
  const lineEnd = bytes.indexOf("\r\n", start, "latin1");
  if (lineEnd < 0) return null;
  const type = String.fromCharCode(bytes[start] ?? 0);
  const line = bytes.toString("latin1", start + 1, lineEnd);
  const next = lineEnd + 2;
  if (type === ATTRIBUTE) return afterAttribute(bytes, start, next, Number(line));
  switch (type) {
    case "$":
    case "!":
    case "=":
      return parseBulk(bytes, start, next, type, Number(line));
    case "*":
    case "~":
    case ">":
    case "%":
      return parseAggregate(bytes, start, next, type, Number(line));
    default:
      return finish(bytes, start, next, type as ReplyType, scalar(type, line, bytes, start), []);
  }
}

function scalar(type: string, line: string, bytes: Buffer, start: number): Plain {
  switch (type) {
    case "+":
    case "-":
      return Buffer.from(line, "latin1").toString("utf8");
    case ":":
      return Number.isSafeInteger(Number(line)) ? Number(line) : BigInt(line);
    case "(":
      return BigInt(line);
    case ",":
      return double(line);
    case "#":
      return line === "t";
    case "_":
      return null;
    default:
      throw new Error(
        `No reply begins like this: ${JSON.stringify(bytes.toString("latin1", start, start + 60))}`,
      );
  }
}

function double(line: string): number {
  if (line === "inf") return Number.POSITIVE_INFINITY;
  if (line === "-inf") return Number.NEGATIVE_INFINITY;
  return Number(line);
}

function parseBulk(
  bytes: Buffer,
  start: number,
  body: number,
  type: ReplyType,
  length: number,
): Parsed | null {
  if (length < 0) return finish(bytes, start, body, type, null, []);
  const end = body + length + 2;
  if (bytes.length < end) return null;
  const skipped = type === "=" ? 4 : 0;
  return finish(bytes, start, end, type, bytes.toString("utf8", body + skipped, body + length), []);
}

function parseAggregate(
  bytes: Buffer,
  start: number,
  body: number,
  type: ReplyType,
  count: number,
): Parsed | null {
  if (count < 0) return finish(bytes, start, body, type, null, []);
  const items: Reply[] = [];
  let at = body;
  for (let left = type === "%" ? count * 2 : count; left > 0; left--) {
    const item = parseReply(bytes, at);
    if (item === null) return null;
    items.push(item.reply);
    at = item.end;
  }
  return finish(bytes, start, at, type, aggregate(type, items), items);
}

function aggregate(type: ReplyType, items: readonly Reply[]): Plain {
  const values = items.map((item) => item.value);
  if (type === "~") return new Set(values);
  if (type !== "%") return values;
  const map = new Map<Plain, Plain>();
  for (let i = 0; i + 1 < values.length; i += 2) map.set(values[i] as Plain, values[i + 1] as Plain);
  return map;
}

/** An attribute (a map before the reply proper) is kept in `raw` and has no part in `value`. */
function afterAttribute(bytes: Buffer, start: number, body: number, pairs: number): Parsed | null {
  let at = body;
  for (let left = pairs * 2; left > 0; left--) {
    const item = parseReply(bytes, at);
    if (item === null) return null;
    at = item.end;
  }
  const parsed = parseReply(bytes, at);
  if (parsed === null) return null;
  const { type, value, items } = parsed.reply;
  return finish(bytes, start, parsed.end, type, value, items);
}

function finish(
  bytes: Buffer,
  start: number,
  end: number,
  type: ReplyType,
  value: Plain,
  items: readonly Reply[],
): Parsed {
  return { reply: { type, raw: bytes.subarray(start, end), value, items }, end };
}
