/** ZSCAN. What its cursor promises is told in memory/dict.ts. */

import { command } from "../../engine/command.js";
import { Text } from "../../types/text.js";
import { ZSET } from "../../types/type.js";
import { LISTPACK } from "../../types/zset.js";
import { formatDouble, formatG17 } from "../../util/float.js";
import { COLLECTION_SCAN, scanCollection } from "../collection-scan.js";
import { openSet } from "./access.js";

export const zscan = command({
  name: "zscan",
  group: "sorted-set",
  summary: "Goes through the members and their scores, some with each call",
  complexity: "O(1) for each call, O(N) for all of them, N being the number of members in the set",
  ...COLLECTION_SCAN,
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
