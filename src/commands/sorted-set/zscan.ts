/** ZSCAN. What its cursor promises is told in memory/dict.ts. */

import { integer, key, optional, pattern } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { Text } from "../../types/text.js";
import { ZSET } from "../../types/type.js";
import { LISTPACK } from "../../types/zset.js";
import { formatDouble, formatG17 } from "../../util/float.js";
import { scanCollection } from "../collection-scan.js";
import { openSet } from "./access.js";

export const zscan = command({
  name: "zscan",
  group: "sorted-set",
  since: "2.8.0",
  summary: "Goes through the members and their scores, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of members in the set",
  flags: ["readonly"],
  args: [
    key("key", ["RO", "access"]),
    integer("cursor"),
    optional(pattern("pattern", { token: "MATCH" })),
    optional(integer("count", { token: "COUNT" })),
  ],
  tips: ["nondeterministic_output"],
  run(call) {
    scanCollection(call, ZSET, (ref, cursor, count, visit) => {
      const set = openSet(call, ref);
      // A packed set holds its scores as text, an indexed one is asked for seventeen digits.
      const format = set.encoding === LISTPACK ? formatDouble : formatG17;
      const member = new Text();
      const score = new Text();
      return set.scan(cursor, count, (element) => {
        const text = Buffer.from(format(element.score));
        member.set(element.bytes, element.start, element.end);
        score.set(text, 0, text.length);
        visit(member, score);
      });
    });
  },
});
