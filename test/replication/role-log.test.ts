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

/** Lines that only one of the two has, or whose words are of the moment. */
const OWN_LINES = /REPLICAOF 127|REPLCONF VERSION|Loading RDB produced|RDB age|RDB memory|loaded in/;

/** What a replica logs from its first attempt on: a full resync, the loss of the link, the next link. */
async function following(executable: string, primary: TidemarkHere, mode: string): Promise<string[]> {
  await using replica = await ServerProcess.start({
    executable,
    args: ["--save", "", "--repl-diskless-load", mode],
  });
  using source = await primary.client();
  using target = await replica.client();
  await target.call("REPLICAOF", "127.0.0.1", String(primary.port));
  await caughtUp(source, target);
  await source.call("CLIENT", "KILL", "TYPE", "replica");
  await replica.run.logged("accepted a Partial");
  const lines = replica.log.split("\n").filter((line) => line.includes(":S ") && !OWN_LINES.test(line));
  return lines
    .slice(lines.findIndex((line) => line.includes("Connecting to MASTER")))
    .map((line) => line.replace(/^\d+:(.) .{24} . /, "$1 ").replace(/request .*|[0-9a-f]{40}:\d+/g, "X"));
}

for (const mode of ["disabled", "on-empty-db", "swapdb"]) {
  oracleTest(`following is logged in redis-server's lines (repl-diskless-load ${mode})`, async () => {
    await using primary = await TidemarkHere.start({ "repl-diskless-sync-delay": "0" });
    const expected = await following(REDIS_EXECUTABLE, primary, mode);
    assert.match(
      expected.join("\n"),
      /Discarding.*(\n.*)*Finished.*\n.*lost\.\n.*\n.*Reconnecting.*\n.*started/,
    );
    assert.deepEqual(await following(TIDEMARK_EXECUTABLE, primary, mode), expected);
  });
}

/** What a replica logs of the answer to its PSYNC. */
async function refusal(executable: string, primary: TidemarkHere): Promise<string> {
  await using replica = await ServerProcess.start({
    executable,
    args: ["--save", "", "--replicaof", "127.0.0.1", String(primary.port)],
  });
  await replica.run.logged("reply to PSYNC");
  return /[^#*]*reply to PSYNC.*/.exec(replica.log)![0];
}

oracleTest("a PSYNC that is answered with NOAUTH is logged as by redis-server", async () => {
  await using primary = await TidemarkHere.start({ requirepass: "secret" });
  const expected = await refusal(REDIS_EXECUTABLE, primary);
  assert.equal(await refusal(TIDEMARK_EXECUTABLE, primary), expected);
});

/** What a replica logs when its primary has been silent for too long. */
async function silence(executable: string, primary: TidemarkHere): Promise<string[]> {
  await using replica = await ServerProcess.start({
    executable,
    args: ["--save", "", "--repl-timeout", "1", "--replicaof", "127.0.0.1", String(primary.port)],
  });
  await replica.run.logged("MASTER timeout");
  await replica.run.logged("Reconnecting");
  const lines = replica.log.split("\n").map((line) => line.replace(/^\d+:(.) .{24} . /, "$1 "));
  const from = lines.findIndex((line) => line.includes("MASTER timeout"));
  return lines.slice(from, from + 4);
}

oracleTest("a silent primary is logged in redis-server's lines", async () => {
  await using primary = await TidemarkHere.start({
    "repl-diskless-sync-delay": "0",
    "repl-ping-replica-period": "3600",
  });
  const expected = await silence(REDIS_EXECUTABLE, primary);
  assert.deepEqual(await silence(TIDEMARK_EXECUTABLE, primary), expected);
});
