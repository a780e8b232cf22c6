/** LATENCY: the container, and the subcommands that list what the monitor has seen. */

import { multiple, optional, string } from "../../../engine/argument.js";
import { command } from "../../../engine/command.js";
import { fail } from "../../../engine/errors.js";
import { helpCommand } from "../../help.js";
import { doctor } from "./doctor.js";
import { latencyGraph } from "./graph.js";
import { histogram } from "./histogram.js";
import { FLAGS, TIPS } from "./traits.js";

const graph = command({
  name: "graph",
  group: "server",
  since: "2.8.13",
  summary: "Draws the spikes of an event",
  complexity: "O(1)",
  flags: FLAGS,
  args: [string("event")],
  tips: TIPS,
  run(call) {
    const event = call.engine.latency.event(call.text(2));
    if (event === undefined) throw fail(`No samples available for event '${call.shown(2)}'`);
    call.reply.verbatim(latencyGraph(event, Math.floor(call.engine.keyspace.now / 1000)));
  },
});

const history = command({
  name: "history",
  group: "server",
  since: "2.8.13",
  summary: "Lists the spikes of an event, with their times",
  complexity: "O(1)",
  flags: FLAGS,
  args: [string("event")],
  tips: TIPS,
  run(call) {
    const spikes = call.engine.latency.event(call.text(2))?.spikes ?? [];
    call.reply.array(spikes.length);
    for (const { time, ms } of spikes) {
      call.reply.array(2);
      call.reply.integer(time);
      call.reply.integer(ms);
    }
  },
});

const latest = command({
  name: "latest",
  group: "server",
  since: "2.8.13",
  summary: "Lists all events with their latest and their worst spike",
  complexity: "O(1)",
  flags: FLAGS,
  tips: TIPS,
  run(call) {
    const events = call.engine.latency.all;
    call.reply.array(events.length);
    for (const { name, spikes, maxMs } of events) {
      const last = spikes[spikes.length - 1]!;
      call.reply.array(4);
      call.reply.text(name);
      for (const number of [last.time, last.ms, maxMs]) call.reply.integer(number);
    }
  },
});

const reset = command({
  name: "reset",
  group: "server",
  since: "2.8.13",
  summary: "Forgets the spikes of the given events, or of all",
  complexity: "O(1)",
  flags: FLAGS,
  args: [optional(multiple(string("event")))],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  run(call) {
    const names = Array.from({ length: call.argc - 2 }, (_, i) => call.text(i + 2));
    call.reply.integer(call.engine.latency.reset(names));
  },
});

export const latency = command({
  name: "latency",
  group: "server",
  since: "2.8.13",
  summary: "A container for commands about what took long",
  complexity: "Depends on the subcommand",
  subcommands: [doctor, graph, helpCommand("server", "2.8.13"), histogram, history, latest, reset],
});
