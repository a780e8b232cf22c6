/** Keyspaces with many keys, for the tests of expiry and eviction. */

import type { Database } from "#tidemark/keyspace/database.js";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { NEVER } from "#tidemark/memory/entry.js";
import type { Key } from "#tidemark/memory/key.js";
import { SeededChance } from "../support/chance.js";
import { SimulatedClock } from "../support/clock.js";

/** A clock whose monotonic time goes on by the same step with every look at it. */
export class SteppingClock extends SimulatedClock {
  stepUs = 0;
  private us = 0;

  override monotonicUs(): number {
    this.us += this.stepUs;
    return this.us;
  }
}

export class FilledKeyspace extends Keyspace {
  readonly clock = new SteppingClock();
  readonly chance: SeededChance;
  /** Names of the keys that were told to be expired or evicted, in order. */
  readonly told: string[] = [];

  constructor(databases = 1, seed = 1) {
    const chance = new SeededChance(seed);
    super(databases, chance, { poison: true });
    this.chance = chance;
    const tell = (_: Database, { bytes, start, end }: Key): void => {
      this.told.push(Buffer.from(bytes.subarray(start, end)).toString());
    };
    this.hooks = { expired: tell, evicted: tell, event: () => {} };
    this.tick(1_000_000);
  }

  /** `count` keys `<prefix>0`, `<prefix>1`, ... */
  fill(prefix: string, count: number, expiry: (at: number) => number = () => NEVER, database = 0): void {
    for (let at = 0; at < count; at++) this.set(prefix + at, expiry(at), database);
  }

  set(name: string, expiry = NEVER, database = 0): void {
    const value = Buffer.from("value of a key");
    this.databases[database]!.setString(this.key(Buffer.from(name)), value, 0, value.length, expiry);
  }

  has(name: string, database = 0): boolean {
    return this.databases[database]!.dict.find(this.key(Buffer.from(name))) !== 0;
  }

  /** How many of the keys `<prefix>0` to `<prefix>count-1` are there. */
  survivors(prefix: string, count: number, from = 0): number {
    let found = 0;
    for (let at = from; at < count; at++) if (this.has(prefix + at)) found++;
    return found;
  }

  use(name: string): void {
    this.databases[0]!.read(this.key(Buffer.from(name)));
  }
}
