/** INFO replication: the role, who follows, and which part of the stream is kept for replicas that come back. */

import type { Engine } from "../../../engine/engine.js";
import { SHOWN_STATES } from "../../../replication/primary/replica.js";
import type { Transfer } from "../../../replication/replica/transfer.js";
import { type Field, section } from "./section.js";

export const replication = section("Replication", (engine) => [
  ["role", engine.services.follower.isReplica ? "slave" : "master"],
  ...link(engine),
  ["connected_slaves", engine.services.primary.replicas.length],
  ...goodReplicas(engine),
  ...replicas(engine),
  ["master_failover_state", engine.services.failover.state],
  ["master_replid", engine.history.replid],
  ["master_replid2", engine.history.replid2],
  ["master_repl_offset", engine.log.offset],
  ["second_repl_offset", engine.history.secondReplidOffset],
  ...backlog(engine),
  ...lastResync(engine),
]);

/** What a replica tells of its primary. */
function link({ services: { follower }, config: { values }, log, keyspace }: Engine): Field[] {
  const { address, link: current } = follower;
  if (address === null) return [];
  const since = (ms: number): number => Math.max(0, Math.floor((keyspace.now - ms) / 1000));
  const isUp = follower.isLinked;
  const { downSinceMs } = follower;
  const downSeconds = downSinceMs === null ? -1 : since(downSinceMs);
  return [
    ["master_host", address.host],
    ["master_port", address.port],
    ["master_link_status", isUp ? "up" : "down"],
    ["master_last_io_seconds_ago", isUp ? since(current!.lastIoMs) : -1],
    ["master_sync_in_progress", current?.phase === "sync" ? 1 : 0],
    ["slave_read_repl_offset", follower.readOffset],
    ["slave_repl_offset", log.offset],
    ...(current?.phase === "sync" ? transfer(current.transfer, since(current.lastIoMs)) : []),
    ...(isUp ? [] : [["master_link_down_since_seconds", downSeconds] as Field]),
    ["slave_priority", values["replica-priority"]],
    ["slave_read_only", values["replica-read-only"] ? 1 : 0],
    ["replica_announced", values["replica-announced"] ? 1 : 0],
  ];
}

/** Of a primary that does not know the size of its snapshot the replica cannot tell how much is left. */
function transfer(current: Transfer | null, idleSeconds: number): Field[] {
  const { totalBytes, receivedBytes } = current ?? { totalBytes: -1, receivedBytes: 0 };
  const percent = totalBytes === 0 ? 0 : (receivedBytes / totalBytes) * 100;
  return [
    ["master_sync_total_bytes", totalBytes],
    ["master_sync_read_bytes", receivedBytes],
    ["master_sync_left_bytes", totalBytes - receivedBytes],
    ["master_sync_perc", percent.toFixed(2)],
    ["master_sync_last_io_seconds_ago", idleSeconds],
  ];
}

function goodReplicas({ config: { values }, services }: Engine): Field[] {
  if (values["min-replicas-to-write"] === 0 || values["min-replicas-max-lag"] === 0) return [];
  return [["min_slaves_good_slaves", services.primary.goodReplicas]];
}

function replicas({ services: { primary } }: Engine): Field[] {
  return primary.replicas.map((replica, at): Field => {
    const state = SHOWN_STATES[replica.state];
    const { address, handshake, ackOffset } = replica;
    const lag = primary.lagOf(replica);
    return [
      `slave${at}`,
      `ip=${address},port=${handshake.port},state=${state},offset=${ackOffset},lag=${lag}`,
    ];
  });
}

function backlog({ services: { primary }, config, log }: Engine): Field[] {
  const { backlog: kept } = primary;
  return [
    ["repl_backlog_active", kept === null ? 0 : 1],
    ["repl_backlog_size", config.values["repl-backlog-size"]],
    ["repl_backlog_first_byte_offset", kept === null ? 0 : kept.startOffset + 1],
    ["repl_backlog_histlen", kept === null ? 0 : log.offset - kept.startOffset],
  ];
}

/** Not of Redis: why a replica had to be sent everything last, and what would have avoided it (RESYNCS has more). */
function lastResync({ services: { primary } }: Engine): Field[] {
  const { last } = primary.resyncs;
  if (last === undefined) return [];
  return [
    ["last_full_resync_time", Math.floor(last.atMs / 1000)],
    ["last_full_resync_replica", last.replica],
    ["last_full_resync_reason", last.reason],
    ["last_full_resync_missing_bytes", last.missingBytes],
    [
      "last_full_resync_avoided_by",
      last.setting === null ? "" : `${last.setting.name} ${last.setting.value}`,
    ],
  ];
}
