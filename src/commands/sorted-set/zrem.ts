/** ZREM, ZREMRANGEBYRANK, ZREMRANGEBYSCORE and ZREMRANGEBYLEX. */

import { double, integer, key, multiple, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { ABSENT } from "../../types/zset.js";
import { holdSet, removeElements, tellGone, writeEntry } from "./access.js";
import { memberRange, type Range, rankRange, scoreRange, sizeOf } from "./interval.js";

const set = key("key", ["RW", "delete"]);
const common = {
  group: "sorted-set",
  complexity: "O(log(N)+M), N being the number of members in the set, M of those removed",
  flags: ["write"],
} as const;

export const zrem = command({
  name: "zrem",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Removes members",
  complexity: "O(M*log(N)), N being the number of members in the set, M of those to remove",
  flags: ["write", "fast"],
  args: [set, multiple(string("member"))],
  history: [["2.4.0", "Takes more than one member."]],
  run(call) {
    const name = call.key(1);
    const ref = writeEntry(call, name);
    let gone = 0;
    if (ref !== 0) {
      const found = holdSet(call, name, ref);
      for (let at = 2; at < call.argc && found.count > 0; at++) {
        const member = call.key(at);
        const handle = found.find(member);
        if (handle === ABSENT) continue;
        found.remove(member, handle);
        gone++;
      }
      if (gone > 0) tellGone(call, name, found, gone, "zrem");
    }
    call.reply.integer(gone);
  },
});

export const zremrangebyrank = command({
  ...common,
  name: "zremrangebyrank",
  since: "2.0.0",
  summary: "Removes the members with ranks in a range",
  args: [set, integer("start"), integer("stop")],
  run: (call) => removeRange(call, rankRange(call, 2, 3), "zremrangebyrank"),
});

export const zremrangebyscore = command({
  ...common,
  name: "zremrangebyscore",
  since: "1.2.0",
  summary: "Removes the members with scores in a range",
  args: [set, double("min"), double("max")],
  run: (call) => removeRange(call, scoreRange(call, 2, 3), "zremrangebyscore"),
});

export const zremrangebylex = command({
  ...common,
  name: "zremrangebylex",
  since: "2.8.9",
  summary: "Removes the members in a range of members, in a set whose scores are all equal",
  args: [set, string("min"), string("max")],
  run: (call) => removeRange(call, memberRange(call, 2, 3), "zremrangebylex"),
});

function removeRange(call: Call, range: Range, event: string): void {
  const name = call.key(1);
  const ref = writeEntry(call, name);
  let gone = 0;
  if (ref !== 0) {
    const found = holdSet(call, name, ref);
    const interval = range(found);
    gone = sizeOf(interval);
    if (gone > 0) removeElements(call, name, found, interval.start, gone, event);
  }
  call.reply.integer(gone);
}
