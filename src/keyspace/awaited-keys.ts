/**
 * Keys that somebody waits for, of one database: those of clients that BLPOP and its kind have blocked.
 *
 * A key becomes ready when a value comes into being there, whatever brought it: the database tells of every new entry.
 * Nobody is served yet then; the unit that made the key ready must end first, which is why ready keys are only
 * collected, in their order (`Keyspace.ready`), and served by the engine. As in Redis, the type need not be what is
 * waited for at this key, as long as somebody waits for a value of that type somewhere: until the unit has ended it may
 * become another one.
 */

import type { Key } from "../memory/key.js";
import { bytesOfLatin1, latin1 } from "../util/ascii.js";
import type { Database } from "./database.js";

/** Who waits. */
export interface Waiter {
  /** The type of value that is waited for. */
  readonly type: number;
  /** There is such a value at the key. */
  serve(): void;
}

/** A key that is waited for. */
export class AwaitedKey {
  /** In the order in which they began to wait. */
  readonly waiters = new Set<Waiter>();
  /** It is among the keyspace's ready keys. */
  ready = false;

  constructor(
    readonly database: Database,
    /** Its bytes, one character each. */
    readonly name: string,
  ) {}

  /** The key, hashed. */
  key(): Key {
    return this.database.space.key(bytesOfLatin1(this.name));
  }
}

export class AwaitedKeys {
  private readonly byName = new Map<string, AwaitedKey>();

  constructor(private readonly database: Database) {}

  /** Number of keys that somebody waits for. */
  get size(): number {
    return this.byName.size;
  }

  /** The waiter waits for the key, behind those who already do. */
  add(key: Key, waiter: Waiter): AwaitedKey {
    const name = latin1(key.bytes, key.start, key.end);
    let awaited = this.byName.get(name);
    if (awaited === undefined) {
      awaited = new AwaitedKey(this.database, name);
      this.byName.set(name, awaited);
    }
    awaited.waiters.add(waiter);
    return awaited;
  }

  remove(awaited: AwaitedKey, waiter: Waiter): void {
    awaited.waiters.delete(waiter);
    if (awaited.waiters.size === 0) this.byName.delete(awaited.name);
  }

  /** There is now a value of that type at the key, or more in it for those who look into it (a stream's readers). */
  appeared(key: Key, type: number): void {
    const awaited = this.byName.get(latin1(key.bytes, key.start, key.end));
    if (awaited !== undefined) this.signal(awaited, type);
  }

  /** Any key may have appeared: the database's content was exchanged. */
  lookAtAll(): void {
    const { dict, space } = this.database;
    for (const awaited of this.byName.values()) {
      const ref = dict.find(awaited.key());
      if (ref !== 0) this.signal(awaited, space.entries.type(ref));
    }
  }

  private signal(awaited: AwaitedKey, type: number): void {
    const { space } = this.database;
    if (awaited.ready || space.waiters[type] === 0) return;
    awaited.ready = true;
    space.ready.push(awaited);
  }
}
