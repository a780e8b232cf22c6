/** INFO stats: what has been done since the server started, or since CONFIG RESETSTAT. */

import type { Engine } from "../../../engine/engine.js";
import { type Field, section } from "./section.js";

export const stats = section("Stats", (engine) => [
  ...traffic(engine),
  ...keys(engine),
  ...others(engine),
  ...eventLoop(engine),
]);

function traffic({ statistics }: Engine): Field[] {
  return [
    ["total_connections_received", statistics.connections],
    ["total_commands_processed", statistics.commands],
    ["instantaneous_ops_per_sec", Math.floor(statistics.commandRate.average)],
    ["total_net_input_bytes", statistics.bytesIn],
    ["total_net_output_bytes", statistics.bytesOut],
    ["total_net_repl_input_bytes", 0],
    ["total_net_repl_output_bytes", statistics.replicaBytesOut],
    ["instantaneous_input_kbps", kilobytes(statistics.inputRate.average)],
    ["instantaneous_output_kbps", kilobytes(statistics.outputRate.average)],
    ["instantaneous_input_repl_kbps", "0.00"],
    ["instantaneous_output_repl_kbps", kilobytes(statistics.replicaOutputRate.average)],
    ["rejected_connections", statistics.rejectedConnections],
    ["sync_full", statistics.fullSyncs],
    ["sync_partial_ok", statistics.partialSyncs],
    ["sync_partial_err", statistics.refusedPartialSyncs],
  ];
}

function keys({ statistics, keyspace, eviction, platform }: Engine): Field[] {
  const { exceededSinceUs, exceededUs } = eviction;
  const exceedsForUs = exceededSinceUs === 0 ? 0 : platform.clock.monotonicUs() - exceededSinceUs;
  return [
    ["expired_keys", keyspace.stats.expired],
    ["expired_stale_perc", statistics.expiredStalePercent.toFixed(2)],
    ["expired_time_cap_reached_count", statistics.expireTimeCapReached],
    ["expire_cycle_cpu_milliseconds", Math.floor(statistics.expireCycleMs)],
    ["evicted_keys", keyspace.stats.evicted],
    ["evicted_clients", statistics.evictedClients],
    ["total_eviction_exceeded_time", Math.floor((exceededUs + exceedsForUs) / 1000)],
    ["current_eviction_exceeded_time", Math.floor(exceedsForUs / 1000)],
    ["keyspace_hits", keyspace.stats.hits],
    ["keyspace_misses", keyspace.stats.misses],
  ];
}

/** Most of these are of things that Redis has and this server does not have, or not yet. */
function others({ statistics, pubsub, services, keyspace }: Engine): Field[] {
  const none = [
    "active_defrag_hits",
    "active_defrag_misses",
    "active_defrag_key_hits",
    "active_defrag_key_misses",
    "total_active_defrag_time",
    "current_active_defrag_time",
    "tracking_total_keys",
    "tracking_total_items",
    "tracking_total_prefixes",
  ];
  return [
    ["pubsub_channels", pubsub.channel.count],
    ["pubsub_patterns", pubsub.pattern.count],
    ["pubsubshard_channels", pubsub.shard.count],
    ["latest_fork_usec", services.saver.lastCutUs],
    ["total_forks", services.saver.cuts],
    ["migrate_cached_sockets", 0],
    [
      "slave_expires_tracked_keys",
      keyspace.databases.reduce((sum, { ownExpiries }) => sum + ownExpiries.count, 0),
    ],
    ...none.map((name): Field => [name, 0]),
    ["unexpected_error_replies", statistics.unexpectedErrors],
    ["total_error_replies", statistics.errorReplies],
    ["dump_payload_sanitizations", 0],
    ["total_reads_processed", statistics.reads],
    ["total_writes_processed", statistics.writes],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["reply_buffer_shrinks", 0],
    ["reply_buffer_expands", 0],
  ];
}

function eventLoop({ statistics }: Engine): Field[] {
  return [
    ["eventloop_cycles", statistics.turns],
    ["eventloop_duration_sum", Math.floor(statistics.turnUs)],
    ["eventloop_duration_cmd_sum", Math.floor(statistics.commandUs)],
    ["instantaneous_eventloop_cycles_per_sec", Math.floor(statistics.turnRate.average)],
    ["instantaneous_eventloop_duration_usec", Math.floor(statistics.turnLength.average)],
    ["acl_access_denied_auth", statistics.deniedAuth],
    ["acl_access_denied_cmd", 0],
    ["acl_access_denied_key", 0],
    ["acl_access_denied_channel", 0],
    // From 7.4, where tools look for them.
    ["client_query_buffer_limit_disconnections", statistics.queryLimitDisconnections],
    ["client_output_buffer_limit_disconnections", statistics.outputLimitDisconnections],
  ];
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(2);
}
