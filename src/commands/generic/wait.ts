/** WAIT. */

import { integer } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

export const wait = command({
  name: "wait",
  group: "generic",
  since: "3.0.0",
  summary: "Waits until so many replicas have all that this connection has written",
  complexity: "O(1)",
  category: "connection",
  args: [integer("numreplicas"), integer("timeout")],
  tips: ["request_policy:all_shards", "response_policy:agg_min"],
  run(call) {
    const { client, engine, reply } = call;
    const { primary } = engine.services;
    if (engine.services.follower.isReplica)
      throw fail(
        "WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.",
      );
    const wanted = call.integer(1);
    const timeoutMs = readTimeout(call, 2);
    const offset = client.logOffset;
    const count = primary.countAcknowledged(offset);
    // Inside of a transaction nobody waits.
    if (count >= wanted || !call.mayBlock) {
      reply.integer(count);
      return;
    }
    const waiting = {
      offset,
      wanted,
      finish: (reached: number) => engine.blocking.finish(client, (answer) => answer.integer(reached)),
    };
    primary.waitFor(waiting);
    engine.blocking.block(
      call,
      {
        timedOut: (answer) => answer.integer(primary.countAcknowledged(offset)),
        end: () => primary.forget(waiting),
      },
      timeoutMs,
    );
  },
});

function readTimeout(call: Call, at: number): number {
  const timeout = call.integer(at, () => fail("timeout is not an integer or out of range"));
  if (timeout < 0) throw fail("timeout is negative");
  return timeout;
}
