/** INFO server: what runs here, where and since when. */

import { REDIS_VERSION, TIDEMARK_VERSION } from "../../../config/version.js";
import { type Field, section } from "./section.js";

const SECONDS_OF_DAY = 86400;
/** What libuv waits with, by operating system. */
const MULTIPLEXING: readonly (readonly [system: RegExp, api: string])[] = [
  [/^Linux/, "epoll"],
  [/^(Darwin|\w*BSD)/, "kqueue"],
  [/^SunOS/, "evport"],
];

export const server = section("Server", (engine) => {
  const { platform, services, config, keyspace } = engine;
  const { facts } = services;
  const { host, clock } = platform;
  const uptime = Math.floor((clock.now() - facts.startedMs) / 1000);
  return [
    ["redis_version", REDIS_VERSION],
    ["tidemark_version", TIDEMARK_VERSION],
    // There is no build that these could name; they are there for tools that look for them.
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_build_id", "0"],
    ["redis_mode", "standalone"],
    ["os", host.platform],
    ["arch_bits", 64],
    ["monotonic_clock", "POSIX clock_gettime"],
    ["multiplexing_api", MULTIPLEXING.find(([system]) => system.test(host.platform))?.[1] ?? "libuv"],
    ["atomicvar_api", "javascript"],
    ["gcc_version", "0.0.0"],
    ["process_id", host.pid],
    ["process_supervised", "no"],
    ["run_id", facts.runId],
    ["tcp_port", facts.port],
    ["server_time_usec", clock.nowUs()],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / SECONDS_OF_DAY)],
    ["hz", services.hz],
    ["configured_hz", config.values.hz],
    ["lru_clock", keyspace.access.lruClock],
    ["executable", facts.executable],
    ["config_file", facts.configFile],
    ["io_threads_active", 0],
    ...(services.shutdownInMs === null ? [] : [["shutdown_in_milliseconds", services.shutdownInMs] as const]),
    ...facts.listeners.map((line, index): Field => [`listener${index}`, line]),
  ];
});
