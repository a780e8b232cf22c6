/** WAIT and WAITAOF. */

import { integer } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import type { Reply } from "../../resp/reply.js";
import { readTimeoutMs } from "../timeout.js";

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
    const wanted = Number(call.integer64(1));
    const timeoutMs = readTimeoutMs(call, 2);
    // What was written in a history that was left since counts as written here.
    const offset = Math.min(client.logOffset, engine.log.offset);
    const count = primary.countAcknowledged(offset);
    // Inside of a transaction nobody waits.
    if (count >= wanted || !call.mayBlock) {
      reply.integer(count);
      return;
    }
    const waiting = {
      check(): void {
        const reached = primary.countAcknowledged(offset);
        if (reached >= wanted) engine.blocking.finish(client, (answer) => answer.integer(reached));
      },
    };
    primary.waitFor(waiting);
    engine.blocking.block(
      call,
      {
        timedOut: (answer) => answer.integer(primary.countAcknowledged(offset)),
        end: () => primary.waiters.forget(waiting),
      },
      timeoutMs,
    );
  },
});

export const waitAof = command({
  name: "waitaof",
  group: "generic",
  since: "7.2.0",
  summary:
    "Waits until what this connection has written is on the disks of this server and of so many replicas",
  complexity: "O(1)",
  flags: ["noscript"],
  category: "connection",
  args: [integer("numlocal"), integer("numreplicas"), integer("timeout")],
  tips: ["request_policy:all_shards", "response_policy:agg_min"],
  run(call) {
    const { client, engine } = call;
    const { primary, follower } = engine.services;
    const numLocal = call.integer(1, () => fail("value is out of range, value must between 0 and 1"), 0, 1);
    const numReplicas = call.integer(2, () => fail("value is out of range, must be positive"), 0);
    const timeoutMs = readTimeoutMs(call, 3);
    if (follower.isReplica)
      throw fail(
        "WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just local and are not propagated.",
      );
    const isOff = (): boolean => !engine.config.values.appendonly;
    if (numLocal > 0 && isOff()) throw fail(NEEDS_FILE);
    const offset = Math.min(client.logOffset, engine.log.offset);
    const isLocal = (): boolean => {
      const { aof } = engine.services;
      return aof !== null && aof.durableOffset >= offset;
    };
    const isEnough = (): boolean =>
      Number(isLocal()) >= numLocal && primary.countStored(offset) >= numReplicas;
    const answer = (reply: Reply): void => {
      reply.array(2);
      reply.integer(isLocal() ? 1 : 0);
      reply.integer(primary.countStored(offset));
    };
    if (isEnough() || !call.mayBlock) return answer(call.reply);
    const waiting = {
      check(): void {
        if (numLocal > 0 && isOff()) engine.blocking.refuse(client, `ERR ${NEEDS_FILE}`);
        else if (isEnough()) engine.blocking.finish(client, answer);
      },
    };
    primary.waitFor(waiting);
    engine.blocking.block(call, { timedOut: answer, end: () => primary.waiters.forget(waiting) }, timeoutMs);
    if (numLocal > 0) engine.services.aof?.syncUpTo(offset);
  },
});

const NEEDS_FILE = "WAITAOF cannot be used when numlocal is set but appendonly is disabled.";
