/** BITCOUNT. */

import { block, integer, key, optional } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { syntaxError } from "../../engine/errors.js";
import { fromStart, lastFromStart } from "../string/position.js";
import { countBits } from "./population.js";
import { readUnit, unitArgument } from "./range.js";

export const bitcount = command({
  name: "bitcount",
  group: "bitmap",
  since: "2.6.0",
  summary: "Counts the set bits of a string or of a part of it",
  complexity: "O(N), N being the length of the part",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    optional(block("range", [integer("start"), integer("end"), unitArgument])),
  ],
  history: [["7.0.0", "Takes the option `BYTE|BIT`."]],
  run(call) {
    if (call.argc === 3 || call.argc > 5) throw syntaxError();
    const start = call.argc > 2 ? call.long(2) : 0;
    const end = call.argc > 2 ? call.long(3) : -1;
    const perByte = call.argc === 5 ? readUnit(call, 4) : 1;
    const ref = call.readString(call.key(1));
    const { entries } = call.engine.keyspace;
    const length = ref === 0 ? 0 : entries.valueLength(ref) * perByte;
    const first = fromStart(start, length);
    const last = lastFromStart(end, length);
    // Two positions before the start are one position by now, though they may have been in the wrong order.
    if (first > last || (start < 0 && end < 0 && start > end)) {
      call.reply.integer(0);
      return;
    }
    const bits = 8 / perByte;
    const from = entries.valueStart(ref);
    call.reply.integer(countBits(entries.valueBytes(ref), from, first * bits, (last + 1) * bits - 1));
  },
});
