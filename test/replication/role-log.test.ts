import assert from "node:assert/strict";
import { oracleTest } from "../support/oracle.js";
import { REDIS_EXECUTABLE, ServerProcess, TIDEMARK_EXECUTABLE } from "../support/process.js";
import { TidemarkHere } from "../support/product.js";
import { caughtUp } from "../support/replication.js";

/** What a replica logs when it is made a primary, from the loss of its link on, without times, marks and ids. */
async function promotion(executable: string, primary: TidemarkHere): Promise<string[]> {
  const { port } = primary;
  await using replica = await ServerProcess.start({
    executable,
    args: ["--save", "", "--replicaof", "127.0.0.1", String(port)],
  });
  using source = await primary.client();
  using target = await replica.client();
  await source.call("SET", "key", "value");
  await caughtUp(source, target);
  await target.call("REPLICAOF", "NO", "ONE");
  await replica.run.logged("MASTER MODE enabled");
  const lines = replica.log.split("\n");
  return lines
    .slice(lines.findIndex((line) => line.endsWith("Connection with master lost.")))
    .slice(0, 5)
    .map((line) =>
      line
        .replace(/^\d+:(.) .{24} . /, "$1 ")
        .replace(/[0-9a-f]{40}|offset: \d+/g, "X")
        .replace(/\(.*/, ""),
    );
}

oracleTest("a promotion is logged in redis-server's lines", async () => {
  await using primary = await TidemarkHere.start({ "repl-diskless-sync-delay": "0" });
  const expected = await promotion(REDIS_EXECUTABLE, primary);
  assert.match(expected.join("\n"), /lost\.\n.*Caching.*\n.*Discarding.*\n.*secondary.*\n.*MASTER MODE/);
  assert.deepEqual(await promotion(TIDEMARK_EXECUTABLE, primary), expected);
});

/** What a primary logs when it is made a replica, up to the command itself. */
async function demotion(executable: string, primary: TidemarkHere): Promise<string[]> {
  await using server = await ServerProcess.start({ executable, args: ["--save", ""] });
  using client = await server.client();
  await client.call("REPLICAOF", "127.0.0.1", String(primary.port));
  await server.run.logged("REPLICAOF 127");
  const lines = server.log.split("\n");
  return lines
    .slice(
      lines.findIndex((line) => line.includes("Before turning")),
      lines.findIndex((line) => line.includes("REPLICAOF 127")) + 1,
    )
    .map((line) => line.replace(/^\d+:(.) .{24} . /, "$1 ").replace(/\(.*/, ""));
}

oracleTest("a demotion is logged in redis-server's lines", async () => {
  await using primary = await TidemarkHere.start({ "repl-diskless-sync-delay": "0" });
  const expected = await demotion(REDIS_EXECUTABLE, primary);
  assert.match(expected.join("\n"), /Before turning.*\n.*Connecting.*\n.*started\n.*REPLICAOF/);
  assert.deepEqual(await demotion(TIDEMARK_EXECUTABLE, primary), expected);
});
