/**
 * Active expiry: keys whose time has come are deleted although nobody asks for them.
 *
 * Ten times a second (`hz`) the cycle goes through the entries that have an expiry, database by database, from where
 * it stopped. It goes on in a database while more than a tenth of what it looks at has expired, and stops when it has
 * used a quarter of the time; `active-expire-effort` raises all of these, as in Redis. On a replica it deletes only keys
 * whose expiry is from clients of its own.
 */

import type { Ref } from "../memory/memory.js";
import type { Clock } from "../platform/clock.js";
import type { Database } from "./database.js";
import type { Keyspace } from "./keyspace.js";

const KEYS_PER_LOOP = 20;
/** What so many loops look at is fetched at once: fetching a few entries costs as much as fetching a segment of them. */
const LOOPS_PER_SCAN = 16;
/** So many of a database's own keys are looked at in a cycle of a writable replica. */
const OWN_KEYS = 200;
const TIME_PERCENT = 25;
const STALE_PERCENT = 10;

export interface ExpiryCycleResult {
  /** The share of the looked-at keys that had expired, per cent. */
  readonly stalePercent: number;
  readonly timeLimitReached: boolean;
}

/** Runs an action as one atomic unit. */
export type Atomically = (action: () => void) => void;

export class ExpiryCycle {
  /** DEBUG SET-ACTIVE-EXPIRE. */
  enabled = true;
  /** The database to begin with, so that a full one cannot keep the cycle from the others. */
  private nextDatabase = 0;

  constructor(
    private readonly keyspace: Keyspace,
    private readonly clock: Clock,
  ) {}

  /** One cycle; `effort` from 1 to 10. Where keys may not be deleted, those that are the replica's own are. */
  run(effort: number, hz: number, atomically: Atomically): ExpiryCycleResult {
    const { expiryMode } = this.keyspace;
    if (expiryMode === "own") this.expireOwn(atomically);
    if (expiryMode !== "delete") return { stalePercent: 0, timeLimitReached: false };
    const deadline = this.clock.monotonicUs() + ((TIME_PERCENT + 2 * (effort - 1)) * 10000) / hz;
    const total = { seen: 0, expired: 0 };
    let inTime = true;
    const { databases } = this.keyspace;
    for (let visited = 0; inTime && visited < databases.length; visited++) {
      const database = databases[this.nextDatabase % databases.length]!;
      inTime = this.cycleDatabase(database, effort, deadline, atomically, total);
      this.nextDatabase++;
    }
    return {
      stalePercent: total.seen === 0 ? 0 : (total.expired * 100) / total.seen,
      timeLimitReached: !inTime,
    };
  }

  private expireOwn(atomically: Atomically): void {
    const { keyspace } = this;
    for (const database of keyspace.databases)
      database.ownExpiries.visit(OWN_KEYS, (bytes) => {
        const key = keyspace.key(bytes);
        const ref = database.dict.find(key);
        if (ref === 0 || !keyspace.entries.hasExpiry(ref)) return false;
        if (!keyspace.isExpired(ref)) return true;
        atomically(() => keyspace.expire(database, key, ref));
        return false;
      });
  }

  /** False when the time is up. */
  private cycleDatabase(
    database: Database,
    effort: number,
    deadline: number,
    atomically: Atomically,
    total: { seen: number; expired: number },
  ): boolean {
    const perLoop = KEYS_PER_LOOP + (KEYS_PER_LOOP / 4) * (effort - 1);
    while (database.expires.count > 0) {
      const found: Ref[] = [];
      const wanted = perLoop * LOOPS_PER_SCAN;
      const next = database.expires.scan(database.expiryCursor, wanted, (ref) => found.push(ref));
      for (let at = 0; at < found.length; at += perLoop) {
        const loop = found.slice(at, at + perLoop);
        const following = found[at + perLoop];
        database.expiryCursor =
          following === undefined ? next : this.keyspace.borrowKey(following).hash >>> 0;
        const expired = this.expireDue(database, loop, atomically);
        total.seen += loop.length;
        total.expired += expired;
        if ((expired * 100) / loop.length <= STALE_PERCENT - (effort - 1)) return true;
        if (this.clock.monotonicUs() > deadline) return false;
      }
      if (found.length === 0) return true;
    }
    database.averageTtlMs = 0;
    return true;
  }

  private expireDue(database: Database, loop: readonly Ref[], atomically: Atomically): number {
    const { entries, now } = this.keyspace;
    let expired = 0;
    let ttlSum = 0;
    for (const ref of loop) {
      if (this.keyspace.isExpired(ref)) {
        expired++;
        atomically(() => this.keyspace.expire(database, this.keyspace.borrowKey(ref), ref));
      } else {
        ttlSum += entries.expiry(ref) - now;
      }
    }
    if (expired < loop.length) average(database, ttlSum / (loop.length - expired));
    return expired;
  }
}

/** A running average, in which one loop counts a fiftieth. */
function average(database: Database, ttlMs: number): void {
  const old = database.averageTtlMs;
  database.averageTtlMs = old === 0 ? ttlMs : old * 0.98 + ttlMs * 0.02;
}
