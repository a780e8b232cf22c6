/** Finding, making, changing and dropping the sorted set at a key. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC, NOTIFY_ZSET } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { ZSET } from "../../types/type.js";
import { SortedSet } from "../../types/zset.js";

/** The sorted set of an entry, until the command opens or creates another one. */
export function openSet(call: Call, ref: Ref): SortedSet {
  return call.engine.keyspace.sortedSet.open(ref, call.engine.config.values);
}

/** The sorted set of an entry, for commands that work on several at once. */
export function openOneOfMany(call: Call, ref: Ref): SortedSet {
  const { entries, hasher } = call.engine.keyspace;
  return SortedSet.of(entries, hasher, call.engine.config.values, ref);
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

/** A sorted set that no key has yet, until the command opens or creates another one. */
export function createSet(call: Call): SortedSet {
  return call.engine.keyspace.sortedSet.begin(call.engine.config.values);
}

/** A sorted set that no key has yet, beside another one. */
export function createOneOfMany(call: Call): SortedSet {
  const { entries, hasher } = call.engine.keyspace;
  return SortedSet.create(entries, hasher, call.engine.config.values);
}

/** As `createOneOfMany`, for what is computed from others and may be stored. */
export function createResult(call: Call): SortedSet {
  const { entries, hasher } = call.engine.keyspace;
  return SortedSet.createResult(entries, hasher, call.engine.config.values);
}

/** Puts a new sorted set at a key, in the place of the entry `old`, 0 if there is none. */
export function putSet(call: Call, key: Key, old: Ref, set: SortedSet): void {
  const { entries, access } = call.engine.keyspace;
  const traits = { type: ZSET, encoding: set.encoding, access: access.initial(), expiry: NEVER };
  call.database.put(key, old, entries.createBoxed(key, set.box, traits));
}

/** Keeps what the changed set has become in its entry, or drops the key when the set is empty. */
export function keepSet(call: Call, key: Key, ref: Ref, set: SortedSet): void {
  const { entries } = call.engine.keyspace;
  if (set.box === entries.box(ref) && set.encoding === entries.encoding(ref)) return;
  const owned = call.database.own(key, ref);
  entries.setBox(owned, set.box);
  entries.setEncoding(owned, set.encoding);
}

/** Keeps the set after elements have gone, and tells so: the event, and the key's deletion if none are left. */
export function keepRemains(
  call: Call,
  key: Key,
  ref: Ref,
  set: SortedSet,
  gone: number,
  event: string,
): void {
  keepSet(call, key, ref, set);
  tellChanges(call, key, gone, event);
  if (set.count > 0) return;
  call.database.remove(key, call.database.dict.find(key));
  call.database.notify(key, NOTIFY_GENERIC, "del");
}

/** Takes elements out, from a rank on, and tells so. If all go they go with the key, so that many are freed in slices. */
export function removeElements(
  call: Call,
  key: Key,
  ref: Ref,
  set: SortedSet,
  first: number,
  count: number,
  event: string,
): void {
  if (count < set.count) {
    set.removeRange(first, count);
    keepSet(call, key, ref, set);
    tellChanges(call, key, count, event);
    return;
  }
  tellChanges(call, key, count, event);
  call.database.remove(key, ref);
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
  const old = database.dict.find(key);
  if (set.count > 0) {
    set.settle();
    putSet(call, key, old, set);
    database.changed(key, NOTIFY_ZSET, event);
    return;
  }
  set.free();
  if (old === 0) return;
  database.remove(key, old);
  database.changed(key, NOTIFY_GENERIC, "del");
}
