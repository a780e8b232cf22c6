/** HSET, HMSET and HSETNX. */

import { block, key, multiple, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { wrongArity } from "../../engine/errors.js";
import { NOTIFY_HASH } from "../../keyspace/events.js";
import type { Held } from "../../memory/held.js";
import { holdHash, writeHash } from "./access.js";

const pairs = multiple(block("data", [string("field"), string("value")]));

export const hset = command({
  name: "hset",
  group: "hash",
  since: "2.0.0",
  summary: "Sets fields of a hash, which is made if there is none",
  complexity: "O(N), N being the number of fields that are given",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "update"]), pairs],
  history: [["4.0.0", "Takes several pairs of `field` and `value`."]],
  run: (call) => call.reply.integer(setPairs(call)),
});

export const hmset = command({
  name: "hmset",
  group: "hash",
  since: "2.0.0",
  summary: "Sets fields of a hash, which is made if there is none, and tells nothing",
  complexity: "O(N), N being the number of fields that are given",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "update"]), pairs],
  deprecated: { since: "4.0.0", replacedBy: "`HSET` with multiple field-value pairs" },
  run(call) {
    setPairs(call);
    call.reply.ok();
  },
});

export const hsetnx = command({
  name: "hsetnx",
  group: "hash",
  since: "2.0.0",
  summary: "Sets a field of a hash if it is not there yet",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  args: [key("key", ["RW", "insert"]), string("field"), string("value")],
  run(call) {
    const { hashes } = call.engine.keyspace;
    const key = call.key(1);
    const ref = writeHash(call, key);
    const isNew = ref === 0 || !hashes.has(ref, call.slice(2));
    if (isNew) {
      hashes.set(holdHash(call, key, ref, 2), call.slice(2), call.slice(3), call.engine.config.values);
      call.database.changed(key, NOTIFY_HASH, "hset");
    }
    call.reply.integer(isNew ? 1 : 0);
  },
});

/** Sets all pairs; returns how many fields are new. */
function setPairs(call: Call): number {
  if (call.argc % 2 !== 0) throw wrongArity(call.command.fullName);
  const { config, keyspace } = call.engine;
  const key = call.key(1);
  const held = holdHash(call, key, writeHash(call, key), 2);
  giveUpListpack(call, held);
  let created = 0;
  for (let at = 2; at < call.argc; at += 2) {
    if (keyspace.hashes.set(held, call.slice(at), call.slice(at + 1), config.values)) created++;
  }
  // Each pair counts as a change.
  keyspace.dirty += call.argc / 2 - 2;
  call.database.changed(key, NOTIFY_HASH, "hset");
  return created;
}

/** So many or such long arguments end in a table anyway; Redis does not count those that are repeated. */
function giveUpListpack(call: Call, held: Held): void {
  const { config, keyspace } = call.engine;
  const longest = config.values["hash-max-listpack-value"];
  let needed = call.argc / 2 - 1 > config.values["hash-max-listpack-entries"];
  for (let at = 2; at < call.argc && !needed; at++) needed = call.length(at) > longest;
  if (needed) keyspace.hashes.turnIntoTable(held);
}
