/** HINCRBY and HINCRBYFLOAT. As with INCR, integers within ±2^53 are numbers, and up to 64 bits bigints. */

import { double, integer, key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, notFloat } from "../../engine/errors.js";
import { NOTIFY_HASH } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { INT64_MAX, INT64_MIN, parseInteger, parseInteger64 } from "../../util/integer.js";
import { addOperands, type Operand, parseOperand, ZERO } from "../../util/longdouble.js";
import type { Slice } from "../../util/slice.js";
import { holdHash, writeHash } from "./access.js";

const HSET = Buffer.from("HSET");

export const hincrby = command({
  name: "hincrby",
  group: "hash",
  since: "2.0.0",
  summary: "Adds an integer to that of a field, which is 0 if there is none",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "access", "update"]), string("field"), integer("increment")],
  run(call) {
    const increment = call.maybeInteger(3);
    if (Number.isNaN(increment)) addLarge(call, call.integer64(3));
    else add(call, increment);
  },
});

export const hincrbyfloat = command({
  name: "hincrbyfloat",
  group: "hash",
  since: "2.6.0",
  summary: "Adds a number to one with decimals in a field, which is 0 if there is none",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "access", "update"]), string("field"), double("increment")],
  run(call) {
    const increment = parse(call.slice(3), notFloat);
    if (increment === "infinite") throw fail("value is NaN or Infinity");
    const key = call.key(1);
    const ref = writeHash(call, key);
    const sum = addOperands(storedNumber(call, ref), increment);
    if (sum === null) throw fail("increment would produce NaN or Infinity");
    const text = Buffer.from(sum);
    call.engine.keyspace.hashes.shown.set(text, 0, text.length);
    storeShown(call, key, ref, "hincrbyfloat");
    // The sum, since another machine's arithmetic might give another one.
    const { bytes, starts, ends } = call.request;
    const unit = call.propagateWords(4);
    unit.word(HSET);
    unit.word(bytes, starts[1]!, ends[1]!);
    unit.word(bytes, starts[2]!, ends[2]!);
    unit.word(text);
    call.reply.bulk(text);
  },
});

function add(call: Call, increment: number): void {
  const key = call.key(1);
  const ref = writeHash(call, key);
  const sum = storedInteger(call, ref) + increment;
  if (!Number.isSafeInteger(sum)) {
    addLarge(call, BigInt(increment));
    return;
  }
  store(call, key, ref, sum);
  call.reply.integer(sum);
}

function addLarge(call: Call, increment: bigint): void {
  const key = call.key(1);
  const ref = writeHash(call, key);
  const sum = storedInteger64(call, ref) + increment;
  if (sum < INT64_MIN || sum > INT64_MAX) throw fail("increment or decrement would overflow");
  store(call, key, ref, sum);
  call.reply.integer64(sum);
}

function store(call: Call, key: Key, ref: Ref, sum: number | bigint): void {
  call.engine.keyspace.hashes.shown.setInteger(sum);
  storeShown(call, key, ref, "hincrby");
}

/** Sets the field to the value that is shown. */
function storeShown(call: Call, key: Key, ref: Ref, event: string): void {
  const { config, keyspace } = call.engine;
  const { hashes } = keyspace;
  hashes.set(holdHash(call, key, ref), call.slice(2), hashes.shown, config.values);
  call.database.changed(key, NOTIFY_HASH, event);
}

/** The field's integer, 0 when there is no such field; NaN when it is none within ±2^53. */
function storedInteger(call: Call, ref: Ref): number {
  const { hashes } = call.engine.keyspace;
  if (ref === 0 || !hashes.get(ref, call.slice(2), hashes.shown)) return 0;
  const { bytes, start, end } = hashes.shown;
  return parseInteger(bytes, start, end);
}

function storedInteger64(call: Call, ref: Ref): bigint {
  const { hashes } = call.engine.keyspace;
  if (ref === 0 || !hashes.get(ref, call.slice(2), hashes.shown)) return 0n;
  const { bytes, start, end } = hashes.shown;
  const value = parseInteger64(bytes, start, end);
  if (value === null) throw fail("hash value is not an integer");
  return value;
}

function storedNumber(call: Call, ref: Ref): Operand {
  const { hashes } = call.engine.keyspace;
  if (ref === 0 || !hashes.get(ref, call.slice(2), hashes.shown)) return ZERO;
  return parse(hashes.shown, () => fail("hash value is not a float"));
}

function parse({ bytes, start, end }: Slice, error: () => Error): Operand {
  const value = parseOperand(bytes, start, end);
  if (value === null) throw error();
  return value;
}
