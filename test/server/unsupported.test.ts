/** Settings that this version cannot keep are refused in a sentence, at start and later. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { Tidemark } from "#tidemark/index.js";
import { WireClient } from "../support/wire.js";

const SETTINGS = [["locale-collate", "de_DE.UTF-8"]] as const;

it("a server does not start with them", async () => {
  for (const [name, value] of SETTINGS) {
    // One that does start must end, or the test would not.
    const start = Tidemark.start({ port: 0, [name]: value }).then((server) => server.close());
    await assert.rejects(start, new RegExp(`^Error: ${name}: .*not supported yet`));
  }
});

it("CONFIG SET refuses them and keeps the old value", async () => {
  await using server = await Tidemark.start({ port: 0, save: "" });
  const client = await WireClient.connect({ port: server.port });
  for (const [name, value] of SETTINGS) {
    const before = await client.call("CONFIG", "GET", name);
    const reply = await client.reply("CONFIG", "SET", name, value);
    assert.match(String(reply.raw), /^-ERR CONFIG SET failed .*not supported yet/);
    assert.deepEqual(await client.call("CONFIG", "GET", name), before);
  }
  client.close();
});

it("history of a single file cannot be kept", async () => {
  const start = Tidemark.start({ port: 0, "aof-layout": "single", "aof-history-retention": "count 1" });
  await assert.rejects(
    start.then((server) => server.close()),
    /aof-history-retention: the single-file layout \(aof-layout single\) keeps no history/,
  );
});
