/** CLIENT PAUSE, UNPAUSE and UNBLOCK. */

import { integer, oneOf, optional, token } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { command } from "../../../engine/command.js";
import { fail, wrongSubcommand } from "../../../engine/errors.js";
import { INT64_MAX } from "../../../util/integer.js";

export const pause = command({
  name: "pause",
  group: "connection",
  since: "3.0.0",
  summary: "Makes the commands of all clients wait for some time, or only those that write",
  complexity: "O(1)",
  flags: ["admin", "noscript", "loading", "stale"],
  args: [
    integer("timeout"),
    optional(oneOf("mode", [token("write", "WRITE"), token("all", "ALL")], { since: "6.2.0" })),
  ],
  history: [["6.2.0", "Mode `WRITE`, and the option `mode` with it."]],
  run(call) {
    if (call.argc > 4) throw wrongSubcommand(call.shown(1, 128), "CLIENT");
    const onlyWrites = call.argc === 4 && call.is(3, "write");
    if (call.argc === 4 && !onlyWrites && !call.is(3, "all")) {
      throw fail("CLIENT PAUSE mode must be WRITE or ALL");
    }
    call.engine.clients.pause("client", readEnd(call, 2), onlyWrites);
    call.reply.ok();
  },
});

/** When the pause ends, milliseconds since 1970. */
function readEnd(call: Call, at: number): number {
  const timeout = call.integer64(at, () => fail("timeout is not an integer or out of range"));
  if (timeout < 0n) throw fail("timeout is negative");
  const end = timeout + BigInt(call.engine.keyspace.now);
  if (end > INT64_MAX) throw fail("timeout is out of range");
  return Number(end);
}

export const unpause = command({
  name: "unpause",
  group: "connection",
  since: "6.2.0",
  summary: "Ends a pause of CLIENT PAUSE",
  complexity: "O(N), N being the number of clients that wait",
  flags: ["admin", "noscript", "loading", "stale"],
  run(call) {
    call.engine.clients.unpause("client");
    call.reply.ok();
  },
});

export const unblock = command({
  name: "unblock",
  group: "connection",
  since: "5.0.0",
  summary: "Ends the wait of a client that a blocking command holds",
  complexity: "O(log N), N being the number of connections",
  flags: ["admin", "noscript", "loading", "stale"],
  args: [
    integer("client-id"),
    optional(oneOf("unblock-type", [token("timeout", "TIMEOUT"), token("error", "ERROR")])),
  ],
  arity: -3,
  run(call) {
    if (call.argc > 4) throw wrongSubcommand(call.shown(1, 128), "CLIENT");
    const isError = call.argc === 4 && call.is(3, "error");
    if (call.argc === 4 && !isError && !call.is(3, "timeout")) {
      throw fail("CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    const { blocking, clients } = call.engine;
    const client = clients.get(Number(call.integer64(2)));
    // One that a pause holds is not to be unblocked.
    const waits = client !== undefined && (client.blocked?.wait.timedOut ?? null) !== null;
    if (waits && isError) blocking.refuse(client, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    else if (waits) blocking.timeOut(client);
    call.reply.integer(waits ? 1 : 0);
  },
});
