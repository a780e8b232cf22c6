/** Primary and replicas. */

import { directive } from "../directive.js";
import { primaryAddress } from "../kinds/list.js";
import { clamped, INT_MAX, integer, KB, LONG_MAX, MB, memory } from "../kinds/number.js";
import { bytes, flag, oneOf, text } from "../kinds/scalar.js";

export const replication = {
  replicaof: directive(primaryAddress, null, "The primary that this server is a replica of.", {
    alias: "slaveof",
    immutable: true,
  }),
  masteruser: directive(text, "", "The user as whom a replica logs in to its primary.", { sensitive: true }),
  masterauth: directive(bytes, "", "The password with which a replica logs in to its primary.", {
    sensitive: true,
  }),
  "replica-serve-stale-data": directive(
    flag,
    true,
    "Whether a replica answers reads while it has no link to its primary.",
    { alias: "slave-serve-stale-data" },
  ),
  "replica-read-only": directive(flag, true, "Whether a replica refuses writes of its clients.", {
    alias: "slave-read-only",
  }),
  "repl-diskless-sync": directive(
    flag,
    true,
    "Whether a full resync sends the snapshot as it is made, without a file.",
  ),
  "repl-diskless-sync-delay": directive(
    integer(0n, INT_MAX),
    5,
    "Seconds that a diskless resync waits for more replicas to come.",
  ),
  "repl-diskless-sync-max-replicas": directive(
    integer(0n, INT_MAX),
    0,
    "With this many replicas waiting a diskless resync starts at once; 0 is never.",
  ),
  "repl-diskless-load": directive(
    oneOf("disabled", "on-empty-db", "swapdb"),
    "disabled",
    "Whether a replica loads the snapshot from the socket instead of a file, and what becomes of its old data.",
    { denyLoading: true },
  ),
  "repl-ping-replica-period": directive(
    integer(1n, INT_MAX),
    10,
    "Seconds between the pings that a primary sends to its replicas.",
    { alias: "repl-ping-slave-period" },
  ),
  "repl-timeout": directive(
    integer(1n, INT_MAX),
    60,
    "Seconds of silence after which a replication link counts as broken.",
  ),
  "repl-disable-tcp-nodelay": directive(
    flag,
    false,
    "Whether replication prefers fewer packets over the least delay.",
  ),
  "repl-backlog-size": directive(
    clamped("bytes; fewer than 16kb become 16kb", memory(1n, LONG_MAX), 16 * KB, Number(LONG_MAX)),
    MB,
    "How much of the replication stream is kept for partial resyncs, in bytes.",
  ),
  "repl-backlog-ttl": directive(
    integer(0n, LONG_MAX),
    3600,
    "Seconds without replicas after which the backlog is given up; 0 is never.",
  ),
  "replica-priority": directive(
    integer(0n, INT_MAX),
    100,
    "How Sentinel ranks this replica for promotion: the lower the better, 0 is never.",
    { alias: "slave-priority" },
  ),
  "propagation-error-behavior": directive(
    oneOf("ignore", "panic", "panic-on-replicas"),
    "ignore",
    "What a failing command in the replication stream or the append-only file leads to.",
  ),
  "replica-ignore-disk-write-errors": directive(
    flag,
    false,
    "Whether a replica goes on applying its primary's writes when it cannot persist them.",
  ),
  "replica-announced": directive(flag, true, "Whether Sentinel is told of this replica."),
  "min-replicas-to-write": directive(
    integer(0n, INT_MAX),
    0,
    "Writes are refused with fewer good replicas than this.",
    { alias: "min-slaves-to-write" },
  ),
  "min-replicas-max-lag": directive(
    integer(0n, INT_MAX),
    10,
    "A replica that was not heard of for more seconds than this is not a good one.",
    { alias: "min-slaves-max-lag" },
  ),
  "replica-announce-ip": directive(text, "", "The address that a replica tells its primary to show.", {
    alias: "slave-announce-ip",
  }),
  "replica-announce-port": directive(
    integer(0n, 65535n),
    0,
    "The port that a replica tells its primary to show; 0 is the real one.",
    { alias: "slave-announce-port" },
  ),
  "replica-ignore-maxmemory": directive(flag, true, "Whether a replica leaves eviction to its primary.", {
    alias: "slave-ignore-maxmemory",
  }),
  "replica-lazy-flush": directive(
    flag,
    false,
    "Whether a replica frees its old data in the background before a full resync.",
    { alias: "slave-lazy-flush" },
  ),
};
