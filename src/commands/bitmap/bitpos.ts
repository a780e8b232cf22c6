/** BITPOS. */

import { block, integer, key, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { Ref } from "../../memory/memory.js";
import { fromStart, lastFromStart } from "../string/position.js";
import { readUnit, unitArgument } from "./range.js";
import { findBit } from "./search.js";

export const bitpos = command({
  name: "bitpos",
  group: "bitmap",
  since: "2.8.7",
  summary: "Finds the first set or clear bit of a string or of a part of it",
  complexity: "O(N), N being the length of the part",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    integer("bit"),
    optional(
      block("range", [integer("start"), optional(block("end-unit-block", [integer("end"), unitArgument]))]),
    ),
  ],
  history: [["7.0.0", "Takes the option `BYTE|BIT`."]],
  run(call) {
    const bit = call.long(2);
    if (bit !== 0 && bit !== 1) throw fail("The bit argument must be 1 or 0.");
    if (call.argc > 6) throw syntaxError();
    const start = call.argc > 3 ? call.long(3) : 0;
    const perByte = call.argc > 5 ? readUnit(call, 5) : 1;
    const end = call.argc > 4 ? call.long(4) : -1;
    const ref = call.readString(call.key(1));
    // No key is an endless row of zeros, whatever the range.
    call.reply.integer(ref === 0 ? -bit : findInRange(call, ref, bit, start, end, perByte));
  },
});

function findInRange(call: Call, ref: Ref, bit: number, start: number, end: number, perByte: number): number {
  const { entries } = call.engine.keyspace;
  const bytes = entries.valueLength(ref);
  const first = fromStart(start, bytes * perByte);
  const last = lastFromStart(end, bytes * perByte);
  if (first > last) return -1;
  const bits = 8 / perByte;
  const from = entries.valueStart(ref);
  const found = findBit(entries.valueBytes(ref), from, first * bits, (last + 1) * bits - 1, bit);
  // Zeros follow a string without end, but not a range that was given one.
  return found === -1 && bit === 0 && call.argc <= 4 ? bytes * 8 : found;
}
