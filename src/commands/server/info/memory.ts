/** INFO memory. There are no scripts and functions yet; what they take is nothing. */

import type { Engine } from "../../../engine/engine.js";
import { type MemoryFigures, memoryFigures, ratio } from "../memory/figures.js";
import { type Field, section, sizes } from "./section.js";

export const memory = section("Memory", (engine) => {
  const figures = memoryFigures(engine);
  return [
    ...usedMemory(figures),
    ...sizes("total_system_memory", engine.platform.host.totalMemoryBytes()),
    ...scripts(),
    ...limits(engine),
    ...fragmentation(figures),
    ...buffers(figures),
    ["mem_allocator", "tidemark-arena"],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", engine.keyspace.discardedEntries],
    ["lazyfreed_objects", engine.keyspace.stats.lazilyFreed],
  ];
});

function usedMemory(figures: MemoryFigures): Field[] {
  const { allocated, active, resident } = figures.allocator;
  return [
    ...sizes("used_memory", figures.used),
    ...sizes("used_memory_rss", figures.resident),
    ...sizes("used_memory_peak", figures.peak),
    ["used_memory_peak_perc", `${figures.peakPercent.toFixed(2)}%`],
    ["used_memory_overhead", figures.overhead],
    ["used_memory_startup", figures.startup],
    ["used_memory_dataset", figures.dataset],
    ["used_memory_dataset_perc", `${figures.datasetPercent.toFixed(2)}%`],
    ["allocator_allocated", allocated],
    ["allocator_active", active],
    ["allocator_resident", resident],
  ];
}

function scripts(): Field[] {
  return [
    ["used_memory_lua", 0],
    ["used_memory_vm_eval", 0],
    ["used_memory_lua_human", "0B"],
    ["used_memory_scripts_eval", 0],
    ["number_of_cached_scripts", 0],
    ["number_of_functions", 0],
    ["number_of_libraries", 0],
    ["used_memory_vm_functions", 0],
    ...sizes("used_memory_vm_total", 0),
    ["used_memory_functions", 0],
    ...sizes("used_memory_scripts", 0),
  ];
}

function limits({ config: { values } }: Engine): Field[] {
  return [...sizes("maxmemory", values.maxmemory), ["maxmemory_policy", values["maxmemory-policy"]]];
}

/** What is lost between the data and the memory of the process, step by step. */
function fragmentation({ allocator, resident, used }: MemoryFigures): Field[] {
  return [
    ...loss("allocator_frag", allocator.active, allocator.allocated),
    ...loss("allocator_rss", allocator.resident, allocator.active),
    ...loss("rss_overhead", resident, allocator.resident),
    ...loss("mem_fragmentation", resident, used),
  ];
}

function loss(name: string, taken: number, needed: number): Field[] {
  return [
    [`${name}_ratio`, ratio(taken, needed).toFixed(2)],
    [`${name}_bytes`, taken - needed],
  ];
}

function buffers(figures: MemoryFigures): Field[] {
  return [
    ["mem_not_counted_for_evict", figures.notCountedForEviction],
    ["mem_replication_backlog", figures.backlog],
    ["mem_total_replication_buffers", figures.backlog + figures.replicas],
    ["mem_clients_slaves", figures.replicas],
    ["mem_clients_normal", figures.clients],
    ["mem_cluster_links", 0],
    ["mem_aof_buffer", figures.aofBuffer],
  ];
}
