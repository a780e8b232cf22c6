/**
 * A mixed load on a primary whose replicas, real redis-servers, are cut off again and again: in the end all have the
 * same data at the same offset. The backlog is small, so that partial and full resyncs alternate. Arguments: seed,
 * seconds. The seed repeats the load and the cuts, not what the machine makes of them.
 */

import { below } from "#tidemark/platform/chance.js";
import { SeededChance } from "../support/chance.js";
import { eventually, pause } from "../support/condition.js";
import { startOracle } from "../support/oracle.js";
import { TidemarkHere } from "../support/product.js";
import { CutProxy } from "../support/proxy.js";
import type { WireClient } from "../support/wire.js";

type Words = (string | number)[];

const [seed = "1", seconds = "20"] = process.argv.slice(2);
const chance = new SeededChance(Number(seed));
const pick = (bound: number): number => below(chance, bound);

function writes(): Words[] {
  const key = pick(300);
  const kinds: Words[][] = [
    [["SET", `s${key}`, "v".repeat(pick(3000))]],
    [["SET", `e${key}`, "x", "PX", pick(50) + 1]],
    [["RPUSH", "queue", key]],
    [["SELECT", pick(4)]],
    [["MULTI"], ["INCR", "n"], ["LPUSH", `l${key}`, 1], ["SELECT", pick(4)], ["SPOP", `t${key}`], ["EXEC"]],
    [["SADD", `t${key}`, pick(50), pick(50)]],
    [["ZADD", `z${key}`, pick(9), pick(9)]],
    [["DEL", `s${key}`]],
    [["RENAME", `s${key}`, `s${pick(300)}`]],
    [["GETEX", `s${key}`, "PX", pick(100) + 1]],
  ];
  return kinds[pick(kinds.length)]!;
}

/** Takes from the queue, waiting for it, until the connection is closed. */
async function consume(client: WireClient): Promise<void> {
  for (;;) {
    await client.reply("BLMOVE", "queue", "taken", "LEFT", "RIGHT", "0.05");
    await client.reply("BRPOP", "queue", "0.05");
    await client.reply("PUBLISH", "channel", "message");
  }
}

async function offsetOf(client: WireClient): Promise<string> {
  return /master_repl_offset:(\d+)/.exec(String(await client.call("INFO", "replication")))![1]!;
}

await using server = await TidemarkHere.start({
  appendonly: "yes",
  "repl-backlog-size": "100kb",
  "repl-diskless-sync-delay": "0",
  "repl-diskless-sync": pick(2) === 0 ? "yes" : "no",
});
const proxies = [await CutProxy.start(server.port), await CutProxy.start(server.port)];
const oracles = await Promise.all(
  proxies.map(({ port }) => startOracle({ args: ["--replicaof", "127.0.0.1", String(port)] })),
);
const client = await server.client();
const consumer = await server.client();
const replicas = await Promise.all(oracles.map((oracle) => oracle.client()));
consume(consumer).catch(() => {});

const end = performance.now() + Number(seconds) * 1000;
while (performance.now() < end) {
  await client.pipeline(Array.from({ length: 200 }, writes).flat());
  for (const proxy of proxies) if (pick(25) === 0) proxy.cut();
}
consumer.close();
await pause(200);
await eventually(
  "all are equal",
  async () => {
    const all = [client, ...replicas];
    const states = await Promise.all(
      all.map(async (each) => `${await each.call("DEBUG", "DIGEST")} at ${await offsetOf(each)}`),
    );
    return new Set(states).size === 1;
  },
  30_000,
);
const synced = String(await client.call("INFO", "stats")).match(/sync_\w+:\d+/g);
console.log(`equal at ${await offsetOf(client)}, ${synced?.join(" ")}`);
for (const each of [client, ...replicas]) each.close();
await Promise.all([...oracles, ...proxies].map((each) => each.close()));
