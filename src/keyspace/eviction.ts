/**
 * Eviction under `maxmemory`: approximate LRU, LFU or TTL by sampling, or at random, among all keys or those with an
 * expiry. Samples that looked good stay in a pool of sixteen, which makes the choice nearly as good as an exact one. A
 * candidate that was used or changed while it waited in the pool is dropped when its turn comes.
 */

import type { Config } from "../config/config.js";
import type { Dict } from "../memory/dict.js";
import type { Ref } from "../memory/memory.js";
import type { Chance } from "../platform/chance.js";
import type { Clock } from "../platform/clock.js";
import type { Database } from "./database.js";
import type { Atomically } from "./expiry-cycle.js";
import type { Keyspace } from "./keyspace.js";

const POOL = 16;
/** Entries of emptied databases that are freed before anything is evicted, at a time. */
const RECLAIM = 1000;

interface Candidate {
  readonly database: Database;
  readonly hash: number;
  readonly ref: Ref;
  /** The higher, the sooner it goes. */
  readonly score: number;
}

export class Eviction {
  /** Sorted, the best candidate last. */
  private readonly pool: Candidate[] = [];
  /** The policy whose scores the pool holds. */
  private poolPolicy = "";
  private nextDatabase = 0;
  /** When memory first exceeded the limit without interruption, monotonic microseconds; 0 while it does not. */
  exceededSinceUs = 0;
  /** Microseconds during which memory exceeded the limit, before the current time. */
  exceededUs = 0;
  /** Time was over before memory was within the limit: to be called again soon. */
  onUnfinished: () => void = () => {};

  constructor(
    private readonly keyspace: Keyspace,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly chance: Chance,
    /** Bytes that count against maxmemory. */
    private readonly usedBytes: () => number,
    private readonly atomically: Atomically,
  ) {}

  /**
   * Evicts until memory is within `maxmemory`, as far as `maxmemory-eviction-tenacity` gives it time; false when it is
   * above and nothing can be evicted. Whoever may not expire keys by itself, a replica or a server whose clients are
   * paused, may not evict any either, and is never full.
   */
  makeRoom(): boolean {
    const limit = this.config.values.maxmemory;
    if (this.keyspace.expiryMode !== "delete") return true;
    if (limit === 0 || this.usedBytes() <= limit) {
      this.withinLimit();
      return true;
    }
    return this.evict(limit);
  }

  private evict(limit: number): boolean {
    const started = this.clock.monotonicUs();
    if (this.exceededSinceUs === 0) this.exceededSinceUs = started;
    if (this.config.values["maxmemory-policy"] === "noeviction") return false;
    const deadline = started + this.timeLimitUs();
    for (let evicted = 1; this.usedBytes() > limit; evicted++) {
      // What was flushed already costs nobody anything.
      const reclaimed = this.keyspace.discardedEntries > 0;
      if (reclaimed) this.keyspace.reclaim(RECLAIM);
      else if (!this.evictOne()) return false;
      if ((reclaimed || evicted % 16 === 0) && this.clock.monotonicUs() > deadline) {
        this.onUnfinished();
        return true;
      }
    }
    this.withinLimit();
    return true;
  }

  private withinLimit(): void {
    if (this.exceededSinceUs === 0) return;
    this.exceededUs += this.clock.monotonicUs() - this.exceededSinceUs;
    this.exceededSinceUs = 0;
  }

  private timeLimitUs(): number {
    const tenacity = this.config.values["maxmemory-eviction-tenacity"];
    if (tenacity <= 10) return 50 * tenacity;
    return tenacity === 100 ? Number.POSITIVE_INFINITY : 500 * 1.15 ** (tenacity - 10);
  }

  private evictOne(): boolean {
    const policy = this.config.values["maxmemory-policy"];
    const victim = policy.endsWith("-random") ? this.anyKey(policy) : this.bestOfPool(policy);
    if (victim === null) return false;
    this.atomically(() => {
      const { database, ref } = victim;
      this.keyspace.evict(database, this.keyspace.borrowKey(ref), ref);
    });
    return true;
  }

  private anyKey(policy: string): Candidate | null {
    const { databases } = this.keyspace;
    for (let visited = 0; visited < databases.length; visited++) {
      const database = databases[this.nextDatabase++ % databases.length]!;
      const ref = choices(policy, database).random(this.chance);
      if (ref !== 0) return { database, hash: this.keyspace.borrowKey(ref).hash, ref, score: 0 };
    }
    return null;
  }

  private bestOfPool(policy: string): Candidate | null {
    if (policy !== this.poolPolicy) this.pool.length = 0;
    this.poolPolicy = policy;
    for (;;) {
      const sampled = this.fillPool(policy);
      while (this.pool.length > 0) {
        const best = this.pool.pop()!;
        if (this.isStillGood(policy, best)) return best;
      }
      if (sampled === 0) return null;
    }
  }

  /** The entry is there, of the kind that the policy may take, and has not become a worse choice. */
  private isStillGood(policy: string, { database, hash, ref, score }: Candidate): boolean {
    return choices(policy, database).has(hash, ref) && this.score(policy, ref) >= score;
  }

  /** Samples every database; returns how many entries it could choose from. */
  private fillPool(policy: string): number {
    const { databases } = this.keyspace;
    let available = 0;
    // Where many scores are equal the first one in the pool stays, which should not be of the same database always.
    const first = this.nextDatabase++;
    for (let visited = 0; visited < databases.length; visited++) {
      const database = databases[(first + visited) % databases.length]!;
      const dict = choices(policy, database);
      available += dict.count;
      const samples = Math.min(dict.count, this.config.values["maxmemory-samples"]);
      for (let i = 0; i < samples; i++) {
        const ref = dict.random(this.chance);
        this.offer({
          database,
          hash: this.keyspace.borrowKey(ref).hash,
          ref,
          score: this.score(policy, ref),
        });
      }
    }
    return available;
  }

  private score(policy: string, ref: Ref): number {
    const { entries, access } = this.keyspace;
    if (policy.endsWith("-lfu")) return 255 - access.frequency(entries.access(ref));
    if (policy.endsWith("-ttl")) return -entries.expiry(ref);
    return access.idleSeconds(entries.access(ref));
  }

  private offer(candidate: Candidate): void {
    const { pool } = this;
    if (pool.some(({ ref, database }) => ref === candidate.ref && database === candidate.database)) return;
    if (pool.length === POOL && pool[0]!.score >= candidate.score) return;
    let at = pool.findIndex(({ score }) => score >= candidate.score);
    if (at === -1) at = pool.length;
    pool.splice(at, 0, candidate);
    if (pool.length > POOL) pool.shift();
  }
}

/** The entries that the policy may choose from. */
function choices(policy: string, database: Database): Dict {
  return policy.startsWith("allkeys") ? database.dict : database.expires;
}
