/** ZCOUNT and ZLEXCOUNT. */

import { double, key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { readSet } from "./access.js";
import { memberRange, type Range, scoreRange, sizeOf } from "./interval.js";

const common = {
  group: "sorted-set",
  complexity: "O(log(N)), N being the number of members in the set",
  flags: ["readonly", "fast"],
} as const;
const set = key("key", ["RO", "access"]);

export const zcount = command({
  ...common,
  name: "zcount",
  since: "2.0.0",
  summary: "Counts the members with scores in a range",
  args: [set, double("min"), double("max")],
  run: (call) => replySize(call, scoreRange(call, 2, 3)),
});

export const zlexcount = command({
  ...common,
  name: "zlexcount",
  since: "2.8.9",
  summary: "Counts the members in a range of members, in a set whose scores are all equal",
  args: [set, string("min"), string("max")],
  run: (call) => replySize(call, memberRange(call, 2, 3)),
});

function replySize(call: Call, range: Range): void {
  const found = readSet(call, call.key(1));
  call.reply.integer(found === null ? 0 : sizeOf(range(found)));
}
