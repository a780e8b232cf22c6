/** ZRANGE and the commands that it has replaced. */

import {
  type Argument,
  block,
  double,
  integer,
  key,
  oneOf,
  optional,
  string,
  token,
} from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { readSet } from "./access.js";
import { elementReplier, replyElements } from "./elements.js";
import { sizeOf } from "./interval.js";
import { type By, intervalOf, readSelection, visitInterval } from "./selection.js";

const common = {
  group: "sorted-set",
  complexity: "O(log(N)+M), N being the number of members in the set, M of those returned",
  flags: ["readonly"],
} as const;

const set = key("key", ["RO", "access"]);
const withScores = optional(token("withscores", "WITHSCORES"));
const withScoresSince2 = optional(token("withscores", "WITHSCORES", { since: "2.0.0" }));
const limit = optional(block("limit", [integer("offset"), integer("count")], { token: "LIMIT" }));

/** The options of ZRANGE and ZRANGESTORE behind the bounds; `since` where they came later than the command. */
export function rangeOptions(since: { readonly since?: string }): Argument[] {
  return [
    optional(oneOf("sortby", [token("byscore", "BYSCORE"), token("bylex", "BYLEX")], since)),
    optional(token("rev", "REV", since)),
    optional(block("limit", [integer("offset"), integer("count")], { token: "LIMIT", ...since })),
  ];
}

export const zrange = command({
  ...common,
  name: "zrange",
  since: "1.2.0",
  summary: "Returns the members in a range of ranks, scores or members",
  args: [set, string("start"), string("stop"), ...rangeOptions({ since: "6.2.0" }), withScores],
  history: [["6.2.0", "Added the options `REV`, `BYSCORE`, `BYLEX` and `LIMIT`."]],
  run: (call) => replyRange(call, null, null),
});

export const zrevrange = command({
  ...common,
  name: "zrevrange",
  since: "1.2.0",
  summary: "Returns the members in a range of ranks, counted from the highest score",
  args: [set, integer("start"), integer("stop"), withScores],
  deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` argument" },
  run: (call) => replyRange(call, "rank", true),
});

export const zrangebyscore = command({
  ...common,
  name: "zrangebyscore",
  since: "1.0.5",
  summary: "Returns the members with scores in a range",
  args: [set, double("min"), double("max"), withScoresSince2, limit],
  history: [["2.0.0", "Added the option `WITHSCORES`."]],
  deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `BYSCORE` argument" },
  run: (call) => replyRange(call, "score", false),
});

export const zrevrangebyscore = command({
  ...common,
  name: "zrevrangebyscore",
  since: "2.2.0",
  summary: "Returns the members with scores in a range, in descending order",
  args: [set, double("max"), double("min"), withScores, limit],
  history: [["2.1.6", "`min` and `max` can be exclusive."]],
  deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments" },
  run: (call) => replyRange(call, "score", true),
});

export const zrangebylex = command({
  ...common,
  name: "zrangebylex",
  since: "2.8.9",
  summary: "Returns the members in a range of members, in a set whose scores are all equal",
  args: [set, string("min"), string("max"), limit],
  deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `BYLEX` argument" },
  run: (call) => replyRange(call, "member", false),
});

export const zrevrangebylex = command({
  ...common,
  name: "zrevrangebylex",
  since: "2.8.9",
  summary:
    "Returns the members in a range of members in descending order, in a set whose scores are all equal",
  args: [set, string("max"), string("min"), limit],
  deprecated: { since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments" },
  run: (call) => replyRange(call, "member", true),
});

function replyRange(call: Call, by: By | null, reverse: boolean | null): void {
  const selection = readSelection(call, { by, reverse, at: 2, takesScores: true });
  const found = readSet(call, call.key(1));
  if (found === null) {
    call.reply.array(0);
    return;
  }
  const interval = intervalOf(found, selection);
  replyElements(call, sizeOf(interval), selection.withScores);
  visitInterval(found, interval, selection.reverse, elementReplier(call, selection.withScores));
}
