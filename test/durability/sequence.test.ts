/** The checker itself: it must see what it is there to see. */

import assert from "node:assert/strict";
import { SeededChance } from "../support/chance.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { Sequence } from "./sequence.js";

oracleTest("a lost, a torn and an invented write are all found", async () => {
  await using oracle = await startOracle();
  const writer = await oracle.client();
  using client = await oracle.client();
  const sequence = new Sequence("s");
  const closing = (): void => {
    if (sequence.acknowledged >= 100) writer.close();
  };
  await sequence.write(writer, new SeededChance(1), closing);
  assert.equal(await sequence.check(client), null);

  const left = String(await client.call("GET", "s:left"));
  await client.call("SET", "s:left", "2");
  assert.match((await sequence.check(client)) ?? "", /acknowledged \d+; expected/, "a transaction in half");
  await client.call("SET", "s:left", left);
  await client.call("DEL", "s:9");
  assert.notEqual(await sequence.check(client), null, "a lost key");
  await client.call("SET", "s:9", "9");
  await client.call("DECR", "s:counter");
  assert.notEqual(await sequence.check(client), null, "a lost increment");
  await client.call("INCRBY", "s:counter", 2);
  assert.notEqual(await sequence.check(client), null, "an increment that nobody sent");
  await client.call("DECR", "s:counter");
  assert.equal(await sequence.check(client), null);
});
