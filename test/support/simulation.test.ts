import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "#tidemark/platform/network.js";
import { SeededChance } from "./chance.js";
import { SimulatedClock } from "./clock.js";
import type { SimulatedNetwork } from "./network.js";
import { simulatedPlatform } from "./platform.js";

test("timers fire in the order of their moments, each at its own time", async () => {
  const clock = new SimulatedClock();
  const start = clock.now();
  const seen: [string, number][] = [];
  const note = (name: string) => () => void seen.push([name, clock.now() - start]);
  clock.after(20, note("late"));
  const ticks = clock.every(10, note("tick"));
  clock.after(5, note("stopped")).stop();
  clock.endOfTurn(note("turn"));
  await clock.advance(25);
  ticks.stop();
  await clock.advance(100);
  assert.deepEqual(seen, [
    ["turn", 0],
    ["tick", 10],
    ["late", 20],
    ["tick", 20],
  ]);
  assert.equal(clock.timers, 0);
});

test("what an end of turn asks for comes in the next turn", async () => {
  const clock = new SimulatedClock();
  let turns = 0;
  const again = (): void => {
    turns++;
    clock.endOfTurn(again);
  };
  clock.endOfTurn(again);
  await clock.turn();
  assert.equal(turns, 1);
  await clock.turn();
  assert.equal(turns, 2);
});

test("the same seed draws the same numbers, evenly", () => {
  const draw = (seed: number): number[] => {
    const chance = new SeededChance(seed);
    return Array.from({ length: 1000 }, () => chance.below(10));
  };
  assert.deepEqual(draw(3), draw(3));
  assert.notDeepEqual(draw(3), draw(4));
  for (let digit = 0; digit < 10; digit++)
    assert.ok(draw(5).filter((number) => number === digit).length > 60, `${digit} is drawn`);
});

/** A listener that answers +PONG to every line. */
async function pongServer(
  network: SimulatedNetwork,
): Promise<{ connections: Connection[]; chunks: number[] }> {
  const connections: Connection[] = [];
  const chunks: number[] = [];
  await network.listen({ host: "127.0.0.1", port: 6379 }, 1, (connection) => {
    connections.push(connection);
    connection.start({
      onData(buffer, length) {
        chunks.push(length);
        const lines = buffer.toString("latin1", 0, length).split("\n").length - 1;
        for (let left = lines; left > 0; left--) connection.write(Buffer.from("+PONG\r\n"), () => {});
      },
      onClose() {},
    });
  });
  return { connections, chunks };
}

test("bytes travel when the clock turns, whole or split", async () => {
  const { network, clock } = simulatedPlatform(1);
  const { chunks } = await pongServer(network);
  const client = await network.client(6379);
  client.sendRaw("PING\r\n");
  assert.equal(client.hasArrivals, false);
  assert.equal((await clock.run(client.receive())).value, "PONG");
  assert.deepEqual(chunks, [6]);
  network.chunkBytes = 1;
  client.sendRaw("PING\r\n");
  await clock.run(client.receive());
  assert.deepEqual(chunks.slice(1), [1, 1, 1, 1, 1, 1]);
});

test("a reader that does not read leaves the bytes with the writer", async () => {
  const { network, clock } = simulatedPlatform(1);
  const { connections } = await pongServer(network);
  const client = await network.client(6379);
  client.pause();
  network.kernelBytes = 700;
  client.sendRaw("PING\n".repeat(200));
  await clock.advance(10);
  await clock.advance(10);
  assert.equal(connections[0]?.pendingBytes, 1400 - 700);
  client.resume();
  await clock.advance(10);
  assert.equal(connections[0]?.pendingBytes, 0);
});

test("a cut reaches both ends, an orderly end follows the bytes", async () => {
  const { network, clock } = simulatedPlatform(1);
  const { connections } = await pongServer(network);
  const first = await network.client(6379);
  network.cut();
  await assert.rejects(first.receive(), /ECONNRESET/);
  const second = await network.client(6379);
  connections[1]?.write(Buffer.from("+bye\r\n"), () => {});
  connections[1]?.end();
  assert.equal((await clock.run(second.receive())).value, "bye");
  await clock.run(second.closed());
  await assert.rejects(network.connect({ host: "127.0.0.1", port: 1 }), { code: "ECONNREFUSED" });
});
