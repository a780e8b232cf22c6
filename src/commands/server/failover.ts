/** FAILOVER. */

import { block, integer, optional, string, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { isAt } from "../../replication/failover.js";
import type { Replica } from "../../replication/primary/replica.js";

const PORT_MAX = 65535;

export const failover = command({
  name: "failover",
  group: "server",
  since: "6.2.0",
  summary: "Hands the role of the primary to one of its replicas, without losing anything",
  complexity: "O(1)",
  flags: ["admin", "noscript", "stale"],
  args: [
    optional(
      block("target", [string("host"), integer("port"), optional(token("force", "FORCE"))], { token: "TO" }),
    ),
    optional(token("abort", "ABORT")),
    optional(integer("milliseconds", { token: "TIMEOUT" })),
  ],
  run(call) {
    const { follower, failover: current, primary } = call.engine.services;
    const { host, port, force, abort, timeoutMs } = readOptions(call);
    if (abort) {
      if (current.state === "no-failover") throw fail("No failover in progress.");
      current.abort("Failover manually aborted");
      call.reply.ok();
      return;
    }
    if (current.state !== "no-failover") throw fail("FAILOVER already in progress.");
    if (follower.isReplica) throw fail("FAILOVER is not valid when server is a replica.");
    if (primary.replicas.length === 0) throw fail("FAILOVER requires connected replicas.");
    if (force && (timeoutMs === 0 || host === null))
      throw fail("FAILOVER with force option requires both a timeout and target HOST and IP.");
    let target: Replica | null = null;
    if (host !== null) {
      target = primary.replicas.find((replica) => isAt(replica, { host, port })) ?? null;
      if (target === null) throw fail("FAILOVER target HOST and PORT is not a replica.");
      if (!force && target.state !== "online") throw fail("FAILOVER target replica is not online.");
    }
    current.start({ target, force, timeoutMs });
    call.reply.ok();
  },
});

interface Options {
  host: string | null;
  port: number;
  force: boolean;
  abort: boolean;
  timeoutMs: number;
}

function readOptions(call: Call): Options {
  const options: Options = { host: null, port: 0, force: false, abort: false, timeoutMs: 0 };
  for (let at = 1; at < call.argc; at++) {
    const left = call.argc - 1 - at;
    if (options.timeoutMs === 0 && left >= 1 && call.is(at, "timeout")) {
      options.timeoutMs = call.integer(++at);
      if (options.timeoutMs <= 0) throw fail("FAILOVER timeout must be greater than 0");
    } else if (call.argc === 2 && call.is(at, "abort")) {
      options.abort = true;
    } else if (options.host === null && left >= 2 && call.is(at, "to")) {
      options.port = call.integer(at + 2, undefined, 0, PORT_MAX);
      options.host = call.text(at + 1);
      at += 2;
    } else if (!options.force && call.is(at, "force")) {
      options.force = true;
    } else {
      throw syntaxError();
    }
  }
  return options;
}
