/** Finding, making, changing and dropping the sorted set at a key. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC, NOTIFY_ZSET } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { ZSET } from "../../types/type.js";
import { SortedSet } from "../../types/zset.js";
import { roomFor } from "../room.js";

/** The sorted set of an entry to read, until the command opens or creates another one. */
export function openSet(call: Call, ref: Ref): SortedSet {
  return call.engine.keyspace.sortedSet.open(ref, call.engine.config.values);
}

/** As `openSet`, for commands that read several at once. */
export function openOneOfMany(call: Call, ref: Ref): SortedSet {
  return another(call).open(ref, call.engine.config.values);
}

/** The sorted set of a key's entry to change, until the command opens or creates another one. */
export function holdSet(call: Call, key: Key, ref: Ref): SortedSet {
  return call.engine.keyspace.sortedSet.hold(call.database.hold(key, ref), call.engine.config.values);
}

/** The sorted set at a key to read, null when there is none. */
export function readSet(call: Call, key: Key): SortedSet | null {
  const ref = call.checkType(call.database.read(key), ZSET);
  return ref === 0 ? null : openSet(call, ref);
}

/** The entry of a sorted set to change, 0 when there is none. */
export function writeEntry(call: Call, key: Key): Ref {
  return call.checkType(call.database.write(key), ZSET);
}

/**
 * A sorted set for the call's first argument, where it does not hang yet, until the command opens another one. It has
 * room for the arguments from `first` on.
 */
export function createSet(call: Call, first: number): SortedSet {
  const { config, keyspace } = call.engine;
  return keyspace.sortedSet.begin(call.key(1), newTraits(call), config.values, roomFor(call, first));
}

/** As `createSet`, beside another one. */
export function createOneOfMany(call: Call): SortedSet {
  return another(call).begin(call.key(1), newTraits(call), call.engine.config.values);
}

/** As `createOneOfMany`, for what is computed from others and may be stored. */
export function createResult(call: Call): SortedSet {
  return another(call).beginResult(call.key(1), newTraits(call), call.engine.config.values);
}

function another({ engine }: Call): SortedSet {
  return new SortedSet(engine.keyspace.entries, engine.keyspace.hasher);
}

const newTraits = ({ engine }: Call): { access: number; expiry: number } => ({
  access: engine.keyspace.access.initial(),
  expiry: NEVER,
});

/** Tells that elements have gone, and of the key's deletion if none are left. */
export function tellGone(call: Call, key: Key, set: SortedSet, gone: number, event: string): void {
  tellChanges(call, key, gone, event);
  if (set.count > 0) return;
  call.database.remove(key, set.entry);
  call.database.notify(key, NOTIFY_GENERIC, "del");
}

/** Takes elements out, from a rank on, and tells so. If all go they go with the key, so that many are freed in slices. */
export function removeElements(
  call: Call,
  key: Key,
  set: SortedSet,
  first: number,
  count: number,
  event: string,
): void {
  if (count < set.count) {
    set.removeRange(first, count);
    tellChanges(call, key, count, event);
    return;
  }
  tellChanges(call, key, count, event);
  call.database.remove(key, set.entry);
  call.database.notify(key, NOTIFY_GENERIC, "del");
}

/** Tells of so many changes of one key at once. */
export function tellChanges(call: Call, key: Key, count: number, event: string): void {
  call.database.changed(key, NOTIFY_ZSET, event);
  call.engine.keyspace.dirty += count - 1;
}

/** Puts the result of a STORE command at its destination, whatever was there; an empty one deletes it. */
export function storeSet(call: Call, key: Key, set: SortedSet, event: string): void {
  const { database } = call;
  const old = set.count === 0 ? database.dict.find(key) : database.present(key);
  if (set.count > 0) {
    set.settle();
    database.put(key, old, set.entry);
    database.changed(key, NOTIFY_ZSET, event);
    return;
  }
  call.engine.keyspace.release(set.entry);
  if (old === 0) return;
  database.remove(key, old);
  database.changed(key, NOTIFY_GENERIC, "del");
}
