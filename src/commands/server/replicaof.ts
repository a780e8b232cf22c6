/** REPLICAOF and SLAVEOF. */

import { block, integer, oneOf, string, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Declaration } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { clientLine } from "../connection/client/line.js";

const PORT_MAX = 65535;

function declare(
  name: string,
  extra: Pick<Declaration, "since" | "summary"> & Partial<Pick<Declaration, "deprecated">>,
): Declaration {
  return command({
    name,
    group: "server",
    complexity: "O(1)",
    flags: ["admin", "noscript", "stale", "no_async_loading"],
    args: [
      oneOf("args", [
        block("host-port", [string("host"), integer("port")]),
        block("no-one", [token("no", "NO"), token("one", "ONE")]),
      ]),
    ],
    arity: 3,
    run: replicaOfCommand,
    ...extra,
  });
}

export const replicaOf = declare("replicaof", {
  since: "5.0.0",
  summary: "Makes the server a replica of another one, or with NO ONE a primary",
});

export const slaveOf = declare("slaveof", {
  since: "1.0.0",
  summary: "Makes the server a replica of another one, or with NO ONE a primary",
  deprecated: { since: "5.0.0", replacedBy: "`REPLICAOF`" },
});

function replicaOfCommand(call: Call): void {
  const { engine, client, reply } = call;
  const { follower, failover } = engine.services;
  if (failover.state !== "no-failover") throw fail("REPLICAOF not allowed while failing over.");
  const user = (): string => clientLine(client, engine.keyspace.now, null);
  if (call.is(1, "no") && call.is(2, "one")) {
    if (follower.isReplica) {
      follower.lead();
      engine.services.log("notice", `MASTER MODE enabled (user request from '${user()}')`);
    }
    reply.ok();
    return;
  }
  if (client.replica !== null) throw fail("Command is not valid when client is a replica.");
  const port = call.integer(2, () => fail("Invalid master port"), 0, PORT_MAX);
  const host = call.text(1);
  const { address } = follower;
  if (address !== null && address.host.toLowerCase() === host.toLowerCase() && address.port === port) {
    engine.services.log(
      "notice",
      "REPLICAOF would result into synchronization with the master we are already connected with. No operation performed.",
    );
    reply.simple("OK Already connected to specified master");
    return;
  }
  follower.follow({ host, port });
  engine.services.log("notice", `REPLICAOF ${host}:${port} enabled (user request from '${user()}')`);
  reply.ok();
}
