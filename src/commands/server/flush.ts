/** FLUSHDB and FLUSHALL. */

import { oneOf, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Declaration } from "../../engine/command.js";
import { syntaxError } from "../../engine/errors.js";
import type { Database } from "../../keyspace/database.js";

/** Declares a command that empties databases. */
function flush(name: string, extra: Pick<Declaration, "summary" | "complexity" | "run">): Declaration {
  return command({
    name,
    group: "server",
    since: "1.0.0",
    flags: ["write"],
    categories: ["keyspace", "dangerous"],
    args: [
      optional(
        oneOf("flush-type", [
          token("async", "ASYNC", { since: "4.0.0" }),
          token("sync", "SYNC", { since: "6.2.0" }),
        ]),
      ),
    ],
    history: [
      ["4.0.0", "Added the `ASYNC` option."],
      ["6.2.0", "Added the `SYNC` option."],
    ],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    ...extra,
  });
}

/** Whether the memory is freed in the background. */
function isAsync(call: Call): boolean {
  if (call.argc === 1) return call.engine.config.values["lazyfree-lazy-user-flush"];
  const isAsked = call.is(1, "async");
  if (call.argc > 2 || !(isAsked || call.is(1, "sync"))) throw syntaxError();
  return isAsked;
}

/** Tells the watchers, and counts each key as a change. */
function prepare(database: Database): void {
  database.touchAllWatched();
  database.space.dirty += database.count;
}

export const flushDb = flush("flushdb", {
  summary: "Removes all keys from the database",
  complexity: "O(N), N being the number of keys in the database",
  run(call) {
    const later = isAsync(call);
    prepare(call.database);
    call.database.clear(later);
    // Also when nothing was there: elsewhere something may be.
    call.propagateAnyway();
    call.reply.ok();
  },
});

export const flushAll = flush("flushall", {
  summary: "Removes all keys from all databases",
  complexity: "O(N), N being the number of keys in all databases",
  run(call) {
    // The memory goes back whole, either way at once; but what is asked must be a word that is known.
    isAsync(call);
    const { keyspace } = call.engine;
    for (const database of keyspace.databases) prepare(database);
    keyspace.clear();
    call.engine.services.flushed();
    call.propagateAnyway();
    call.reply.ok();
  },
});
