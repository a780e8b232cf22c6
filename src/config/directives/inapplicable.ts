/**
 * Directives of Redis that cannot mean anything here. A file that was written for Redis may contain them: they are
 * accepted with one warning that names them all, CONFIG GET does not show them, and to CONFIG SET they are unknown.
 * Where ignoring one would give a server that is not what was asked for, the value is refused.
 */

import type { ByteString } from "../parse.js";

/** Names, and why they cannot apply. */
export interface Inapplicable {
  /** Completes "They are ignored, because ...". */
  readonly because: string;
  readonly names: readonly string[];
}

export const inapplicable: readonly Inapplicable[] = [
  {
    because: "memory does not come from jemalloc",
    names: [
      "jemalloc-bg-thread",
      "activedefrag",
      "active-defrag-cycle-min",
      "active-defrag-cycle-max",
      "active-defrag-threshold-lower",
      "active-defrag-threshold-upper",
      "active-defrag-ignore-bytes",
      "active-defrag-max-scan-fields",
    ],
  },
  { because: "hash tables never rehash as a whole", names: ["activerehashing"] },
  { because: "commands and sockets share one thread", names: ["io-threads", "io-threads-do-reads"] },
  {
    because: "Node.js has no call for it",
    names: [
      "server_cpulist",
      "bio_cpulist",
      "aof_rewrite_cpulist",
      "bgsave_cpulist",
      "oom-score-adj",
      "oom-score-adj-values",
      "disable-thp",
      "socket-mark-id",
      "syslog-enabled",
      "syslog-ident",
      "syslog-facility",
      "watchdog-period",
    ],
  },
  { because: "a crash is Node.js's own", names: ["crash-memcheck-enabled", "use-exit-on-panic"] },
  { because: "its checks concern forking", names: ["ignore-warnings"] },
  { because: "it exists in test builds of Redis only", names: ["req-res-logfile", "client-default-resp"] },
  { because: "there are no modules", names: ["enable-module-command"] },
  {
    because: "there is no TLS",
    names: [
      "tls-port",
      "tls-replication",
      "tls-cluster",
      "tls-cert-file",
      "tls-key-file",
      "tls-key-file-pass",
      "tls-client-cert-file",
      "tls-client-key-file",
      "tls-client-key-file-pass",
      "tls-dh-params-file",
      "tls-ca-cert-file",
      "tls-ca-cert-dir",
      "tls-auth-clients",
      "tls-protocols",
      "tls-ciphers",
      "tls-ciphersuites",
      "tls-prefer-server-ciphers",
      "tls-session-caching",
      "tls-session-cache-size",
      "tls-session-cache-timeout",
    ],
  },
  {
    because: "there is no cluster mode",
    names: [
      "cluster-enabled",
      "cluster-config-file",
      "cluster-port",
      "cluster-node-timeout",
      "cluster-ping-interval",
      "cluster-migration-barrier",
      "cluster-require-full-coverage",
      "cluster-replica-no-failover",
      "cluster-slave-no-failover",
      "cluster-replica-validity-factor",
      "cluster-slave-validity-factor",
      "cluster-allow-reads-when-down",
      "cluster-allow-pubsubshard-when-down",
      "cluster-allow-replica-migration",
      "cluster-link-sendbuf-limit",
      "cluster-preferred-endpoint-type",
      "cluster-announce-ip",
      "cluster-announce-port",
      "cluster-announce-tls-port",
      "cluster-announce-bus-port",
      "cluster-announce-hostname",
      "cluster-announce-human-nodename",
    ],
  },
];

const REASONS: ReadonlyMap<string, string> = new Map(
  inapplicable.flatMap(({ because, names }) => names.map((name) => [name, because] as const)),
);

/** Why the directive (in lower case) cannot apply; null when it is not one of these. */
export function whyInapplicable(name: string): string | null {
  return REASONS.get(name) ?? null;
}

/** Why the value of an inapplicable directive is refused, or null when ignoring it does no harm. */
export function refusalOf(name: string, args: readonly ByteString[]): string | null {
  const value = (args[0] ?? "").toLowerCase();
  if (name === "tls-port" && value !== "0")
    return "TLS is not supported: put a TLS proxy in front of the server";
  if (name === "tls-replication" && value === "yes")
    return "TLS is not supported: tls-replication must be no";
  if (name === "cluster-enabled" && value === "yes") return "cluster mode is not supported";
  return null;
}
