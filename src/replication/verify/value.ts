/**
 * The value of a key in a form that two servers agree on, whatever encoding each of them keeps it in, and how two such
 * forms differ.
 */

import type { Command } from "../../resp/peer.js";
import { ReplyError, type ReplyValue } from "../../resp/reply-decoder.js";

/** A key as one server has it; null when it has none. */
export interface Seen {
  readonly type: string;
  /** Milliseconds since 1970, -1 for never. */
  readonly expiry: number;
  readonly content: Content;
}

type Content =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "sequence"; readonly items: readonly string[] }
  /** By member or field, with its score or value. */
  | { readonly kind: "table"; readonly rows: ReadonlyMap<string, string> };

const READERS: Readonly<Record<string, (key: Buffer) => Command>> = {
  string: (key) => ["GET", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  hash: (key) => ["HGETALL", key],
  zset: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

/** The command that reads a value of the type. A type that is not known is taken as the server dumps it. */
export function readerOf(type: string, key: Buffer): Command {
  return READERS[type]?.(key) ?? ["DUMP", key];
}

/** What the replies to TYPE, PEXPIRETIME and the reader say; undefined when the key has changed meanwhile. */
export function see(
  type: string,
  typeNow: ReplyValue,
  expiry: ReplyValue,
  value: ReplyValue,
): Seen | null | undefined {
  if (typeNow !== type || value instanceof ReplyError) return undefined;
  if (type === "none") return null;
  if (value === null) return undefined;
  return { type, expiry: typeof expiry === "number" ? expiry : -1, content: contentOf(type, value) };
}

function contentOf(type: string, value: ReplyValue): Content {
  if (Buffer.isBuffer(value)) return { kind: "bytes", bytes: value };
  const items = flat(value);
  if (type === "set") return { kind: "table", rows: new Map(items.map((member) => [member, ""])) };
  if (type !== "hash" && type !== "zset") return { kind: "sequence", items };
  const rows = new Map<string, string>();
  for (let at = 0; at < items.length; at += 2) {
    const text = items[at + 1] as string;
    // Versions write the same score in different lengths.
    rows.set(items[at] as string, type === "zset" ? String(Number(text.replace("inf", "Infinity"))) : text);
  }
  return { kind: "table", rows };
}

/** Bytes as Latin-1 text, which keeps each of them; what is nested is written out. */
function flat(value: ReplyValue): string[] {
  if (!Array.isArray(value)) return [Buffer.isBuffer(value) ? value.toString("latin1") : String(value)];
  return value.map((item) =>
    Array.isArray(item) ? JSON.stringify(item.map(flat)) : (flat(item)[0] as string),
  );
}

/** How the replica's key differs from the primary's, as a clause; null when it does not. */
export function differenceOf(primary: Seen | null, replica: Seen | null): string | null {
  if (primary === null) return replica === null ? null : `is only on the replica (${replica.type})`;
  if (replica === null) return `is missing on the replica (${primary.type})`;
  if (primary.type !== replica.type) return `is a ${primary.type}, on the replica a ${replica.type}`;
  const content = contentDifference(primary.content, replica.content);
  if (content !== null) return `${primary.type}: ${content}`;
  if (primary.expiry !== replica.expiry)
    return `expires ${moment(primary.expiry)}, on the replica ${moment(replica.expiry)}`;
  return null;
}

function contentDifference(primary: Content, replica: Content): string | null {
  if (primary.kind === "bytes" && replica.kind === "bytes")
    return bytesDifference(primary.bytes, replica.bytes);
  if (primary.kind === "sequence" && replica.kind === "sequence")
    return sequenceDifference(primary.items, replica.items);
  if (primary.kind === "table" && replica.kind === "table")
    return tableDifference(primary.rows, replica.rows);
  return "is told in two ways";
}

function bytesDifference(primary: Buffer, replica: Buffer): string | null {
  if (primary.equals(replica)) return null;
  let at = 0;
  while (at < primary.length && primary[at] === replica[at]) at++;
  return `${primary.length} bytes, on the replica ${replica.length}; the first difference is at byte ${at}`;
}

function sequenceDifference(primary: readonly string[], replica: readonly string[]): string | null {
  const at = primary.findIndex((item, index) => item !== replica[index]);
  if (at === -1 && primary.length === replica.length) return null;
  const first = at === -1 ? primary.length : at;
  return `${primary.length} elements, on the replica ${replica.length}; the first difference is at index ${first}: ${shown(primary[first])}, on the replica ${shown(replica[first])}`;
}

function tableDifference(
  primary: ReadonlyMap<string, string>,
  replica: ReadonlyMap<string, string>,
): string | null {
  const sizes = `${primary.size} elements, on the replica ${replica.size}`;
  for (const [name, value] of primary) {
    const other = replica.get(name);
    if (other === undefined) return `${sizes}; ${shown(name)} is missing on the replica`;
    if (other !== value) return `${shown(name)} is ${shown(value)}, on the replica ${shown(other)}`;
  }
  for (const name of replica.keys())
    if (!primary.has(name)) return `${sizes}; ${shown(name)} is only on the replica`;
  return null;
}

function moment(expiry: number): string {
  return expiry < 0 ? "never" : `at ${expiry}`;
}

const LONGEST = 60;

/** Text in quotes, cut to a line; undefined is "nothing". */
export function shown(text: string | undefined): string {
  if (text === undefined) return "nothing";
  const printable = text.replace(/[^\x20-\x7e]|["\\]/g, (char) =>
    char === '"' || char === "\\" ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return printable.length <= LONGEST ? `"${printable}"` : `"${printable.slice(0, LONGEST)}"...`;
}
