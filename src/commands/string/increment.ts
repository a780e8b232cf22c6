/** INCR, INCRBY, DECR and DECRBY. Integers within ±2^53 never leave the fast path; up to 64 bits they are bigints. */

import { integer, key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, notInteger } from "../../engine/errors.js";
import { KEEP_EXPIRY } from "../../keyspace/database.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import {
  INT64_MAX,
  INT64_MIN,
  parseInteger,
  parseInteger64,
  writeInteger,
  writeInteger64,
} from "../../util/integer.js";

/** The digits of the result on their way into memory; written anew before each use. */
const DIGITS = new Uint8Array(24);

const common = { group: "string", since: "1.0.0", complexity: "O(1)" } as const;
const flags = ["write", "denyoom", "fast"] as const;
const counter = key("key", ["RW", "access", "update"]);

export const incr = command({
  ...common,
  name: "incr",
  summary: "Adds one to an integer, which is 0 if there is none",
  flags,
  args: [counter],
  run: (call) => add(call, 1),
});

export const decr = command({
  ...common,
  name: "decr",
  summary: "Subtracts one from an integer, which is 0 if there is none",
  flags,
  args: [counter],
  run: (call) => add(call, -1),
});

export const incrby = command({
  ...common,
  name: "incrby",
  summary: "Adds a number to an integer, which is 0 if there is none",
  flags,
  args: [counter, integer("increment")],
  run(call) {
    const by = call.maybeInteger(2);
    if (Number.isNaN(by)) addLarge(call, call.key(1), call.integer64(2));
    else add(call, by);
  },
});

export const decrby = command({
  ...common,
  name: "decrby",
  summary: "Subtracts a number from an integer, which is 0 if there is none",
  flags,
  args: [counter, integer("decrement")],
  run(call) {
    const by = call.maybeInteger(2);
    if (Number.isNaN(by)) subtractLarge(call);
    else add(call, -by);
  },
});

function subtractLarge(call: Call): void {
  const by = call.integer64(2);
  if (by === INT64_MIN) throw fail("decrement would overflow");
  addLarge(call, call.key(1), -by);
}

function add(call: Call, by: number): void {
  const key = call.key(1);
  const ref = call.writeString(key);
  const { entries } = call.engine.keyspace;
  let value = 0;
  if (ref !== 0) {
    const start = entries.valueStart(ref);
    value = parseInteger(entries.valueBytes(ref), start, start + entries.valueLength(ref));
  }
  const sum = value + by;
  if (!Number.isSafeInteger(sum)) {
    addLarge(call, key, BigInt(by));
    return;
  }
  store(call, key, ref, writeInteger(DIGITS, 0, sum));
  call.reply.integer(sum);
}

function addLarge(call: Call, key: Key, by: bigint): void {
  const ref = call.writeString(key);
  const sum = (ref === 0 ? 0n : read64(call, ref)) + by;
  if (sum < INT64_MIN || sum > INT64_MAX) throw fail("increment or decrement would overflow");
  store(call, key, ref, writeInteger64(DIGITS, 0, sum));
  call.reply.integer64(sum);
}

function read64(call: Call, ref: Ref): bigint {
  const { entries } = call.engine.keyspace;
  const start = entries.valueStart(ref);
  const value = parseInteger64(entries.valueBytes(ref), start, start + entries.valueLength(ref));
  if (value === null) throw notInteger();
  return value;
}

function store(call: Call, key: Key, ref: Ref, end: number): void {
  call.database.setSeenString(key, ref, DIGITS, 0, end, KEEP_EXPIRY);
  call.database.changed(key, NOTIFY_STRING, "incrby");
}
