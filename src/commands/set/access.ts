/** How the set commands come to their set. */

import type { Call } from "../../engine/call.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import type { Held } from "../../memory/held.js";
import type { Key } from "../../memory/key.js";
import type { Ref } from "../../memory/memory.js";
import type { Choices } from "../../types/sample.js";
import { SET } from "../../types/type.js";

/** The set to read; 0 when there is none. */
export function readSet(call: Call, at = 1): Ref {
  return call.checkType(call.database.read(call.key(at)), SET);
}

/** The set to change, not yet held; 0 when there is none. */
export function writeSet(call: Call, key: Key): Ref {
  return call.checkType(call.database.write(key), SET);
}

/** Takes the key away if its set has become empty. */
export function removeIfEmpty(call: Call, key: Key, { ref }: Held): void {
  if (call.engine.keyspace.sets.size(ref) > 0) return;
  call.database.remove(key, ref);
  call.database.notify(key, NOTIFY_GENERIC, "del");
}

/** The members as something to choose from. */
export function choicesOf(call: Call, ref: Ref): Choices {
  const { keyspace, platform } = call.engine;
  const { sets } = keyspace;
  return {
    size: sets.size(ref),
    picksQuickly: sets.picksQuickly(ref),
    all: () => sets.handles(ref),
    pick: () => sets.randomHandle(ref, platform.chance),
  };
}
