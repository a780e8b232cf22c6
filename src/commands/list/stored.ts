/** The lists of the keyspace, as the commands of this folder open and leave them. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC, NOTIFY_LIST } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import type { List } from "../../types/list.js";
import { LIST } from "../../types/type.js";

/** The list at a key, to read; null when there is none. Only one list is open at a time. */
export function readList(call: Call, key: Key): List | null {
  const ref = call.checkType(call.database.read(key), LIST);
  return ref === 0 ? null : openList(call, ref);
}

/** The list at a key, to change; null when there is none. */
export function writeList(call: Call, key: Key): List | null {
  const ref = call.checkType(call.database.write(key), LIST);
  return ref === 0 ? null : openList(call, call.database.own(key, ref));
}

/** The list of an entry. */
export function openList(call: Call, ref: Ref): List {
  return call.engine.keyspace.list.open(ref, call.engine.config.values);
}

/** An empty list that is at no key yet. */
export function createList(call: Call, key: Key): List {
  const { access, list } = call.engine.keyspace;
  return list.create(key, { access: access.initial(), expiry: NEVER }, call.engine.config.values);
}

/**
 * Tells that `count` elements have gone from the open list, and takes the key out when that was all of them. An event
 * is told even for none.
 */
export function elementsGone(call: Call, key: Key, list: List, event: string, count: number): void {
  const { database } = call;
  database.affected(key, NOTIFY_LIST, event);
  database.space.dirty += count;
  if (list.length > 0) {
    list.shrink();
    return;
  }
  database.remove(key, list.entry);
  database.notify(key, NOTIFY_GENERIC, "del");
}

/** Replies with `count` elements, from an index on. All of them are there. */
export function replyRange(call: Call, list: List, index: number, count: number): void {
  call.reply.array(count);
  if (count === 0) return;
  list.cursor.seek(index);
  list.cursor.replyMany(call.reply, count);
}
