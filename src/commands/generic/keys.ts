/** KEYS and RANDOMKEY. */

import { pattern } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import type { Ref } from "../../memory/memory.js";
import { globMatch } from "../../util/glob.js";
import { readPattern } from "./scan.js";

/** Where expired keys are only hidden there may be nothing else: after so many tries any key will do, as in Redis. */
const TRIES_MAX = 100;

export const keys = command({
  name: "keys",
  group: "generic",
  since: "1.0.0",
  summary: "Lists all keys that match a pattern, blocking the server meanwhile",
  complexity: "O(N), N being the number of keys in the database",
  flags: ["readonly"],
  categories: ["dangerous"],
  args: [pattern("pattern")],
  tips: ["request_policy:all_shards", "nondeterministic_output_order"],
  seesAnyKey: true,
  run(call) {
    const { keyspace } = call.engine;
    const { entries } = keyspace;
    const wanted = readPattern(call, 1);
    call.reply.counted("array", () => {
      let count = 0;
      call.database.dict.forEach((ref) => {
        const start = entries.keyStart(ref);
        const end = start + entries.keyLength(ref);
        const bytes = keyspace.arena.bytesOf(ref);
        if ((wanted !== null && !globMatch(wanted, bytes, start, end)) || keyspace.isExpired(ref)) return;
        call.reply.bulk(bytes, start, end);
        count++;
      });
      return count;
    });
  },
});

export const randomKey = command({
  name: "randomkey",
  group: "generic",
  since: "1.0.0",
  summary: "Gives one key at random",
  complexity: "O(1)",
  flags: ["readonly", "touches_arbitrary_keys"],
  tips: ["request_policy:all_shards", "response_policy:special", "nondeterministic_output"],
  run(call) {
    const ref = pick(call);
    if (ref === 0) call.reply.nil();
    else call.reply.bulk(call.engine.keyspace.entries.keyBytes(ref));
  },
});

/** A key whose time is not over; those that are found on the way are deleted where that is allowed. */
function pick(call: Call): Ref {
  const { keyspace, platform } = call.engine;
  for (let tries = 1; ; tries++) {
    const ref = call.database.dict.random(platform.chance);
    if (ref === 0 || !keyspace.isExpired(ref)) return ref;
    if (keyspace.expiryMode === "delete") keyspace.expire(call.database, keyspace.borrowKey(ref), ref);
    else if (tries === TRIES_MAX) return ref;
  }
}
