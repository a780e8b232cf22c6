/** INCRBYFLOAT. */

import { double, key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, notFloat } from "../../engine/errors.js";
import { KEEP_EXPIRY } from "../../keyspace/database.js";
import { NOTIFY_STRING } from "../../keyspace/events.js";
import type { Ref } from "../../memory/memory.js";
import { PLAIN } from "../../types/string.js";
import { addOperands, type Operand, parseOperand, ZERO } from "../../util/longdouble.js";

const SET = Buffer.from("SET");
const KEEPTTL = Buffer.from("KEEPTTL");

export const incrbyfloat = command({
  name: "incrbyfloat",
  group: "string",
  since: "2.6.0",
  summary: "Adds a number to one with decimals, which is 0 if there is none",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "access", "update"]), double("increment")],
  run(call) {
    const key = call.key(1);
    const ref = call.writeString(key);
    const { bytes, starts, ends } = call.request;
    const value = ref === 0 ? ZERO : stored(call, ref);
    const sum = addOperands(value, parse(bytes, starts[2]!, ends[2]!));
    if (sum === null) throw fail("increment would produce NaN or Infinity");
    const text = Buffer.from(sum);
    call.database.setString(key, text, 0, text.length, KEEP_EXPIRY, PLAIN);
    call.database.changed(key, NOTIFY_STRING, "incrbyfloat");
    // The sum, since another machine's arithmetic might give another one.
    const unit = call.propagateWords(4);
    unit.word(SET);
    unit.word(key.bytes, key.start, key.end);
    unit.word(text);
    unit.word(KEEPTTL);
    call.reply.bulk(text);
  },
});

function stored(call: Call, ref: Ref): Operand {
  const { entries } = call.engine.keyspace;
  const start = entries.valueStart(ref);
  return parse(entries.valueBytes(ref), start, start + entries.valueLength(ref));
}

function parse(bytes: Uint8Array, start: number, end: number): Operand {
  const value = parseOperand(bytes, start, end);
  if (value === null) throw notFloat();
  return value;
}
