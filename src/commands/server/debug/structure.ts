/** DEBUG LISTPACK and QUICKLIST: what lies in the blocks of a value, written to the log. */

import type { Call } from "../../../engine/call.js";
import { fail } from "../../../engine/errors.js";
import * as listpack from "../../../memory/listpack.js";
import type { Ref } from "../../../memory/memory.js";
import { bytesIn, countIn } from "../../../types/list/node.js";
import { compressedIn, forEachNode, isCompressed, ListCursor } from "../../../types/list.js";
import { LIST } from "../../../types/type.js";
import { typeOf } from "../../../types/types.js";
import { quoted } from "../../../util/ascii.js";
import { existing } from "./existing.js";

/** Longer texts are cut. */
const SHOWN_BYTES = 64;

const encodingOf = ({ engine }: Call, ref: Ref): string => {
  const { entries } = engine.keyspace;
  return typeOf(entries.type(ref)).encoding(entries, ref);
};

export function showListpack(call: Call): void {
  const ref = existing(call);
  if (encodingOf(call, ref) !== "listpack") throw fail("Not a listpack encoded object.");
  const { arena, entries } = call.engine.keyspace;
  if (entries.type(ref) === LIST) {
    const cursor = new ListCursor(arena);
    cursor.attach(entries.box(ref), true);
    cursor.seek(0);
    describe(call, cursor.bytes, cursor.base);
  } else describe(call, arena.bytesOf(ref), entries.valueStart(ref));
  call.reply.simple("Listpack structure written to the log");
}

/** Each node, with `1` behind the key each element as well. */
export function showQuicklist(call: Call): void {
  const ref = existing(call);
  const detailed = call.argc === 4 && call.integer(3) !== 0;
  if (encodingOf(call, ref) !== "quicklist") throw fail("Not a quicklist encoded object.");
  const { arena, entries } = call.engine.keyspace;
  const { nodes, bytes } = nodesOf(call, ref);
  const cursor = new ListCursor(arena);
  cursor.attach(entries.box(ref), false);
  log(call, `{quicklist} {nodes ${nodes}} {elements ${cursor.count}} {bytes ${bytes}}`);
  cursor.seek(0);
  let index = 0;
  do {
    const { node } = cursor;
    const packed = isCompressed(arena, node) ? compressedIn(arena, node) : null;
    const compressed = packed === null ? "" : ` {compressed ${packed.end - packed.start}}`;
    log(
      call,
      `{node ${index++}} {elements ${countIn(arena, node)}} {bytes ${bytesIn(arena, node)}}${compressed}`,
    );
    if (detailed) describe(call, cursor.bytes, cursor.base);
  } while (cursor.nextNode());
  call.reply.simple("Quicklist structure written to the log");
}

/** What DEBUG OBJECT tells of a quicklist; nothing of other values. */
export function quicklistFacts(call: Call, ref: Ref): string {
  if (encodingOf(call, ref) !== "quicklist") return "";
  const { values } = call.engine.config;
  const { nodes, elements, bytes } = nodesOf(call, ref);
  return (
    ` ql_nodes:${nodes} ql_avg_node:${(elements / nodes).toFixed(2)} ` +
    `ql_listpack_max:${values["list-max-listpack-size"]} ` +
    `ql_compressed:${values["list-compress-depth"] === 0 ? 0 : 1} ql_uncompressed_size:${bytes}`
  );
}

function nodesOf({ engine }: Call, ref: Ref): { nodes: number; elements: number; bytes: number } {
  const { arena, entries } = engine.keyspace;
  const sum = { nodes: 0, elements: 0, bytes: 0 };
  forEachNode(entries, ref, (node) => {
    sum.nodes++;
    sum.elements += countIn(arena, node);
    sum.bytes += bytesIn(arena, node);
  });
  return sum;
}

function describe(call: Call, bytes: Uint8Array, base: number): void {
  log(call, `{total bytes ${listpack.totalBytes(bytes, base)}} {entries ${listpack.count(bytes, base)}}`);
  const entry = new listpack.ListpackEntry();
  let index = 0;
  for (let at = listpack.first(bytes, base); at !== listpack.NONE; ) {
    const next = listpack.read(bytes, base, at, entry);
    const size = listpack.entrySize(bytes, base + at);
    log(call, `  {${index++}, offset ${at}, bytes ${size}, ${shown(bytes, entry)}}`);
    at = next;
  }
}

function shown(bytes: Uint8Array, entry: listpack.ListpackEntry): string {
  if (entry.isInteger) return `integer ${Number.isNaN(entry.value) ? entry.big : entry.value}`;
  const { start, length } = entry;
  const text = quoted(bytes, start, start + Math.min(length, SHOWN_BYTES));
  return `string of ${length} ${text}${length > SHOWN_BYTES ? "..." : ""}`;
}

function log(call: Call, line: string): void {
  call.engine.services.log("notice", line);
}
