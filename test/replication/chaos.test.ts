/** Links that drop, delay, split and half-close at random under a mixed load: in the end the data sets are equal. */

import assert from "node:assert/strict";
import { SeededChance } from "../support/chance.js";
import { ChaosProxy } from "../support/chaos-proxy.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { TidemarkHere } from "../support/product.js";
import { load, sameData } from "../support/replication.js";

type Make = "redis" | "tidemark";
const ROUNDS = 25;

function start(make: Make, settings: Record<string, string>) {
  const all = { "repl-diskless-sync-delay": "0", ...settings };
  if (make === "tidemark") return TidemarkHere.start(all);
  return startOracle({
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]),
  });
}

for (const [at, top, bottom, mode] of [
  [0, "redis", "tidemark", "disabled"],
  [1, "tidemark", "tidemark", "swapdb"],
  [2, "tidemark", "tidemark", "on-empty-db"],
  [3, "tidemark", "redis", "disabled"],
] as const)
  oracleTest(`${top}, a wild link, tidemark (loads ${mode}), ${bottom} below it`, async () => {
    const seed = Number(process.env.TIDEMARK_SEED ?? Date.now() % 1_000_000) + at;
    await using primary = await start(top, {});
    await using proxy = await ChaosProxy.start(primary.port, new SeededChance(seed));
    await using middle = await start("tidemark", {
      "repl-diskless-load": mode,
      replicaof: `127.0.0.1 ${proxy.port}`,
    });
    await using below = await ChaosProxy.start(middle.port, new SeededChance(seed + 1000));
    await using end = await start(bottom, { replicaof: `127.0.0.1 ${below.port}` });
    using source = await primary.client();
    using between = await middle.client();
    using target = await end.client();
    try {
      for (let round = 0; round < ROUNDS; round++) await load(source, round);
      proxy.wild = false;
      below.wild = false;
      await load(source, ROUNDS);
      await sameData(source, between);
      await sameData(source, target);
      assert.equal(await between.call("DEBUG", "DIGEST"), await source.call("DEBUG", "DIGEST"));
    } catch (error) {
      throw new Error(`TIDEMARK_SEED=${seed - at} shows it again: ${(error as Error).message}`);
    }
  });
