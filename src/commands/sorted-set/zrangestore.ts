/** ZRANGESTORE. */

import { key, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { Key } from "../../memory/key.js";
import { createResult, readSet, storeSet } from "./access.js";
import { intervalOf, readSelection, visitInterval } from "./selection.js";
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
    const stored = createResult(call);
    if (source !== null) {
      const { hasher } = call.engine.keyspace;
      const member = new Key();
      visitInterval(source, intervalOf(source, selection), false, ({ bytes, start, end, score }) => {
        stored.insert(hasher.set(member, bytes, start, end), score);
      });
    }
    call.reply.integer(stored.count);
    storeSet(call, call.key(1), stored, "zrangestore");
  },
});
