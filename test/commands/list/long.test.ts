/** Lists of many nodes. */

import { sameReplies } from "../../support/compare.js";

/** One line with so many elements. */
const many = (command: string, count: number, width: number): string =>
  `${command} ${Array.from({ length: count }, (_, i) => `${i % 50}-${"v".repeat(width)}`).join(" ")}`;

sameReplies(
  "long lists",
  `
=== many nodes
${many("RPUSH l", 2000, 20)}
${many("LPUSH l", 2000, 200)}
LLEN l
LINDEX l 0
LINDEX l 1999
LINDEX l 2000
LINDEX l -1
LINDEX l 3000
LRANGE l 1990 2010
LPOS l 7-${"v".repeat(20)} RANK 3
LPOS l 7-${"v".repeat(20)} RANK -3 COUNT 3
LINSERT l BEFORE 7-${"v".repeat(20)} here
LINSERT l AFTER here ${"w".repeat(9000)}
LPOS l here
LSET l 1000 ${"x".repeat(5000)}
LSET l -1000 ""
LREM l 10 3-${"v".repeat(200)}
LREM l -10 3-${"v".repeat(20)}
LREM l 0 4-${"v".repeat(20)}
LTRIM l 100 -100
LLEN l
LPOP l 300
RPOP l 300
LMOVE l l RIGHT LEFT
LMPOP 1 l RIGHT COUNT 50
LRANGE l 0 -1
=== the digest sees a long list
${many("RPUSH l", 500, 30)}
DEBUG DIGEST-VALUE l
COPY l m
DEBUG DIGEST-VALUE m
LPOP m
DEBUG DIGEST-VALUE l m
RENAME l k
DEBUG DIGEST-VALUE k
`,
);

sameReplies(
  "small nodes",
  `
=== two elements a node
RPUSH l 1 2 3 4 5 6 7 8 9
LINSERT l AFTER 3 x
LINSERT l BEFORE 4 y
LINSERT l BEFORE 1 z
LINSERT l AFTER 9 w
LRANGE l 0 -1
LREM l 1 x
LSET l 3 q
LTRIM l 1 -3
LRANGE l 0 -1
LPOP l 3
RPOP l
LRANGE l 0 -1
`,
  { directives: { "list-max-listpack-size": "2" } },
);
