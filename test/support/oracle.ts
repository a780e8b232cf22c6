/** Debian's redis-server as the oracle: what it answers is what Tidemark has to answer. */

import { spawnSync } from "node:child_process";
import { type TestContext, test } from "node:test";
import { REDIS_EXECUTABLE, type ServerOptions, ServerProcess } from "./process.js";

export type Oracle = ServerProcess;

/** A test that takes longer is stuck. */
const LONGEST_MS = 120_000;

/** Whether tests must fail, rather than be skipped, on a machine without redis-server. */
const REQUIRED = process.env.TIDEMARK_REQUIRE_ORACLE === "1";

/** Whether redis-server is installed here. */
export function oracleAvailable(): boolean {
  return spawnSync(REDIS_EXECUTABLE, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Starts a redis-server without save points on a free loopback port, DEBUG allowed. `args` come last and win. */
export function startOracle(options: Omit<ServerOptions, "executable"> = {}): Promise<Oracle> {
  const args = ["--save", "", "--enable-debug-command", "yes", ...(options.args ?? [])];
  return ServerProcess.start({ ...options, executable: REDIS_EXECUTABLE, args });
}

/**
 * A test that needs redis-server. Without one it is skipped, visibly; with TIDEMARK_REQUIRE_ORACLE=1 it fails.
 */
export function oracleTest(name: string, action: (context: TestContext) => Promise<void>): void {
  if (oracleAvailable()) test(name, { timeout: LONGEST_MS }, action);
  else if (REQUIRED)
    test(name, () => {
      throw new Error("redis-server is not installed, and TIDEMARK_REQUIRE_ORACLE=1 demands it");
    });
  else test(name, { skip: "redis-server is not installed: apt-get install redis-server" }, () => {});
}
