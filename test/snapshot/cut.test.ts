/** A cut stays as it was under random commands of all types, and everything it held is released. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawSteps } from "../differential/steps.js";
import { freshSeed } from "../support/chance.js";
import { simulatedPlatform } from "../support/platform.js";
import { launchSimulated } from "../support/product.js";

const STEPS = 1000;
const ROUNDS = 3;

/** The entries of a snapshot, without the fields about the file and its checksum. */
function entriesOf(dump: Buffer): string {
  const fields = dump.indexOf("aof-base") + "aof-base".length;
  return dump.subarray(fields, -8).toString("latin1");
}

// Not under a policy of eviction that looks at accesses: those are told as they are when the entry is written.
for (const seed of [1, freshSeed()]) {
  test(`a snapshot is of the moment of its cut (seed ${seed})`, async () => {
    const platform = simulatedPlatform(seed);
    const { clock, disk, threads } = platform;
    const server = await launchSimulated(platform, {
      "hash-max-listpack-entries": "8",
      "set-max-listpack-entries": "8",
      "zset-max-listpack-entries": "8",
      "list-max-listpack-size": "4",
      "list-compress-depth": "1",
    });
    const client = await platform.network.client(6379);
    const say = async (...words: (string | Buffer)[]): Promise<string> =>
      (await clock.run(client.reply(...words))).raw.toString();
    const steps = drawSteps(seed, STEPS * (ROUNDS + 1)).filter(({ words }) => words[0] !== "FLUSHALL");
    const work = async (count: number): Promise<void> => {
      for (const { words } of steps.splice(0, count)) client.send(...words);
      for (let left = count; left > 0; left--) await clock.run(client.receiveReply());
      await say("DISCARD");
      await say("SELECT", "0");
    };
    await work(STEPS);
    for (let round = 0; round < ROUNDS; round++) {
      assert.equal(await say("SAVE"), "+OK\r\n");
      const expected = entriesOf(disk.readFile("/data/dump.rdb")!);
      threads.stepsAtOnce = 0;
      assert.equal(await say("BGSAVE"), "+Background saving started\r\n");
      await work(STEPS / 2);
      // Some of it is written now, and the rest when still more has changed.
      threads.stepsAtOnce = 1;
      await clock.advance(2);
      threads.stepsAtOnce = 0;
      await work(STEPS / 2);
      threads.stepsAtOnce = 10;
      while (!/rdb_bgsave_in_progress:0/.test(await say("INFO", "persistence"))) await clock.advance(5);
      assert.match(await say("INFO", "persistence"), /rdb_last_bgsave_status:ok/);
      const found = entriesOf(disk.readFile("/data/dump.rdb")!);
      assert.ok(found === expected, "the snapshot differs from the one that was saved at its moment");
    }
    await say("SAVE");
    await clock.advance(1000);
    assert.match(await say("MEMORY", "MALLOC-STATS"), /open snapshots: 0[\s\S]*a snapshot still sees: 0/);
    await clock.run(server.close());
  });
}
