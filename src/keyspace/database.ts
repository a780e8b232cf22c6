/**
 * One numbered database: the only door through which the dataset changes.
 *
 * An entry is a reference that is valid until the next change of its key: a change may move it (when a snapshot is
 * open, or when it grows). Every method that may do so gives back where it is then; who changes a value by other ways
 * holds its entry (`hold`) and finds it there.
 */

import { Dict } from "../memory/dict.js";
import { NEVER } from "../memory/entry.js";
import type { Held } from "../memory/held.js";
import type { Key } from "../memory/key.js";
import type { Ref } from "../memory/memory.js";
import { AUTO, RAW } from "../types/string.js";
import { STRING } from "../types/type.js";
import { typeOf } from "../types/types.js";
import { copy } from "../util/copy.js";
import { AwaitedKeys } from "./awaited-keys.js";
import { NOTIFY_KEY_MISS, NOTIFY_NEW } from "./events.js";
import { Hung } from "./hung.js";
import type { Keyspace } from "./keyspace.js";
import { OwnExpiries } from "./own-expiries.js";
import { WatchedKeys } from "./watched.js";

/** For `setString`: leave the expiry as it is. */
export const KEEP_EXPIRY = -2;

/** A string that grows gets as much room again, up to this many bytes. */
const GROWTH_BYTES_MAX = 1024 * 1024;

export class Database {
  dict: Dict;
  /** The entries that have an expiry, the same blocks as in `dict`. */
  expires: Dict;
  readonly watched = new WatchedKeys();
  readonly awaited = new AwaitedKeys(this);
  /** Keys whose expiry is of this replica's own clients. */
  ownExpiries = new OwnExpiries();
  private readonly hung: Hung;
  /** Sum over the entries sampled last by the expiry cycle, for INFO's avg_ttl, in milliseconds. */
  averageTtlMs = 0;
  /** Where the expiry cycle goes on. */
  expiryCursor = 0;

  constructor(
    readonly index: number,
    readonly space: Keyspace,
  ) {
    this.dict = new Dict(space.arena);
    this.expires = new Dict(space.arena);
    this.hung = new Hung(this);
  }

  get count(): number {
    return this.dict.count;
  }

  // ---- looking up ----

  /** The entry for a command that reads: counts a hit or a miss and marks the access. 0 when there is none. */
  read(key: Key): Ref {
    const ref = this.inspect(key);
    if (ref !== 0) this.touch(ref);
    return ref;
  }

  /** As `read`, for a command that tells about an entry and does not use it: the access is not marked. */
  inspect(key: Key): Ref {
    const ref = this.peek(key);
    if (ref !== 0) {
      this.space.stats.hits++;
    } else {
      this.space.stats.misses++;
      this.notify(key, NOTIFY_KEY_MISS, "keymiss");
    }
    return ref;
  }

  /** The entry for a command that writes. */
  write(key: Key): Ref {
    if (this.space.hidesExpired) this.deleteExpired(key);
    const ref = this.peek(key);
    if (ref !== 0) this.touch(ref);
    return ref;
  }

  /** Where the primary's word is not waited for. */
  private deleteExpired(key: Key): void {
    const ref = this.dict.find(key);
    if (ref !== 0 && this.space.isExpired(ref)) this.space.expire(this, key, ref);
  }

  /**
   * The entry for a command that removes or replaces it, whatever it is; `seen` is what it found: an expired one may have
   * been hidden from it, and is there.
   */
  present(key: Key, seen: Ref = this.peek(key)): Ref {
    return seen === 0 && this.space.hidesExpired ? this.dict.find(key) : seen;
  }

  /** The entry without a trace of the look. An expired one is deleted, or on a replica only hidden. */
  peek(key: Key): Ref {
    const ref = this.dict.find(key);
    this.space.sawKey(key.hash);
    if (ref === 0 || !this.space.entries.hasExpiry(ref)) return ref;
    return this.space.expiresNow(this, key, ref) ? 0 : ref;
  }

  // ---- strings ----

  /** Sets a string, whatever was there. `expiry` in milliseconds since 1970, NEVER or KEEP_EXPIRY. */
  setString(
    key: Key,
    value: Uint8Array,
    start: number,
    end: number,
    expiry: number = NEVER,
    encoding: number = AUTO,
  ): Ref {
    return this.placeString(key, this.dict.find(key), value, start, end, expiry, encoding);
  }

  /** `setString` for a command that has just looked the key up, with `seen` as what it found: saves another look. */
  setSeenString(
    key: Key,
    seen: Ref,
    value: Uint8Array,
    start: number,
    end: number,
    expiry: number = NEVER,
    encoding: number = AUTO,
  ): Ref {
    return this.placeString(key, this.present(key, seen), value, start, end, expiry, encoding);
  }

  private placeString(
    key: Key,
    old: Ref,
    value: Uint8Array,
    start: number,
    end: number,
    expiry: number,
    encoding: number,
  ): Ref {
    const entries = this.space.entries;
    const access = old === 0 ? this.space.access.initial() : this.space.access.replaced(entries.access(old));
    if (old !== 0 && this.overwrites(old, end - start, expiry)) {
      copy(value, start, end, this.space.arena.bytes[old >>> 22]!, entries.valueStart(old));
      entries.setValueLength(old, end - start);
      entries.setEncoding(old, encoding);
      entries.setAccess(old, access);
      return old;
    }
    const kept = expiry !== KEEP_EXPIRY ? expiry : old === 0 ? NEVER : entries.expiry(old);
    const traits = { type: STRING, encoding, access, expiry: kept };
    const ref = entries.createString(key, value, start, end, traits);
    this.put(key, old, ref);
    return ref;
  }

  /** Sets a string of so many bytes, which `write` puts where it is told, whatever was there. */
  makeString(key: Key, length: number, write: (bytes: Uint8Array, start: number) => void): Ref {
    const { access, entries } = this.space;
    const old = this.present(key);
    const kept = old === 0 ? access.initial() : access.replaced(entries.access(old));
    const traits = { type: STRING, encoding: RAW, access: kept, expiry: NEVER };
    const ref = entries.createUnwritten(key, length, traits);
    write(entries.valueBytes(ref), entries.valueStart(ref));
    this.put(key, old, ref);
    return ref;
  }

  /**
   * Gives the string at `ref` (0 for a new one) another length and makes it writable: bytes beyond the old end are
   * zero, and the caller may write into the value in place.
   */
  resizeString(key: Key, ref: Ref, length: number): Ref {
    const entries = this.space.entries;
    const old = ref === 0 ? 0 : entries.valueLength(ref);
    const target = ref === 0 || !this.canGrowInPlace(ref, length) ? this.moveString(key, ref, length) : ref;
    const start = entries.valueStart(target);
    if (length > old) entries.valueBytes(target).fill(0, start + old, start + length);
    entries.setValueLength(target, length);
    entries.setEncoding(target, RAW);
    return target;
  }

  // ---- entries of any type ----

  /** Hangs a new entry in the place of `old` (0 when the key is new), which is freed with its value. */
  put(key: Key, old: Ref, ref: Ref): void {
    const entries = this.space.entries;
    // As in Redis, a value that takes the place of another one is not what anybody has waited for.
    if (this.awaited.size > 0 && (old === 0 || this.space.isExpired(old)))
      this.awaited.appeared(key, entries.type(ref));
    if (old === 0) {
      this.dict.insert(key.hash, ref);
      this.notify(key, NOTIFY_NEW, "new");
    } else {
      this.dict.replace(key.hash, old, ref);
      if (entries.hasExpiry(old)) this.expires.remove(key.hash, old);
    }
    if (entries.hasExpiry(ref)) {
      this.expires.insert(key.hash, ref);
      this.noteExpiry(key);
    }
    if (old !== 0) this.free(old);
  }

  /** Hangs up an entry of a snapshot, of which nobody is told; false, and nothing is done, when the key is there. */
  load(key: Key, ref: Ref): boolean {
    if (this.dict.find(key) !== 0) return false;
    this.dict.insert(key.hash, ref);
    if (this.space.entries.hasExpiry(ref)) this.expires.insert(key.hash, ref);
    return true;
  }

  /** Makes an empty database ready for so many entries, of which so many expire. */
  expect(keys: number, expiring: number): void {
    if (this.dict.count > 0) return;
    this.dict.reserve(keys);
    this.expires.reserve(expiring);
  }

  /** The entry for somebody who changes it, and may move it: it is hung in where it comes to lie. Until the next call. */
  hold(key: Key, ref: Ref): Held {
    return this.hung.at(key.hash, ref);
  }

  /** The entry, writable in place: itself, or its copy when a snapshot holds it. Its boxed value is not copied. */
  own(key: Key, ref: Ref): Ref {
    return this.hold(key, ref).own();
  }

  /** Takes the key out and frees it. */
  remove(key: Key, ref: Ref): void {
    this.unlink(key, ref);
    this.free(ref);
  }

  /** Moves the value to another key, here or in another database; what was there is freed. */
  rename(key: Key, ref: Ref, target: Database, to: Key): Ref {
    const entries = this.space.entries;
    const expiry = entries.expiry(ref);
    this.unlink(key, ref);
    const renamed = entries.rebuild(ref, to, expiry, this.inlineBytes(ref));
    target.vacate(to);
    target.put(to, 0, renamed);
    return renamed;
  }

  /** Puts an equal value at another key; what was there is freed. */
  copy(ref: Ref, target: Database, to: Key): Ref {
    const entries = this.space.entries;
    const type = entries.type(ref);
    const traits = {
      type,
      encoding: entries.encoding(ref),
      access: this.space.access.initial(),
      expiry: entries.expiry(ref),
    };
    const copied = typeOf(type).copy(entries, ref, to, traits, this.space.hasher);
    target.vacate(to);
    target.put(to, 0, copied);
    return copied;
  }

  /** Sets the expiry, milliseconds since 1970, or takes it away with NEVER. */
  setExpiry(key: Key, ref: Ref, ms: number): Ref {
    const entries = this.space.entries;
    const had = entries.hasExpiry(ref);
    if (ms !== NEVER) this.noteExpiry(key);
    if (had && ms !== NEVER) {
      const owned = this.own(key, ref);
      entries.setExpiry(owned, ms);
      return owned;
    }
    if (!had && ms === NEVER) return ref;
    const rebuilt = entries.rebuild(ref, key, ms, this.inlineBytes(ref));
    this.dict.replace(key.hash, ref, rebuilt);
    if (had) this.expires.remove(key.hash, ref);
    else this.expires.insert(key.hash, rebuilt);
    return rebuilt;
  }

  /** Empties the database. Its blocks are freed at once or, with `later`, in slices by the cron. */
  clear(later: boolean): void {
    this.space.discard(this.dict, this.expires, later);
    this.renew();
  }

  /** Begins with empty tables; what the old ones held is somebody else's. */
  renew(): void {
    this.dict = new Dict(this.space.arena);
    this.expires = new Dict(this.space.arena);
    this.ownExpiries = new OwnExpiries();
    this.averageTtlMs = 0;
    this.expiryCursor = 0;
    this.space.unsettled.wroteAll();
  }

  /**
   * Tells those who watch a key here that all keys are about to go, or with `successor` to be exchanged for that
   * database's: FLUSHDB and FLUSHALL call it before they empty a database, SWAPDB for each before it swaps the two.
   */
  touchAllWatched(successor: Database | null = null): void {
    if (this.watched.size > 0) this.watched.touchAll(this, successor);
  }

  /**
   * Tells that a key has changed: WATCH, the count of changes, keyspace events. `kind` is one of the classes of
   * notify-keyspace-events, `event` the name that subscribers get.
   */
  changed(key: Key, kind: number, event: string): void {
    this.space.dirty++;
    this.affected(key, kind, event);
  }

  /** As `changed`, for a key that changes with another one that was counted: the other end of a RENAME. */
  affected(key: Key, kind: number, event: string): void {
    if (this.watched.size > 0) this.watched.touch(key);
    this.space.wroteKey(key.hash);
    this.notify(key, kind, event);
  }

  /** A further event of a change that was told already. */
  notify(key: Key, kind: number, event: string): void {
    if ((this.space.notifyKinds & kind) !== 0) this.space.hooks.event(this, event, key);
  }

  /** Marks an access, unless the client has asked not to. */
  touch(ref: Ref): void {
    if (!this.space.touching) return;
    const entries = this.space.entries;
    const access = entries.access(ref);
    const touched = this.space.access.touched(access);
    if (touched !== access) entries.setAccess(ref, touched);
  }

  /** What was at the key is gone: what comes is a new key, and not another value of this one. */
  private vacate(key: Key): void {
    const old = this.dict.find(key);
    if (old !== 0) this.remove(key, old);
  }

  private free(ref: Ref): void {
    this.space.release(ref);
  }

  private unlink(key: Key, ref: Ref): void {
    if (this.space.entries.hasExpiry(ref)) this.expires.remove(key.hash, ref);
    this.dict.remove(key.hash, ref);
  }

  /** The key has been given an expiry: on a replica it is its own, unless the primary's stream gave it. */
  private noteExpiry(key: Key): void {
    if (this.space.expiryMode === "own") this.ownExpiries.add(key.bytes.subarray(key.start, key.end));
  }

  /** Bytes of the value in the entry's own block. */
  private inlineBytes(ref: Ref): number {
    const { entries } = this.space;
    return entries.isBoxed(ref) ? 0 : typeOf(entries.type(ref)).inlineBytes(entries, ref);
  }

  /** Whether a value of that length can take the place of the old one in the old entry, without wasting half of it. */
  private overwrites(old: Ref, length: number, expiry: number): boolean {
    const { entries, arena } = this.space;
    if (!arena.isMutable(old) || entries.type(old) !== STRING || entries.isBoxed(old)) return false;
    if (expiry !== KEEP_EXPIRY && (expiry !== NEVER || entries.hasExpiry(old))) return false;
    const room = entries.roomFor(old);
    return length <= room && (length >= room >>> 1 || room <= 64);
  }

  private canGrowInPlace(ref: Ref, length: number): boolean {
    const { entries, arena } = this.space;
    if (!arena.isMutable(ref)) return false;
    if (entries.isBoxed(ref) && !arena.isMutable(entries.box(ref))) return false;
    return length <= entries.roomFor(ref);
  }

  private moveString(key: Key, ref: Ref, length: number): Ref {
    const { entries, access } = this.space;
    const old = ref === 0 ? 0 : entries.valueLength(ref);
    const traits = {
      type: STRING,
      encoding: RAW,
      access: ref === 0 ? access.initial() : entries.access(ref),
      expiry: ref === 0 ? NEVER : entries.expiry(ref),
    };
    const from = ref === 0 ? 0 : entries.valueStart(ref);
    const bytes = ref === 0 ? key.bytes : entries.valueBytes(ref);
    const kept = Math.min(old, length);
    // A string that has grown once is likely to grow again; a new one gets what it needs.
    const room = ref === 0 ? length : length + Math.min(length, GROWTH_BYTES_MAX);
    const box = entries.createBox(bytes, from, from + kept, room);
    const moved = entries.createBoxed(key, box, traits);
    this.put(key, ref, moved);
    return moved;
  }
}
