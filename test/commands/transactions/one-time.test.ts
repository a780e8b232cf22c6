/** All commands of a transaction see one time, as since Redis 7.2; redis-server 7.0 looks at the clock again and again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";

test("time stands still inside of a transaction", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (const command of ["MULTI", "SET a 1 PX 1000", "DEBUG SLEEP 0.02", "PTTL a", "PEXPIRE a 500", "PTTL a"])
    await client.call(...command.split(" "));
  const replies = await client.call("EXEC");
  assert.deepEqual(replies, ["OK", "OK", 1000, 1, 500]);
});
