/** SCAN. What its cursor promises is told in memory/dict.ts. */

import { integer, optional, pattern, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, notInteger, syntaxError } from "../../engine/errors.js";
import type { Ref } from "../../memory/memory.js";
import { typeOf } from "../../types/types.js";
import { globMatch, matchesAll } from "../../util/glob.js";

export const COUNT_DEFAULT = 10;
const UINT64_MAX = 2n ** 64n - 1n;
/** Cursors are places in the order of 32-bit hashes. */
export const CURSOR_END = 2 ** 32;

export const scan = command({
  name: "scan",
  group: "generic",
  since: "2.8.0",
  summary: "Goes through the keys of the database, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of keys in the database",
  flags: ["readonly", "touches_arbitrary_keys"],
  args: [
    integer("cursor"),
    optional(pattern("pattern", { token: "MATCH" })),
    optional(integer("count", { token: "COUNT" })),
    optional(string("type", { token: "TYPE", since: "6.0.0" })),
  ],
  tips: ["nondeterministic_output", "request_policy:special", "response_policy:special"],
  history: [["6.0.0", "Added the option `TYPE`."]],
  run(call) {
    const cursor = readCursor(call, 1);
    const options = readOptions(call);
    const found: Ref[] = [];
    // A cursor that is none of ours lies behind the last key.
    const next =
      cursor < CURSOR_END ? call.database.dict.scan(cursor, options.count, (ref) => found.push(ref)) : 0;
    call.reply.array(2);
    call.reply.bulkInteger(next);
    replyKeys(call, found, options);
  },
});

interface Options {
  readonly pattern: Buffer | null;
  readonly type: string | null;
  readonly count: number;
}

/** As strtoul reads it: a sign is allowed, and nothing at all is 0. */
export function readCursor(call: Call, at: number): number {
  const usual = call.maybeInteger(at);
  if (usual >= 0) return usual;
  const text = call.view(at).toString("latin1");
  const match = /^([+-]?)(\d+)$/.exec(text);
  if (text === "") return 0;
  if (match === null) throw fail("invalid cursor");
  const value = BigInt(match[2]!);
  if (value > UINT64_MAX) throw fail("invalid cursor");
  return Number(match[1] === "-" ? BigInt.asUintN(64, -value) : value);
}

function readOptions(call: Call): Options {
  let pattern: Buffer | null = null;
  let type: string | null = null;
  let count = COUNT_DEFAULT;
  for (let at = 2; at < call.argc; at += 2) {
    const last = at + 1 === call.argc;
    if (!last && call.is(at, "count")) count = readCount(call, at + 1);
    else if (!last && call.is(at, "match")) pattern = readPattern(call, at + 1);
    else if (!last && call.is(at, "type")) type = call.text(at + 1).toLowerCase();
    else throw syntaxError();
  }
  return { pattern, type, count };
}

/** What the names must match; null for `*`, which lets even the empty one pass. */
export function readPattern(call: Call, at: number): Buffer | null {
  const pattern = call.view(at);
  return matchesAll(pattern) ? null : pattern;
}

export function readCount(call: Call, at: number): number {
  const count = call.long(at, notInteger);
  if (count < 1) throw syntaxError();
  return count;
}

/** Expired keys that the pattern fits are deleted as they are met, whatever their type. */
function replyKeys(call: Call, found: readonly Ref[], { pattern, type }: Options): void {
  const { keyspace } = call.engine;
  const { entries } = keyspace;
  call.reply.counted("array", () => {
    let count = 0;
    for (const ref of found) {
      const start = entries.keyStart(ref);
      const end = start + entries.keyLength(ref);
      const bytes = keyspace.arena.bytesOf(ref);
      if (pattern !== null && !globMatch(pattern, bytes, start, end)) continue;
      if (keyspace.isExpired(ref)) {
        if (keyspace.expiryMode === "delete") keyspace.expire(call.database, keyspace.borrowKey(ref), ref);
        continue;
      }
      if (type !== null && typeOf(entries.type(ref)).name !== type) continue;
      call.reply.bulk(bytes, start, end);
      count++;
    }
    return count;
  });
}
