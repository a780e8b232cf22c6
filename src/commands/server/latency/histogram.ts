/** LATENCY HISTOGRAM. */

import { multiple, optional, string } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { type Command, command } from "../../../engine/command.js";
import type { Histogram } from "../../../engine/histogram.js";
import { FLAGS, TIPS } from "./traits.js";

export const histogram = command({
  name: "histogram",
  group: "server",
  since: "7.0.0",
  summary: "Tells how many calls of commands took how long at most",
  complexity: "O(N), N being the number of commands shown",
  flags: FLAGS,
  args: [optional(multiple(string("command")))],
  tips: TIPS,
  run(call) {
    call.reply.counted("map", () => {
      const wanted = wantedCommands(call);
      for (const [command, histogram] of wanted) writeHistogram(call, command, histogram);
      return wanted.length;
    });
  },
});

/** Those that are named and have been called; of a container its subcommands. Without names all of them. */
function wantedCommands(call: Call): [Command, Histogram][] {
  const { commands } = call.engine;
  if (call.argc === 2) return commands.whole().flatMap(tracked);
  const found: [Command, Histogram][] = [];
  for (let at = 2; at < call.argc; at++) {
    const named = commands.named(call.text(at).toLowerCase());
    if (named !== undefined) found.push(...[named, ...named.subcommands.values()].flatMap(tracked));
  }
  return found;
}

function tracked(command: Command): [Command, Histogram][] {
  return command.histogram === null ? [] : [[command, command.histogram]];
}

function writeHistogram({ reply }: Call, command: Command, histogram: Histogram): void {
  const rows = histogram.cumulative();
  reply.text(command.fullName);
  reply.map(2);
  reply.text("calls");
  reply.integer(histogram.count);
  reply.text("histogram_usec");
  reply.map(rows.length);
  for (const [microseconds, calls] of rows) {
    reply.integer(microseconds);
    reply.integer(calls);
  }
}
