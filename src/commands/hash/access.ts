/** How the hash commands come to their hash. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import { NEVER } from "../../memory/entry.js";
import type { Held } from "../../memory/held.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import { HASH } from "../../types/type.js";
import { roomFor } from "../room.js";

/** The hash to read; 0 when there is none. */
export function readHash(call: Call): Ref {
  return call.checkType(call.database.read(call.key(1)), HASH);
}

/** The hash to change, not yet held; 0 when there is none. */
export function writeHash(call: Call, key: Key): Ref {
  return call.checkType(call.database.write(key), HASH);
}

/** The hash that `writeHash` gave, ready to be changed, or a new one at the key for the arguments from `first` on. */
export function holdHash(call: Call, key: Key, ref: Ref, first = call.argc): Held {
  const { database, engine } = call;
  if (ref !== 0) return database.hold(key, ref);
  const { access, hashes } = engine.keyspace;
  const made = hashes.create(key, { access: access.initial(), expiry: NEVER }, roomFor(call, first));
  database.put(key, 0, made);
  return database.hold(key, made);
}

/** Takes the key away if its hash has become empty. */
export function removeIfEmpty(call: Call, key: Key, { ref }: Held): void {
  if (call.engine.keyspace.hashes.length(ref) > 0) return;
  call.database.remove(key, ref);
  call.database.notify(key, NOTIFY_GENERIC, "del");
}
