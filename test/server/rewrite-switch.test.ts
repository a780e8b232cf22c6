/**
 * The append-only file switched off and on at every moment of a rewrite: it is on again in the end, and what it
 * acknowledges from then on is there after a crash.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedServer } from "../support/simulated-server.js";

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

for (const layout of ["multi-part", "single"])
  for (const [what, beginning] of Object.entries(BEGINNINGS))
    test(`switched off and on at any moment of ${what} (aof-layout ${layout})`, async () => {
      const directives = { appendonly: "yes", "aof-layout": layout, "auto-aof-rewrite-percentage": "0" };
      for (let delay = 0; delay <= LONGEST_MS; delay++) {
        const server = await SimulatedServer.start(directives);
        await server.says(":1\r\n", "RPUSH", "list", "1");
        for (const words of beginning) await server.say(...words);
        await server.advance(delay);
        await server.says("+OK\r\n", "CONFIG", "SET", "appendonly", "no");
        await server.says(":2\r\n", "RPUSH", "list", "2");
        await server.says("+OK\r\n", "CONFIG", "SET", "appendonly", "yes");
        await server.rewritten();
        assert.equal(await server.info("aof_last_bgrewrite_status"), "ok", `after ${delay} ms`);
        await server.says(":3\r\n", "RPUSH", "list", "3");
        const again = await SimulatedServer.start(directives, server.rebooted());
        assert.deepEqual(await again.call("LRANGE", "list", "0", "-1"), ["1", "2", "3"], `after ${delay} ms`);
      }
    });
