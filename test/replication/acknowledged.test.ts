import assert from "node:assert/strict";
import { connect } from "node:net";
import test from "node:test";
import { eventually } from "../support/condition.js";
import { ServerProcess } from "../support/process.js";
import { HandReplica } from "../support/replica.js";
import { encodeCommand } from "../support/wire.js";

const CLIENTS = 40;
const ROUNDS = 5;

test("what was acknowledged has left for the replica when the primary is killed", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    await using primary = await ServerProcess.start({ args: ["--repl-diskless-sync-delay", "0"] });
    using replica = await HandReplica.connect(primary.port);
    await replica.synchronize();
    const acknowledged = await killAmongReplies(primary, 500 * (round + 1));
    await eventually("the end of the stream", () => replica.closed);
    const arrived = replica.received.toString("latin1").split("INCR").length - 1;
    assert.ok(arrived >= acknowledged, `${acknowledged} were acknowledged, ${arrived} have arrived`);
  }
});

/** Many clients count up, and the first that learns of so many replies kills the server; how many came in the end. */
async function killAmongReplies(server: ServerProcess, replies: number): Promise<number> {
  let acknowledged = 0;
  const count = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port: server.port, host: "127.0.0.1", noDelay: true });
      const increase = (): void => void socket.write(encodeCommand(["INCR", "n"]));
      socket.on("connect", increase);
      socket.on("data", () => {
        if (++acknowledged === replies) void server.kill();
        increase();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  await Promise.all(Array.from({ length: CLIENTS }, count));
  return acknowledged;
}
