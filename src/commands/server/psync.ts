/** PSYNC and SYNC: the connection becomes a replica. What follows on it is described in replication/primary/. */

import { integer, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import { Handshake } from "../../replication/primary/handshake.js";
import type { SyncRequest } from "../../replication/primary/primary.js";
import { clientLine } from "../connection/client/line.js";

const FLAGS = ["admin", "noscript", "no_async_loading", "no_multi"] as const;

export const psync = command({
  name: "psync",
  group: "server",
  since: "2.8.0",
  summary: "Begins replication to the connection, from an offset of a history if that is possible",
  flags: FLAGS,
  args: [string("replicationid"), integer("offset")],
  arity: -3,
  run(call) {
    if (isReplicaAlready(call)) return;
    if (call.argc > 3 && call.is(3, "failover")) takeOver(call);
    checkLink(call);
    const handshake = checkedHandshake(call);
    attach(call, handshake, { replid: call.text(1), offset: Number(call.integer64(2)) });
  },
});

export const sync = command({
  name: "sync",
  group: "server",
  since: "1.0.0",
  summary: "Begins replication to the connection, as it was before PSYNC",
  flags: FLAGS,
  run(call) {
    if (isReplicaAlready(call)) return;
    checkLink(call);
    attach(call, checkedHandshake(call), null);
  },
});

/** A second request, and one of a monitor, is not even answered. */
function isReplicaAlready({ client }: Call): boolean {
  return client.replica !== null || client.monitor;
}

/** The primary of this replica steps down for it. */
function takeOver(call: Call): void {
  const { services, history, keyspace } = call.engine;
  services.log("warning", `Failover request received for replid ${call.text(1)}.`);
  if (!services.follower.isReplica) throw fail("PSYNC FAILOVER can't be sent to a master.");
  if (call.text(1).toLowerCase() !== history.replid)
    throw fail("PSYNC FAILOVER replid must match my replid.");
  services.follower.lead();
  const user = clientLine(call.client, keyspace.now, null);
  services.log("notice", `MASTER MODE enabled (failover request from '${user}')`);
}

/** A replica without a link has no stream to pass on. */
function checkLink({ engine: { services } }: Call): void {
  const { follower } = services;
  if (follower.isReplica && !follower.isLinked)
    throw fail("NOMASTERLINK Can't SYNC while not connected with my master");
}

function checkedHandshake({ client, reply }: Call): Handshake {
  // What is still to be sent would get into the stream.
  if (reply.length > 0 || client.link.outputBytes > 0)
    throw fail("SYNC and PSYNC are invalid with pending output");
  const handshake = client.handshake ?? new Handshake();
  if (handshake.isFiltered && !handshake.eof) throw fail("Filtered replica requires EOF capability");
  return handshake;
}

function attach({ client, engine }: Call, handshake: Handshake, request: SyncRequest | null): void {
  engine.services.primary.attach(client.link.forReplica(), handshake, request, (replica) => {
    client.replica = replica;
  });
}
