/**
 * The list type: a small list is one listpack, a bigger one a quicklist of many (list/quicklist.ts). Commands change it
 * through List; ListCursor also reads it in a frozen snapshot.
 */

import type { Entries, EntryReader } from "../memory/entry.js";
import { textOf } from "../memory/listpack.js";
import type { Ref } from "../memory/memory.js";
import { ListCursor } from "./list/cursor.js";
import { LISTPACK } from "./list/list.js";
import { ListRemains } from "./list/remains.js";
import * as row from "./list/row.js";
import { LIST, type ValueType } from "./type.js";

export { compressedIn } from "./list/compression.js";
export { ListCursor } from "./list/cursor.js";
export type { ListLimits } from "./list/limit.js";
export { LISTPACK, List, QUICKLIST } from "./list/list.js";
export { isCompressed } from "./list/node.js";

/** A list whose directory has more leaves, of up to 256 nodes each, is freed in slices. */
const LEAVES_FREED_AT_ONCE = 4;

/** Calls `visit` with each node of a list, from its head on; `baseOf` tells where its listpack is, `compressedIn` where that of one is that `isCompressed`. */
export function forEachNode(entries: EntryReader, ref: Ref, visit: (node: Ref) => void): void {
  const { memory } = entries;
  const box = entries.box(ref);
  if (entries.encoding(ref) === LISTPACK) {
    visit(box);
    return;
  }
  for (let leafAt = 0; leafAt < row.length(memory, box); leafAt++) {
    const leaf = row.refAt(memory, box, leafAt);
    for (let at = 0; at < row.length(memory, leaf); at++) visit(row.refAt(memory, leaf, at));
  }
}

/** Calls `visit` with each row of a list's directory, the root last. */
function forEachRow(entries: EntryReader, ref: Ref, visit: (block: Ref) => void): void {
  const { memory } = entries;
  const box = entries.box(ref);
  if (entries.encoding(ref) === LISTPACK) return;
  for (let at = 0; at < row.length(memory, box); at++) visit(row.refAt(memory, box, at));
  visit(box);
}

function free(entries: Entries, ref: Ref): void {
  const { memory } = entries;
  const box = entries.box(ref);
  if (entries.encoding(ref) === LISTPACK) memory.free(box);
  else new ListRemains(memory, box).free(Number.POSITIVE_INFINITY);
  memory.free(ref);
}

function dismantle(entries: Entries, ref: Ref): ListRemains | null {
  const { memory } = entries;
  const box = entries.box(ref);
  if (entries.encoding(ref) === LISTPACK || row.length(memory, box) <= LEAVES_FREED_AT_ONCE) return null;
  memory.free(ref);
  return new ListRemains(memory, box);
}

function copyValue({ memory }: Entries, box: Ref, isNode: boolean): Ref {
  const root = memory.duplicate(box);
  if (isNode) return root;
  for (let leafAt = 0; leafAt < row.length(memory, root); leafAt++) {
    const leaf = memory.duplicate(row.refAt(memory, root, leafAt));
    row.setRef(memory, root, leafAt, leaf);
    for (let at = 0; at < row.length(memory, leaf); at++) {
      row.setRef(memory, leaf, at, memory.duplicate(row.refAt(memory, leaf, at)));
    }
  }
  return root;
}

/** Bytes of everything, the nodes beyond the first `samples` taken to be as large as those are on average. */
function bytes(entries: Entries, ref: Ref, samples: number): number {
  const { memory } = entries;
  let rows = memory.sizeOf(ref);
  forEachRow(entries, ref, (block) => {
    rows += memory.sizeOf(block);
  });
  let nodes = 0;
  let sampled = 0;
  let sum = 0;
  forEachNode(entries, ref, (node) => {
    nodes++;
    if (samples > 0 && sampled === samples) return;
    sampled++;
    sum += memory.sizeOf(node);
  });
  return rows + Math.round((sum / sampled) * nodes);
}

export const listType: ValueType = {
  number: LIST,
  name: "list",
  free,
  dismantle,
  copy(entries, ref, key, traits) {
    const box = copyValue(entries, entries.box(ref), entries.encoding(ref) === LISTPACK);
    return entries.createBoxed(key, box, traits);
  },
  inlineBytes: () => 0,
  encoding: (entries, ref) => (entries.encoding(ref) === LISTPACK ? "listpack" : "quicklist"),
  bytes,
  digest(entries, ref, digest) {
    const cursor = new ListCursor(entries.memory);
    cursor.attach(entries.box(ref), entries.encoding(ref) === LISTPACK);
    cursor.seek(0);
    do {
      digest.mix(textOf(cursor.read(), cursor.bytes));
    } while (cursor.next());
  },
};
