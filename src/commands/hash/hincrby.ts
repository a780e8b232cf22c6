/** HINCRBY and HINCRBYFLOAT. */

import { double, integer, key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, notFloat } from "../../engine/errors.js";
import { NOTIFY_HASH } from "../../keyspace/events.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { INT64_MAX, INT64_MIN, parseInteger64 } from "../../util/integer.js";
import { addLongDoubles, formatLongDouble, type LongDouble, parseLongDouble } from "../../util/longdouble.js";
import type { Slice } from "../../util/slice.js";
import { holdHash, writeHash } from "./access.js";

const ZERO: LongDouble = { mantissa: 0n, exponent: 0 };

export const hincrby = command({
  name: "hincrby",
  group: "hash",
  since: "2.0.0",
  summary: "Adds an integer to that of a field, which is 0 if there is none",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "access", "update"]), string("field"), integer("increment")],
  run(call) {
    const increment = call.integer64(3);
    const key = call.key(1);
    const ref = writeHash(call, key);
    const sum = (storedInteger(call, ref) ?? 0n) + increment;
    if (sum < INT64_MIN || sum > INT64_MAX) throw fail("increment or decrement would overflow");
    store(call, key, ref, Buffer.from(sum.toString()), "hincrby");
    call.reply.integer64(sum);
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
    const sum = addLongDoubles(storedNumber(call, ref), increment);
    if (sum === null) throw fail("increment would produce NaN or Infinity");
    const text = Buffer.from(formatLongDouble(sum));
    store(call, key, ref, text, "hincrbyfloat");
    // The sum, since another machine's arithmetic might give another one.
    call.propagate("HSET", call.view(1), call.view(2), text);
    call.reply.bulk(text);
  },
});

function store(call: Call, key: Key, ref: Ref, text: Buffer, event: string): void {
  const { config, keyspace } = call.engine;
  const value = { bytes: text, start: 0, end: text.length };
  keyspace.hashes.set(holdHash(call, key, ref), call.slice(2), value, config.values);
  call.database.changed(key, NOTIFY_HASH, event);
}

/** The field's integer; null when there is no such field. */
function storedInteger(call: Call, ref: Ref): bigint | null {
  const { hashes } = call.engine.keyspace;
  if (ref === 0 || !hashes.get(ref, call.slice(2), hashes.shown)) return null;
  const { bytes, start, end } = hashes.shown;
  const value = parseInteger64(bytes, start, end);
  if (value === null) throw fail("hash value is not an integer");
  return value;
}

function storedNumber(call: Call, ref: Ref): LongDouble | "infinite" {
  const { hashes } = call.engine.keyspace;
  if (ref === 0 || !hashes.get(ref, call.slice(2), hashes.shown)) return ZERO;
  return parse(hashes.shown, () => fail("hash value is not a float"));
}

function parse({ bytes, start, end }: Slice, error: () => Error): LongDouble | "infinite" {
  const value = parseLongDouble(bytes, start, end);
  if (value === null) throw error();
  return value;
}
