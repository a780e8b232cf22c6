/** GETRANGE, its old name SUBSTR, and STRLEN. */

import { integer, key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fromStart, lastFromStart } from "./position.js";

const NO_BYTES = new Uint8Array(0);
const args = [key("key", ["RO", "access"]), integer("start"), integer("end")];

export const getrange = command({
  name: "getrange",
  group: "string",
  since: "2.4.0",
  summary: "Returns the part of a string between two positions, both included",
  complexity: "O(N), N being the length of the part",
  flags: ["readonly"],
  args,
  run: replyRange,
});

export const substr = command({
  name: "substr",
  group: "string",
  since: "1.0.0",
  summary: "Returns the part of a string between two positions, both included",
  complexity: "O(N), N being the length of the part",
  flags: ["readonly"],
  args,
  deprecated: { since: "2.0.0", replacedBy: "`GETRANGE`" },
  run: replyRange,
});

export const strlen = command({
  name: "strlen",
  group: "string",
  since: "2.2.0",
  summary: "Returns the length of a string in bytes",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"])],
  run(call) {
    const ref = call.readString(call.key(1));
    call.reply.integer(ref === 0 ? 0 : call.engine.keyspace.entries.valueLength(ref));
  },
});

function replyRange(call: Call): void {
  const start = call.long(2);
  const end = call.long(3);
  const ref = call.readString(call.key(1));
  const { entries } = call.engine.keyspace;
  const length = ref === 0 ? 0 : entries.valueLength(ref);
  const first = fromStart(start, length);
  const last = lastFromStart(end, length);
  // Two positions before the start are one position by now, though they may have been in the wrong order.
  if (first > last || (start < 0 && end < 0 && start > end)) {
    call.reply.bulk(NO_BYTES);
    return;
  }
  const from = entries.valueStart(ref);
  call.reply.bulk(entries.valueBytes(ref), from + first, from + last + 1);
}
