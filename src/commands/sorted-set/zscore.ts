/** ZCARD, ZSCORE, ZMSCORE, ZRANK and ZREVRANK: what a set says of itself and of single members. */

import { key, multiple, optional, string, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { syntaxError, wrongArity } from "../../engine/errors.js";
import { readSet } from "./access.js";

const flags = ["readonly", "fast"] as const;
const set = key("key", ["RO", "access"]);

export const zcard = command({
  name: "zcard",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Counts the members",
  complexity: "O(1)",
  flags,
  args: [key("key", ["RO"])],
  run: (call) => call.reply.integer(readSet(call, call.key(1))?.count ?? 0),
});

export const zscore = command({
  name: "zscore",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Returns the score of a member",
  complexity: "O(1)",
  flags,
  args: [set, string("member")],
  run(call) {
    const found = readSet(call, call.key(1));
    replyScore(call, found === null ? Number.NaN : found.score(call.key(2)));
  },
});

export const zmscore = command({
  name: "zmscore",
  group: "sorted-set",
  since: "6.2.0",
  summary: "Returns the scores of several members",
  complexity: "O(N), N being the number of members asked for",
  flags,
  args: [set, multiple(string("member"))],
  run(call) {
    const found = readSet(call, call.key(1));
    call.reply.array(call.argc - 2);
    for (let at = 2; at < call.argc; at++) {
      replyScore(call, found === null ? Number.NaN : found.score(call.key(at)));
    }
  },
});

const rank = {
  group: "sorted-set",
  since: "2.0.0",
  complexity: "O(log(N)), N being the number of members in the set",
  flags,
  args: [set, string("member"), optional(token("withscore", "WITHSCORE"))],
  history: [["7.2.0", "Added the option `WITHSCORE`."]],
} as const;

export const zrank = command({
  ...rank,
  name: "zrank",
  summary: "Returns the place of a member in the order of ascending scores",
  run: (call) => replyRank(call, false),
});

export const zrevrank = command({
  ...rank,
  name: "zrevrank",
  summary: "Returns the place of a member in the order of descending scores",
  run: (call) => replyRank(call, true),
});

function replyScore(call: Call, score: number): void {
  if (Number.isNaN(score)) call.reply.nil();
  else call.reply.double(score);
}

function replyRank(call: Call, backwards: boolean): void {
  if (call.argc > 4) throw wrongArity(call.command.fullName);
  const withScore = call.argc === 4;
  if (withScore && !call.is(3, "withscore")) throw syntaxError();
  const found = readSet(call, call.key(1));
  const member = call.key(2);
  const place = found === null ? -1 : found.rank(member);
  if (found === null || place < 0) {
    if (withScore) call.reply.nilArray();
    else call.reply.nil();
    return;
  }
  if (withScore) call.reply.array(2);
  call.reply.integer(backwards ? found.count - 1 - place : place);
  if (withScore) call.reply.double(found.score(member));
}
