/** What a unit is in the stream of a primary, and what becomes of it in the append-only file of its replica. */

import assert from "node:assert/strict";
import { commandsOf } from "../commands/effects.js";
import { countBlocked } from "../support/compare.js";
import { eventually } from "../support/condition.js";
import { HandReplica } from "../support/replica.js";
import { caughtUp, offsetOf } from "../support/replication.js";
import { asReplica, ofBoth } from "./both.js";

/** Behind this everything has arrived. */
const LAST = "SET last 1";

/** The commands of the file from the first write on. */
async function written(dir: string): Promise<string[]> {
  let commands: string[] = [];
  await eventually("the last command is in the file", () => {
    commands = commandsOf(dir);
    return commands.at(-1) === LAST;
  });
  return commands.filter((command) => !command.startsWith("SELECT"));
}

const MESSAGES = [
  ["MULTI"],
  ["SET", "a", "1"],
  ["PUBLISH", "c", "m"],
  ["INCR", "a"],
  ["SPUBLISH", "c", "n"],
  ["EXEC"],
  ["MULTI"],
  ["PUBLISH", "c", "alone"],
  ["EXEC"],
  ["MULTI"],
  ["PUBLISH", "c", "first"],
  ["SET", "b", "1"],
  ["EXEC"],
  ["SET", "last", "1"],
];

ofBoth("a message has its place in the transaction, and none in the file", {}, async (server) => {
  using client = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await client.pipeline(MESSAGES);
  assert.deepEqual(await replica.upTo(LAST), [
    ...["SELECT 0", "MULTI", "SET a 1", "PUBLISH c m", "INCR a", "SPUBLISH c n", "EXEC"],
    ...["PUBLISH c alone", "MULTI", "PUBLISH c first", "SET b 1", "EXEC", LAST],
  ]);
  assert.match(String(await client.call("INFO", "replication")), new RegExp(`offset:${replica.offset}\r\n`));
  const file = ["MULTI", "SET a 1", "INCR a", "EXEC", "MULTI", "SET b 1", "EXEC", LAST];
  assert.deepEqual(await written(server.dir), file);
});

ofBoth("a replica's file has no messages either", {}, (server) =>
  asReplica(server, async (source) => {
    await source.pipeline(MESSAGES);
    const effects = (await written(server.dir)).filter((command) => !/^(MULTI|EXEC)$/.test(command));
    assert.deepEqual(effects, ["SET a 1", "INCR a", "SET b 1", LAST]);
  }),
);

ofBoth(
  "who has waited at a writable replica is served behind the unit that has brought the key, also in its file",
  { "replica-read-only": "no" },
  (server) =>
    asReplica(server, async (source, replica) => {
      using one = await server.client();
      using other = await server.client();
      one.send("BLPOP", "l", "0");
      other.send("BLMOVE", "m", "n", "left", "left", "0");
      await eventually("both wait", async () => (await countBlocked(replica)) === 2);
      await source.pipeline([
        ["RPUSH", "l", "x", "y"],
        ["LPUSH", "l", "z"],
        ["MULTI"],
        ["RPUSH", "m", "1"],
        ["RPUSH", "m", "2"],
        ["EXEC"],
        ["SET", "last", "1"],
      ]);
      assert.deepEqual((await one.receive()).value, ["l", "x"]);
      assert.equal((await other.receive()).value, "1");
      assert.deepEqual(await written(server.dir), [
        ...["RPUSH l x y", "LPOP l", "LPUSH l z"],
        ...["MULTI", "RPUSH m 1", "RPUSH m 2", "EXEC", "LMOVE m n left left", LAST],
      ]);
      assert.deepEqual(await replica.call("LRANGE", "l", "0", "-1"), ["z", "y"]);
    }),
);

ofBoth("a pause of the clients holds the primary's stream as well", {}, (server) =>
  asReplica(server, async (source, replica) => {
    await source.pipeline([
      ["SET", "a", "1"],
      ["SET", "a", "2"],
    ]);
    await caughtUp(source, replica);
    await replica.call("CLIENT", "PAUSE", "100000", "WRITE");
    await source.pipeline([["SET", "a", "3"], ["MULTI"], ["SET", "a", "4"], ["INCR", "a"], ["EXEC"]]);
    const end = await offsetOf(source);
    await eventually("the stream has come", async () =>
      String(await replica.call("INFO", "replication")).includes(`slave_read_repl_offset:${end}\r\n`),
    );
    assert.equal(await replica.call("GET", "a"), "2");
    await replica.call("CLIENT", "UNPAUSE");
    await caughtUp(source, replica);
    assert.equal(await replica.call("GET", "a"), "5");
  }),
);

ofBoth("WAIT after a read waits for what it may have seen", {}, async (server) => {
  using writer = await server.client();
  using reader = await server.client();
  using fresh = await server.client();
  using replica = await (await HandReplica.connect(server.port)).synchronize();
  await writer.call("SET", "key", "value");
  assert.equal(await fresh.call("WAIT", "1", "1"), 1);
  await reader.call("GET", "key");
  assert.equal(await reader.call("WAIT", "1", "1"), 0);
  await replica.upTo("SET key value");
  reader.send("WAIT", "1", "0");
  replica.acknowledge();
  await replica.upTo("REPLCONF GETACK *");
  replica.acknowledge();
  assert.equal((await reader.receive()).value, 1);
});
