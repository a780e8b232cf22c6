/** ZRANGESTORE. */

import { key, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { Key } from "../../memory/key.js";
import type { SortedSet } from "../../types/zset.js";
import { createOneOfMany, readSet, storeSet } from "./access.js";
import { sizeOf } from "./interval.js";
import { intervalOf, readSelection, type Selection, visitInterval } from "./selection.js";
import { rangeOptions } from "./zrange.js";

export const zrangestore = command({
  name: "zrangestore",
  group: "sorted-set",
  since: "6.2.0",
  summary: "Puts the members in a range of ranks, scores or members at another key",
  complexity: "O(log(N)+M), N being the number of members in the set, M of those stored",
  flags: ["write", "denyoom"],
  args: [
    key("dst", ["OW", "update"]),
    key("src", ["RO", "access"]),
    string("min"),
    string("max"),
    ...rangeOptions({}),
  ],
  run(call) {
    const selection = readSelection(call, { by: null, reverse: null, at: 3, takesScores: false });
    const source = readSet(call, call.key(2));
    const stored = source === null ? createOneOfMany(call) : copyOf(call, source, selection);
    call.reply.integer(stored.count);
    storeSet(call, call.key(1), stored, "zrangestore");
  },
});

/**
 * A set with the elements that are selected. It begins as Redis's does, which shows in scores of -0, of which a listpack
 * makes 0: indexed if it is known at once to become too large for a listpack, else as a listpack, to which the elements
 * come in the order of the selection until it has to be converted.
 */
function copyOf(call: Call, source: SortedSet, selection: Selection): SortedSet {
  const { keyspace, config } = call.engine;
  const interval = intervalOf(source, selection);
  const copied = createOneOfMany(call);
  const known = selection.by === "rank" ? sizeOf(interval) : 0;
  if (known > config.values["zset-max-listpack-entries"]) copied.turnIndexed();
  const member = new Key();
  visitInterval(source, interval, selection.reverse, ({ bytes, start, end, score }) => {
    copied.insert(keyspace.hasher.set(member, bytes, start, end), score);
  });
  return copied;
}
