/** The same test of redis-server and of Tidemark, by itself or as the replica of a primary. */

import type { Side } from "../support/compare.js";
import { eventually } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { caughtUp } from "../support/replication.js";
import type { WireClient } from "../support/wire.js";

export interface Server extends Side {
  readonly port: number;
  readonly dir: string;
}

const DIRECTIVES: Directives = {
  appendonly: "yes",
  "repl-diskless-sync": "no",
  "repl-ping-replica-period": "3600",
};

/** Runs the test with both servers in the part in question. */
export function ofBoth(title: string, directives: Directives, run: (server: Server) => Promise<void>): void {
  const all = { ...DIRECTIVES, ...directives };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  oracleTest(title, async (context) => {
    await context.test("redis-server", async () => {
      await using server = await startOracle({ args });
      await run(server);
    });
    await context.test("tidemark", async () => {
      await using server = await TidemarkHere.start(all);
      await run(server);
    });
  });
}

/** Makes the server a replica of a new primary, to which `run` then writes. */
export async function asReplica(
  server: Server,
  run: (source: WireClient, replica: WireClient) => Promise<void>,
): Promise<void> {
  await using primary = await TidemarkHere.start(DIRECTIVES);
  using source = await primary.client();
  using replica = await server.client();
  await replica.call("REPLICAOF", "127.0.0.1", String(primary.port));
  await caughtUp(source, replica);
  await eventually("the replica's file follows the snapshot", async () => {
    const info = String(await replica.call("INFO", "persistence"));
    return /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0\r\n/.test(info);
  });
  await run(source, replica);
}
