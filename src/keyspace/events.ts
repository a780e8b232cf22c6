/** The classes of keyspace events that changes of the dataset belong to: the bits of `notify-keyspace-events`. */

import { KeyspaceEvents } from "../config/kinds/keyspace-events.js";

export const NOTIFY_GENERIC = KeyspaceEvents.generic;
export const NOTIFY_STRING = KeyspaceEvents.string;
export const NOTIFY_LIST = KeyspaceEvents.list;
export const NOTIFY_SET = KeyspaceEvents.set;
export const NOTIFY_HASH = KeyspaceEvents.hash;
export const NOTIFY_ZSET = KeyspaceEvents.sortedSet;
export const NOTIFY_EXPIRED = KeyspaceEvents.expired;
export const NOTIFY_EVICTED = KeyspaceEvents.evicted;
export const NOTIFY_KEY_MISS = KeyspaceEvents.keyMiss;
export const NOTIFY_NEW = KeyspaceEvents.newKey;
