/**
 * All databases, and what they share: the arena, the clocks, the rules of expiry, and the hooks through which the
 * engine learns what has happened.
 */

import { Arena, type ArenaOptions } from "../memory/arena.js";
import type { Dict } from "../memory/dict.js";
import { Entries } from "../memory/entry.js";
import { Hasher, Key } from "../memory/key.js";
import type { Ref } from "../memory/memory.js";
import type { Chance } from "../platform/chance.js";
import { Hashes } from "../types/hash.js";
import { List } from "../types/list.js";
import { Sets } from "../types/set.js";
import { TYPES } from "../types/type.js";
import { SortedSet } from "../types/zset.js";
import { copy } from "../util/copy.js";
import { AccessClock } from "./access.js";
import type { AwaitedKey } from "./awaited-keys.js";
import { Database } from "./database.js";
import { Discarded } from "./discarded.js";
import { NOTIFY_EVICTED, NOTIFY_EXPIRED } from "./events.js";
import { UnsettledKeys } from "./unsettled-keys.js";

/** What an expired entry means when a command finds it. */
export type ExpiryMode =
  /** It is deleted, and the deletion is propagated: a primary. */
  | "delete"
  /** It is treated as absent and stays: while clients are paused. */
  | "hide"
  /** It stays until the primary deletes it, or a client of this replica writes to it or has given it the expiry. */
  | "own"
  /** It is there: while the append-only file or the primary's stream is applied. */
  | "ignore";

export interface KeyspaceHooks {
  /** A key was deleted because its time has come; the key's bytes are valid during the call. */
  expired(database: Database, key: Key): void;
  /** A key was deleted to make room. */
  evicted(database: Database, key: Key): void;
  /** A keyspace event, of a class that `notifyKinds` asks for. */
  event(database: Database, event: string, key: Key): void;
}

export interface KeyspaceStats {
  hits: number;
  misses: number;
  expired: number;
  evicted: number;
  /** Entries of emptied databases and large values that were freed in the background. */
  lazilyFreed: number;
}

const NO_HOOKS: KeyspaceHooks = { expired: () => {}, evicted: () => {}, event: () => {} };

export class Keyspace {
  readonly arena: Arena;
  readonly entries: Entries;
  readonly hasher: Hasher;
  readonly access: AccessClock;
  readonly hashes: Hashes;
  readonly sets: Sets;
  readonly databases: Database[];
  /** The list that a command works on. */
  readonly list: List;
  /** The sorted set that a command works on, if it is one alone. */
  readonly sortedSet: SortedSet;
  /** Keys whose last write is not yet acknowledged as durable (`appendfsync always`). */
  readonly unsettled = new UnsettledKeys();
  /** Keys that somebody waits for and that are there now, in the order in which they came into being. */
  ready: AwaitedKey[] = [];
  /** How many wait for a value of each type, at whatever keys. */
  readonly waiters = new Uint32Array(TYPES);
  readonly stats: KeyspaceStats = { hits: 0, misses: 0, expired: 0, evicted: 0, lazilyFreed: 0 };
  hooks: KeyspaceHooks = NO_HOOKS;

  /** Wall clock in milliseconds, as of the command that runs; set by `tick`. */
  now = 0;
  /** Changes since the server started. */
  dirty = 0;
  /** Classes of notify-keyspace-events that somebody wants. */
  notifyKinds = 0;
  /** False while a client that asked for CLIENT NO-TOUCH runs a command. */
  touching = true;
  expiryMode: ExpiryMode = "delete";

  /** Databases that are being made to take the place of these (see `beside`). */
  private coming: Database[] | null = null;
  private readonly discarded = new Discarded();
  private readonly borrowedKey = new Key();
  private borrowed = new Uint8Array(256);

  constructor(databases: number, chance: Chance, options: ArenaOptions = {}) {
    this.arena = new Arena(options);
    this.entries = new Entries(this.arena);
    this.list = new List(this.entries);
    this.hasher = new Hasher(chance);
    this.access = new AccessClock(chance);
    this.hashes = new Hashes(this.entries, this.hasher);
    this.sets = new Sets(this.entries, this.hasher);
    this.sortedSet = new SortedSet(this.entries, this.hasher);
    this.databases = Array.from({ length: databases }, (_, index) => new Database(index, this));
  }

  /** Sets the time that commands see. */
  tick(nowMs: number): void {
    this.now = nowMs;
    this.access.tick(nowMs);
  }

  /** A key from bytes, for paths where speed does not matter. */
  key(bytes: Uint8Array): Key {
    return this.hasher.key(bytes);
  }

  /** The key of an entry, in a buffer that the next call uses again: for the cycles that go through many entries. */
  borrowKey(ref: Ref): Key {
    const start = this.entries.keyStart(ref);
    const length = this.entries.keyLength(ref);
    if (this.borrowed.length < length) this.borrowed = new Uint8Array(length * 2);
    copy(this.arena.bytesOf(ref), start, start + length, this.borrowed, 0);
    return this.hasher.set(this.borrowedKey, this.borrowed, 0, length);
  }

  /** Whether the entry's time is over. In the very millisecond of its expiry an entry is still there, as in Redis. */
  isExpired(ref: Ref): boolean {
    if (!this.entries.hasExpiry(ref) || this.expiryMode === "ignore") return false;
    return this.entries.expiry(ref) < this.now;
  }

  /** Whether an expired entry that a command does not see stays. */
  get hidesExpired(): boolean {
    return this.expiryMode === "own" || this.expiryMode === "hide";
  }

  /**
   * Whether a command that gives a key a time that is over removes it at once. On a replica it expires there; while a log
   * is applied, it goes when the log says so.
   */
  get removesOverdue(): boolean {
    return this.expiryMode === "delete" || this.expiryMode === "hide";
  }

  /** Whether the entry's time is over, with what follows from it. */
  expiresNow(database: Database, key: Key, ref: Ref): boolean {
    if (!this.isExpired(ref)) return false;
    if (this.expiryMode === "delete") this.expire(database, key, ref);
    return true;
  }

  /** Deletes an expired entry. It is no change that `dirty` counts. */
  expire(database: Database, key: Key, ref: Ref): void {
    database.remove(key, ref);
    database.affected(key, NOTIFY_EXPIRED, "expired");
    this.stats.expired++;
    this.hooks.expired(database, key);
  }

  /** Deletes an entry to make room. */
  evict(database: Database, key: Key, ref: Ref): void {
    database.remove(key, ref);
    database.affected(key, NOTIFY_EVICTED, "evicted");
    this.stats.evicted++;
    this.hooks.evicted(database, key);
  }

  /** Exchanges the content of two databases. */
  swap(a: Database, b: Database): void {
    this.unsettled.wroteAll();
    [a.dict, b.dict] = [b.dict, a.dict];
    [a.expires, b.expires] = [b.expires, a.expires];
    [a.ownExpiries, b.ownExpiries] = [b.ownExpiries, a.ownExpiries];
    [a.averageTtlMs, b.averageTtlMs] = [b.averageTtlMs, a.averageTtlMs];
    [a.expiryCursor, b.expiryCursor] = [b.expiryCursor, a.expiryCursor];
    a.awaited.lookAtAll();
    b.awaited.lookAtAll();
  }

  /**
   * Empty databases beside those that there are, for a dataset that is to replace them: `replaceAll` puts them in
   * their places, `discardComing` gives them up.
   */
  beside(): readonly Database[] {
    this.coming = this.databases.map(({ index }) => new Database(index, this));
    return this.coming;
  }

  /** The databases beside come into their places, and what was there is freed in slices. */
  replaceAll(): void {
    for (const [index, database] of this.databases.entries()) {
      database.touchAllWatched(this.coming![index]!);
      this.swap(database, this.coming![index]!);
    }
    this.discardComing();
  }

  discardComing(): void {
    for (const database of this.coming ?? []) this.discard(database.dict, database.expires, true);
    this.coming = null;
  }

  /** Empties all databases. That is the end of the whole arena, whatever its size. */
  clear(): void {
    if (this.coming !== null) {
      for (const database of this.databases) database.clear(true);
      return;
    }
    this.arena.reset();
    this.discarded.forget();
    for (const database of this.databases) database.renew();
  }

  /** Frees a database's entries and tables, at once or in slices. */
  discard(dict: Dict, expires: Dict, later: boolean): void {
    this.discarded.add(this.entries, dict, expires);
    if (!later) while (this.discarded.free(Number.MAX_SAFE_INTEGER)) {}
  }

  /** Frees an entry that hangs nowhere any longer; what is large is freed in slices. */
  release(ref: Ref): void {
    this.discarded.release(this.entries, ref);
  }

  /** Entries of emptied databases and large values that still wait to be freed. */
  get discardedEntries(): number {
    return this.discarded.entries;
  }

  /** Frees about `count` blocks of emptied databases, large values and closed snapshots; false when nothing is left. */
  reclaim(count: number): boolean {
    const before = this.discarded.entries;
    const more = this.discarded.free(count);
    this.stats.lazilyFreed += before - this.discarded.entries;
    return this.arena.reap(count) || more;
  }

  /** Under `appendfsync always` the reply must wait until what it saw is durable. */
  sawKey(hash: number): void {
    if (this.unsettled.active) this.unsettled.saw(hash);
  }

  wroteKey(hash: number): void {
    if (this.unsettled.active) this.unsettled.wrote(hash);
  }
}
