/**
 * The append-only file switched off and on at every moment of a rewrite: it is on again in the end, and what it
 * acknowledges from then on is there after a crash.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { type Directives, launchSimulated } from "../support/product.js";
import type { WireClient } from "../support/wire.js";

const PORT = 6379;
/** No rewrite of so little takes longer. */
const LONGEST_MS = 40;

/** How a rewrite comes to be under way. */
const BEGINNINGS = {
  "a rewrite": [["BGREWRITEAOF"]],
  "the first rewrite": [
    ["CONFIG", "SET", "appendonly", "no"],
    ["CONFIG", "SET", "appendonly", "yes"],
  ],
} as const;

async function connected(machine: SimulatedPlatform, directives: Directives): Promise<WireClient> {
  await launchSimulated(machine, directives);
  return machine.clock.run(machine.network.client(PORT));
}

for (const layout of ["multi-part", "single"])
  for (const [what, beginning] of Object.entries(BEGINNINGS))
    test(`switched off and on at any moment of ${what} (aof-layout ${layout})`, async () => {
      const directives = { appendonly: "yes", "aof-layout": layout, "auto-aof-rewrite-percentage": "0" };
      for (let delay = 0; delay <= LONGEST_MS; delay++) {
        const machine = simulatedPlatform(7);
        const client = await connected(machine, directives);
        const say = async (...words: readonly string[]): Promise<string> =>
          (await machine.clock.run(client.reply(...(words as [string])))).raw.toString();
        assert.equal(await say("RPUSH", "list", "1"), ":1\r\n");
        for (const words of beginning) await say(...words);
        await machine.clock.advance(delay);
        assert.equal(await say("CONFIG", "SET", "appendonly", "no"), "+OK\r\n");
        assert.equal(await say("RPUSH", "list", "2"), ":2\r\n");
        assert.equal(await say("CONFIG", "SET", "appendonly", "yes"), "+OK\r\n");
        const isOn = /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0[\s\S]*bgrewrite_status:ok/;
        for (let turns = 0; !isOn.test(await say("INFO", "persistence")); turns++) {
          assert.ok(turns < 1000, `never on, after ${delay} ms`);
          await machine.clock.advance(5);
        }
        assert.equal(await say("RPUSH", "list", "3"), ":3\r\n");
        const rebooted = machine.rebooted(machine.disk.afterProcessDeath());
        const again = await connected(rebooted, directives);
        const list = await rebooted.clock.run(again.call("LRANGE", "list", "0", "-1"));
        assert.deepEqual(list, ["1", "2", "3"], `after ${delay} ms`);
      }
    });
