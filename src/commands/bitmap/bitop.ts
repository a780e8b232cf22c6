/** BITOP. */

import { key, multiple, oneOf, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { NOTIFY_GENERIC, NOTIFY_STRING } from "../../keyspace/events.js";
import { copy } from "../../util/copy.js";
import { type Combination, combine, combinedLength } from "./combine.js";

const NO_BYTES = new Uint8Array(0);
const COMBINATIONS: readonly Combination[] = ["and", "or", "xor", "not"];

export const bitop = command({
  name: "bitop",
  group: "bitmap",
  since: "2.6.0",
  summary: "Combines strings bit by bit and keeps the result at another key",
  complexity: "O(N), N being the length of all strings",
  flags: ["write", "denyoom"],
  args: [
    oneOf("operation", [token("and", "AND"), token("or", "OR"), token("xor", "XOR"), token("not", "NOT")]),
    key("destkey", ["OW", "update"]),
    multiple(key("key", ["RO", "access"])),
  ],
  run(call) {
    const combination = COMBINATIONS.find((word) => call.is(1, word));
    if (combination === undefined) throw syntaxError();
    if (combination === "not" && call.argc !== 4) {
      throw fail("BITOP NOT must be called with a single source key.");
    }
    const sources: Uint8Array[] = [];
    for (let at = 3; at < call.argc; at++) sources.push(source(call, at));
    store(call, combination, sources);
  },
});

function source(call: Call, at: number): Uint8Array {
  const ref = call.readString(call.key(at));
  if (ref === 0) return NO_BYTES;
  const { entries } = call.engine.keyspace;
  const start = entries.valueStart(ref);
  return entries.valueBytes(ref).subarray(start, start + entries.valueLength(ref));
}

/** Writes the result where it is to stay. A source that it takes the place of is there until it is complete. */
function store(call: Call, combination: Combination, sources: readonly Uint8Array[]): void {
  const { database } = call;
  const key = call.key(2);
  const length = combinedLength(sources);
  if (length > 0) {
    database.makeString(key, length, (bytes, start) => {
      combine(combination, sources, (piece, size, at) => copy(piece, 0, size, bytes, start + at));
    });
    database.changed(key, NOTIFY_STRING, "set");
  } else {
    const old = database.dict.find(key);
    if (old !== 0) {
      database.remove(key, old);
      database.changed(key, NOTIFY_GENERIC, "del");
    }
  }
  call.reply.integer(length);
}
