/**
 * What the server's memory is used for: the numbers of INFO memory, MEMORY STATS and `maxmemory`.
 *
 * Counted is what grows with the data and the clients: the arena and the buffers. What Node needs to run is in
 * `used_memory_rss` alone, so that a `maxmemory` of few megabytes, as redis-server takes it, has room for data here too.
 */

import type { Engine } from "./engine.js";

/** `client_recent_max_*` look back this many seconds. */
const RECENT_SECONDS = 8;

/** The largest value of the last eight seconds. */
export class RecentMaximum {
  private readonly slots = new Float64Array(RECENT_SECONDS);
  private second = 0;

  /** `second` since 1970. */
  add(value: number, second: number): void {
    const passed = Math.min(RECENT_SECONDS, Math.max(0, second - this.second));
    for (let i = 0; i < passed; i++) this.slots[(second - i) % RECENT_SECONDS] = 0;
    this.second = second;
    const at = second % RECENT_SECONDS;
    this.slots[at] = Math.max(this.slots[at]!, value);
  }

  get value(): number {
    return Math.max(...this.slots);
  }
}

export class MemoryAccount {
  /** Used bytes before there were data: tables of empty databases. */
  startupBytes = 0;
  /** Bytes of all clients' buffers, as of the last cron. */
  clientBytes = 0;
  /** The most that `usedBytes` has been. */
  peakBytes = 0;
  private peakActiveBytes = 0;
  /** The largest buffers that any client had lately. */
  readonly recentInput = new RecentMaximum();
  readonly recentOutput = new RecentMaximum();

  /** What the log has even when nothing was ever written. */
  private readonly idleLogBytes: number;

  constructor(private readonly engine: Engine) {
    this.idleLogBytes = engine.log.memoryBytes;
  }

  /** Bytes of the dataset: entries, values and tables. */
  get datasetBytes(): number {
    return this.engine.keyspace.arena.usedBytes;
  }

  /** INFO's used_memory. */
  get usedBytes(): number {
    return this.datasetBytes + this.clientBytes + this.logBytes;
  }

  /** Bytes of the log's buffers that wait for the disk or for replicas. */
  private get logBytes(): number {
    return Math.max(0, this.engine.log.memoryBytes - this.idleLogBytes);
  }

  /** Bytes that are no data: what the server needs to run, its buffers, and the tables that find keys. */
  get overheadBytes(): number {
    const tables = this.engine.keyspace.databases.reduce(
      (sum, { dict, expires }) => sum + dict.tableBytes + expires.tableBytes,
      0,
    );
    return this.clientBytes + this.logBytes + tables;
  }

  /**
   * What counts against `maxmemory`: all but the log's buffers, which grow while the evicted keys are written, and what
   * was freed and stays for an open snapshot: no eviction could make that less.
   */
  get evictableBytes(): number {
    const { usedBytes, deferredBytes } = this.engine.keyspace.arena;
    return usedBytes - deferredBytes + this.clientBytes;
  }

  /**
   * Bytes of the arena that the system is likely to keep in memory: of a chunk it gives pages when they are first
   * touched, and takes none back before the whole chunk is given up.
   */
  get arenaResidentBytes(): number {
    return Math.min(this.engine.keyspace.arena.mappedBytes, this.peakActiveBytes);
  }

  /** Notes the peaks; called before they are shown. */
  notePeaks(): void {
    this.peakBytes = Math.max(this.peakBytes, this.usedBytes);
    this.peakActiveBytes = Math.max(this.peakActiveBytes, this.engine.keyspace.arena.activeBytes);
  }

  /** Ten times a second. */
  cron(): void {
    const second = Math.floor(this.engine.keyspace.now / 1000);
    this.recentInput.add(0, second);
    this.recentOutput.add(0, second);
    let bytes = 0;
    for (const client of this.engine.clients.all()) {
      // What waits for a replica lies in the log, and evicting keys would only make it more.
      if (client.replica !== null) continue;
      const { link, reply } = client;
      bytes += client.bufferBytes;
      this.recentInput.add(link.queryBufferBytes, second);
      this.recentOutput.add(link.outputBytes + reply.heldBytes, second);
    }
    this.clientBytes = bytes;
    this.notePeaks();
  }
}
