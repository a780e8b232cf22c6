/** MEMORY: the container, MEMORY USAGE, and what concerns the allocator. */

import { integer, key, optional } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { command } from "../../../engine/command.js";
import { syntaxError } from "../../../engine/errors.js";
import { typeOf } from "../../../types/types.js";
import { helpCommand } from "../../help.js";
import { doctor } from "./doctor.js";
import { memoryFigures } from "./figures.js";
import { stats } from "./stats.js";
import { TIPS } from "./traits.js";

/** Elements of a collection that MEMORY USAGE looks at unless told. */
const SAMPLES = 5;

const usage = command({
  name: "usage",
  group: "server",
  since: "4.0.0",
  summary: "Tells how many bytes a key and its value take",
  complexity: "O(N), N being the number of samples",
  flags: ["readonly"],
  args: [key("key", ["RO"]), optional(integer("count", { token: "SAMPLES" }))],
  run(call) {
    const samples = readSamples(call);
    const ref = call.database.dict.find(call.key(2));
    const { entries } = call.engine.keyspace;
    if (ref === 0) call.reply.nil();
    else call.reply.integer(typeOf(entries.type(ref)).bytes(entries, ref, samples));
  },
});

/** 0 for all. */
function readSamples(call: Call): number {
  let samples = SAMPLES;
  for (let at = 3; at < call.argc; at += 2) {
    if (!call.is(at, "samples") || at + 1 === call.argc) throw syntaxError();
    samples = call.long(at + 1);
    if (samples < 0) throw syntaxError();
  }
  return samples;
}

const mallocStats = command({
  name: "malloc-stats",
  group: "server",
  since: "4.0.0",
  summary: "Describes the state of the arena that holds the dataset",
  complexity: "O(1)",
  tips: TIPS,
  run(call) {
    const { arena, discardedEntries } = call.engine.keyspace;
    const { allocator } = memoryFigures(call.engine);
    const lines = [
      `blocks: ${arena.blocks}`,
      `bytes of blocks: ${allocator.allocated}`,
      `bytes of slabs and spans: ${allocator.active}`,
      `bytes of chunks: ${arena.mappedBytes}`,
      `open snapshots: ${arena.openCuts}`,
      `bytes freed that a snapshot still sees: ${arena.deferredBytes}`,
      `bytes copied because of snapshots: ${arena.copiedBytes}`,
      `entries of emptied databases to be freed: ${discardedEntries}`,
    ];
    call.reply.verbatim(`${lines.join("\n")}\n`);
  },
});

const purge = command({
  name: "purge",
  group: "server",
  since: "4.0.0",
  summary: "Frees at once what waits to be freed",
  complexity: "O(N), N being the number of blocks that wait",
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  run(call) {
    while (call.engine.keyspace.reclaim(Number.MAX_SAFE_INTEGER)) {}
    call.engine.log.trim();
    call.reply.ok();
  },
});

export const memory = command({
  name: "memory",
  group: "server",
  since: "4.0.0",
  summary: "A container for commands about the use of memory",
  complexity: "Depends on the subcommand",
  subcommands: [doctor, helpCommand("server", "4.0.0"), mallocStats, purge, stats, usage],
});
