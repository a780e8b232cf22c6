/** SLOWLOG: the commands that took longest. */

import { integer, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Flag } from "../../engine/command.js";
import { fail, wrongSubcommand } from "../../engine/errors.js";
import { helpCommand } from "../help.js";

const FLAGS: readonly Flag[] = ["admin", "loading", "stale"];
const SHOWN = 10;

const get = command({
  name: "get",
  group: "server",
  since: "2.2.12",
  summary: "Lists the newest entries, ten unless told; -1 is all of them",
  complexity: "O(N), N being the number of entries listed",
  flags: FLAGS,
  args: [optional(integer("count"))],
  history: [["4.0.0", "Shows the client's address and name."]],
  tips: ["request_policy:all_nodes", "nondeterministic_output"],
  run(call) {
    if (call.argc > 3) throw wrongSubcommand(call.shown(1, 128), "SLOWLOG");
    const count = call.argc === 3 ? readCount(call) : SHOWN;
    const { slowLog } = call.engine;
    const entries = slowLog.newest(count === -1 ? slowLog.length : count);
    const { reply } = call;
    reply.array(entries.length);
    for (const { id, time, microseconds, args, remote, clientName } of entries) {
      reply.array(6);
      for (const number of [id, time, microseconds]) reply.integer(number);
      reply.array(args.length);
      for (const arg of args) reply.bulk(arg);
      reply.text(remote);
      reply.text(clientName);
    }
  },
});

function readCount(call: Call): number {
  const bad = (): Error => fail("count should be greater than or equal to -1");
  const count = call.long(2, bad);
  if (count < -1) throw bad();
  return count;
}

const len = command({
  name: "len",
  group: "server",
  since: "2.2.12",
  summary: "Counts the entries",
  complexity: "O(1)",
  flags: FLAGS,
  tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
  run: (call) => call.reply.integer(call.engine.slowLog.length),
});

const reset = command({
  name: "reset",
  group: "server",
  since: "2.2.12",
  summary: "Forgets all entries",
  complexity: "O(N), N being the number of entries",
  flags: FLAGS,
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  run(call) {
    call.engine.slowLog.clear();
    call.reply.ok();
  },
});

export const slowLog = command({
  name: "slowlog",
  group: "server",
  since: "2.2.12",
  summary: "A container for commands about the log of slow commands",
  complexity: "Depends on the subcommand",
  subcommands: [get, helpCommand("server", "6.2.0"), len, reset],
});
