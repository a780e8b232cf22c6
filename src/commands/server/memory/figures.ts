/**
 * The server's memory in numbers, for INFO memory and MEMORY STATS.
 *
 * The allocator here is the arena that holds the dataset: allocated are the bytes of its blocks, active those of the
 * slabs and spans that hold them, resident what the system has given for them. What the process has beyond that is
 * JavaScript's: its heap and its code.
 */

import type { Engine } from "../../../engine/engine.js";

export interface MemoryFigures {
  /** Bytes of all that the server counts, now, at most, and when it had started. */
  readonly used: number;
  readonly peak: number;
  readonly startup: number;
  /** Used bytes that are no data, and those that are. */
  readonly overhead: number;
  readonly dataset: number;
  /** Per cent of what was not in use at the start. */
  readonly datasetPercent: number;
  readonly peakPercent: number;
  readonly clients: number;
  /** Bytes of the stream that are kept: for the backlog, and beyond that for replicas that have not got them yet. */
  readonly backlog: number;
  readonly replicas: number;
  readonly aofBuffer: number;
  readonly notCountedForEviction: number;
  readonly resident: number;
  readonly allocator: { readonly allocated: number; readonly active: number; readonly resident: number };
  readonly keys: number;
}

export function memoryFigures(engine: Engine): MemoryFigures {
  const { memory, keyspace, services, platform } = engine;
  memory.notePeaks();
  const used = memory.usedBytes;
  const overhead = memory.overheadBytes;
  const dataset = used - overhead;
  const { arena } = keyspace;
  const kept = services.primary.backlog?.length ?? 0;
  // What goes beyond the backlog's size is kept for replicas that are behind, if there are any.
  const hasReplicas = services.primary.replicas.length > 0;
  const backlog = hasReplicas ? Math.min(kept, engine.config.values["repl-backlog-size"]) : kept;
  return {
    used,
    peak: memory.peakBytes,
    startup: memory.startupBytes,
    overhead,
    dataset,
    datasetPercent: 100 * ratio(dataset, used - memory.startupBytes),
    peakPercent: 100 * ratio(used, memory.peakBytes),
    clients: memory.clientBytes,
    backlog,
    replicas: kept - backlog,
    aofBuffer: (services.aof?.bufferedBytes ?? 0) + (services.aof?.rewriteBufferBytes ?? 0),
    notCountedForEviction: used - memory.evictableBytes,
    resident: platform.host.residentBytes(),
    allocator: { allocated: arena.usedBytes, active: arena.activeBytes, resident: memory.arenaResidentBytes },
    keys: keyspace.databases.reduce((sum, { count }) => sum + count, 0),
  };
}

/** 1 for two zeros: nothing is all of nothing. */
export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 1;
}
