/** WATCH and UNWATCH. */

import { key, multiple } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { latin1 } from "../../util/ascii.js";

export const watch = command({
  name: "watch",
  group: "transactions",
  since: "2.2.0",
  summary: "Makes the next EXEC fail when one of the keys changes before it",
  complexity: "O(1) for each key",
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  args: [multiple(key("key", ["RO"]))],
  immediate: true,
  run(call) {
    if (call.client.transaction !== null) throw fail("WATCH inside MULTI is not allowed");
    // EXEC will fail already: there is nothing more to learn.
    if (!call.client.dirty) for (let at = 1; at < call.argc; at++) watchKey(call, at);
    call.reply.ok();
  },
});

export const unwatch = command({
  name: "unwatch",
  group: "transactions",
  since: "2.2.0",
  summary: "Forgets all watched keys",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  run(call) {
    call.client.unwatch();
    call.reply.ok();
  },
});

function watchKey(call: Call, at: number): void {
  const { client, database } = call;
  const key = call.key(at);
  const name = latin1(key.bytes, key.start, key.end);
  if (client.watching.some((watched) => watched.key === name && watched.database === database)) return;
  const ref = database.dict.find(key);
  const expired = ref !== 0 && call.engine.keyspace.isExpired(ref);
  const watched = { watcher: client, database, key: name, expired };
  client.watching.push(watched);
  database.watched.add(watched);
}
