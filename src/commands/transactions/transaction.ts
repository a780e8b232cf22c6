/** MULTI, EXEC and DISCARD. */

import type { Call } from "../../engine/call.js";
import type { Client } from "../../engine/client.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import type { Transaction } from "../../engine/transaction.js";

export const multi = command({
  name: "multi",
  group: "transactions",
  since: "1.2.0",
  summary: "Begins a transaction: the commands that follow are queued",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  immediate: true,
  run(call) {
    if (call.client.transaction !== null) throw fail("MULTI calls can not be nested");
    call.client.transaction = call.engine.transactions.take();
    call.reply.ok();
  },
});

export const exec = command({
  name: "exec",
  group: "transactions",
  since: "1.2.0",
  summary: "Runs the queued commands as one atomic unit",
  complexity: "That of the queued commands",
  flags: ["noscript", "loading", "stale", "skip_slowlog"],
  immediate: true,
  run(call) {
    const { client } = call;
    const { transaction } = client;
    if (transaction === null) throw fail("EXEC without MULTI");
    const stale = client.dirty || watchedHasExpired(call);
    client.discard();
    if (transaction.failed) throw fail("EXECABORT Transaction discarded because of previous errors.");
    if (stale) call.reply.nilArray();
    else runQueue(call, client, transaction);
    call.engine.transactions.give(transaction);
  },
});

export const discard = command({
  name: "discard",
  group: "transactions",
  since: "2.0.0",
  summary: "Ends a transaction without running what is queued",
  complexity: "O(N), N being the number of queued commands",
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  immediate: true,
  run(call) {
    if (call.client.transaction === null) throw fail("DISCARD without MULTI");
    call.client.discard();
    call.reply.ok();
  },
});

/** A key that was alive when it was watched and whose time is over has changed, whether it is deleted yet or not. */
function watchedHasExpired(call: Call): boolean {
  const { keyspace } = call.engine;
  return call.client.watching.some(({ database, key, expired }) => {
    const ref = expired ? 0 : database.dict.find(keyspace.key(Buffer.from(key, "latin1")));
    return ref !== 0 && keyspace.isExpired(ref);
  });
}

function runQueue(call: Call, client: Client, transaction: Transaction): void {
  client.reply.array(transaction.count);
  for (let at = 0; at < transaction.count; at++) {
    const { command, request } = transaction.at(at);
    call.engine.run(client, command, request);
  }
}
