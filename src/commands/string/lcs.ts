/** LCS. */

import { integer, key, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { Ref } from "../../memory/memory.js";
import { STRING } from "../../types/type.js";
import { LcsTable, type Match } from "./lcs-table.js";

interface Options {
  length: boolean;
  indexes: boolean;
  matchLengths: boolean;
  leastMatch: number;
}

export const lcs = command({
  name: "lcs",
  group: "string",
  since: "7.0.0",
  summary: "Finds the longest common subsequence of two strings",
  complexity: "O(N*M), N and M being the lengths of the strings",
  flags: ["readonly"],
  args: [
    key("key1", ["RO", "access"]),
    key("key2", ["RO", "access"], { keySpecIndex: 0 }),
    optional(token("len", "LEN")),
    optional(token("idx", "IDX")),
    optional(integer("min-match-len", { token: "MINMATCHLEN" })),
    optional(token("withmatchlen", "WITHMATCHLEN")),
  ],
  keySpecs: [
    {
      flags: ["RO", "access"],
      begin: { type: "index", index: 1 },
      find: { type: "range", lastKey: 1, step: 1, limit: 0 },
    },
  ],
  run(call) {
    const { database } = call;
    // Both are looked up, whatever the first is.
    const first = database.read(call.key(1));
    const second = database.read(call.key(2));
    checkString(call, first);
    checkString(call, second);
    const options = readOptions(call);
    const a = bytesOf(call, first);
    const table = makeTable(call, a, bytesOf(call, second));
    if (options.indexes) replyIndexes(call, table, options);
    else if (options.length) call.reply.integer(table.length);
    else replySubsequence(call, table, a);
  },
});

function checkString(call: Call, ref: Ref): void {
  if (ref !== 0 && call.engine.keyspace.entries.type(ref) !== STRING) {
    throw fail("The specified keys must contain string values");
  }
}

function readOptions(call: Call): Options {
  const options: Options = { length: false, indexes: false, matchLengths: false, leastMatch: 0 };
  for (let at = 3; at < call.argc; at++) {
    if (call.is(at, "idx")) options.indexes = true;
    else if (call.is(at, "len")) options.length = true;
    else if (call.is(at, "withmatchlen")) options.matchLengths = true;
    else if (call.is(at, "minmatchlen") && at + 1 < call.argc) options.leastMatch = call.long(++at);
    else throw syntaxError();
  }
  if (options.indexes && options.length) {
    throw fail("If you want both the length and indexes, please just use IDX.");
  }
  return options;
}

function bytesOf(call: Call, ref: Ref): Uint8Array {
  const { entries } = call.engine.keyspace;
  if (ref === 0) return new Uint8Array(0);
  const start = entries.valueStart(ref);
  return entries.valueBytes(ref).subarray(start, start + entries.valueLength(ref));
}

function makeTable(call: Call, a: Uint8Array, b: Uint8Array): LcsTable {
  if (LcsTable.bytesFor(a.length, b.length) > call.engine.config.values["proto-max-bulk-len"]) {
    throw fail("Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  }
  try {
    return new LcsTable(a, b);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fail("Insufficient memory, failed allocating transient memory for LCS");
  }
}

function replySubsequence(call: Call, table: LcsTable, a: Uint8Array): void {
  const text = Buffer.allocUnsafe(table.length);
  let end = text.length;
  for (const match of table.matches()) {
    end -= match.length;
    text.set(a.subarray(match.a, match.a + match.length), end);
  }
  call.reply.bulk(text);
}

function replyIndexes(call: Call, table: LcsTable, options: Options): void {
  const { reply } = call;
  const matches = table.matches().filter((match) => match.length >= options.leastMatch);
  reply.map(2);
  reply.text("matches");
  reply.array(matches.length);
  for (const match of matches) replyMatch(call, match, options.matchLengths);
  reply.text("len");
  reply.integer(table.length);
}

function replyMatch(call: Call, match: Match, withLength: boolean): void {
  const { reply } = call;
  reply.array(withLength ? 3 : 2);
  for (const first of [match.a, match.b]) {
    reply.array(2);
    reply.integer(first);
    reply.integer(first + match.length - 1);
  }
  if (withLength) reply.integer(match.length);
}
