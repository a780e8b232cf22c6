/** What a base file says of itself, without its data being read. */

import { parseTimestamp } from "../log/seal.js";
import type { Disk } from "../platform/disk.js";
import { isSnapshot } from "./empty-snapshot.js";

/** Longer than the fields of any snapshot. */
const HEAD_BYTES = 4096;
const MAGIC_BYTES = 9;
const FIELD = 0xfa;

export interface BaseFields {
  /** When it was made, seconds since 1970. */
  readonly seconds: number | null;
  /** The offset that it reaches. */
  readonly offset: number | null;
}

export function baseFields(disk: Disk, path: string): BaseFields {
  const handle = disk.open(path, "read");
  const head = Buffer.alloc(HEAD_BYTES);
  const length = handle.read(head, 0);
  handle.close();
  if (isSnapshot(head, length)) {
    const fields = snapshotFields(head.subarray(0, length));
    return { seconds: numberOf(fields.get("ctime")), offset: numberOf(fields.get("repl-offset")) };
  }
  // Commands: the time is noted before the first of them.
  const text = head.toString("latin1", 0, length);
  const line = /^(?:#[^\n]*\n)*?(#TS:\d+\r?\n)/.exec(text)?.[1];
  return { seconds: line === undefined ? null : parseTimestamp(line), offset: null };
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The fields at the beginning of a snapshot (snapshot/rdb/format.ts). */
function snapshotFields(head: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  let at = MAGIC_BYTES;
  const string = (): string | null => {
    const first = head[at++] ?? 0xff;
    if (first < 0x40) {
      at += first;
      return head.toString("latin1", at - first, at);
    }
    const width = [1, 2, 4][first - 0xc0];
    if (width === undefined || at + width > head.length) return null;
    at += width;
    return String(head.readIntLE(at - width, width));
  };
  while (head[at] === FIELD) {
    at++;
    const [name, value] = [string(), string()];
    if (name === null || value === null) break;
    fields.set(name, value);
  }
  return fields;
}
