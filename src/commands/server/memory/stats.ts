/** MEMORY STATS. */

import type { Call } from "../../../engine/call.js";
import { command } from "../../../engine/command.js";
import { type MemoryFigures, memoryFigures, ratio } from "./figures.js";
import { TIPS } from "./traits.js";

export const stats = command({
  name: "stats",
  group: "server",
  since: "4.0.0",
  summary: "Tells what the server's memory is used for",
  complexity: "O(1)",
  tips: TIPS,
  run(call) {
    const figures = memoryFigures(call.engine);
    call.reply.counted("map", () => {
      const before = writeNumbers(call, totals(figures));
      const databases = writeDatabases(call);
      const behind = writeNumbers(call, datasetFigures(figures));
      const rows = allocatorFigures(figures);
      return before + databases + behind + writeNumbers(call, rows);
    });
  },
});

type Rows = readonly (readonly [name: string, value: number])[];
/** Names of numbers that are no integers. */
const FRACTION = /percentage$|ratio$|^fragmentation$/;

function totals({ peak, used, startup, clients, backlog, replicas, aofBuffer }: MemoryFigures): Rows {
  return [
    ["peak.allocated", peak],
    ["total.allocated", used],
    ["startup.allocated", startup],
    ["replication.backlog", backlog],
    ["clients.slaves", replicas],
    ["clients.normal", clients],
    ["cluster.links", 0],
    ["aof.buffer", aofBuffer],
    ["lua.caches", 0],
    ["functions.caches", 0],
  ];
}

function datasetFigures({ overhead, keys, used, startup, dataset }: MemoryFigures): Rows {
  return [
    ["overhead.total", overhead],
    ["keys.count", keys],
    ["keys.bytes-per-key", keys === 0 ? 0 : Math.floor((used - startup) / keys)],
    ["dataset.bytes", dataset],
  ];
}

function allocatorFigures({ datasetPercent, peakPercent, allocator, resident, used }: MemoryFigures): Rows {
  return [
    ["dataset.percentage", datasetPercent],
    ["peak.percentage", peakPercent],
    ["allocator.allocated", allocator.allocated],
    ["allocator.active", allocator.active],
    ["allocator.resident", allocator.resident],
    ["allocator-fragmentation.ratio", ratio(allocator.active, allocator.allocated)],
    ["allocator-fragmentation.bytes", allocator.active - allocator.allocated],
    ["allocator-rss.ratio", ratio(allocator.resident, allocator.active)],
    ["allocator-rss.bytes", allocator.resident - allocator.active],
    ["rss-overhead.ratio", ratio(resident, allocator.resident)],
    ["rss-overhead.bytes", resident - allocator.resident],
    ["fragmentation", ratio(resident, used)],
    ["fragmentation.bytes", resident - used],
  ];
}

/** A nested map for each database that has keys; returns how many. */
function writeDatabases(call: Call): number {
  const filled = call.engine.keyspace.databases.filter(({ count }) => count > 0);
  for (const { index, dict, expires } of filled) {
    call.reply.text(`db.${index}`);
    call.reply.map(3);
    writeNumbers(call, [
      ["overhead.hashtable.main", dict.tableBytes],
      ["overhead.hashtable.expires", expires.tableBytes],
      ["overhead.hashtable.slot-to-keys", 0],
    ]);
  }
  return filled.length;
}

/** Returns how many rows there are. */
function writeNumbers({ reply }: Call, rows: Rows): number {
  for (const [name, value] of rows) {
    reply.text(name);
    if (FRACTION.test(name)) reply.double(value);
    else reply.integer(value);
  }
  return rows.length;
}
