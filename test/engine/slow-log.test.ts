import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "#tidemark/engine/client.js";
import { Command } from "#tidemark/engine/command.js";
import { SlowLog } from "#tidemark/engine/slow-log.js";
import { Request } from "#tidemark/resp/request.js";

const CLIENT = { link: { remote: "127.0.0.1:1" }, name: "name" } as unknown as Client;
const GET = new Command({ name: "get", group: "string", since: "1.0.0", summary: "" });

test("the newest come first, the oldest go, ids go on", () => {
  const log = new SlowLog();
  log.limit(3);
  for (let i = 0; i < 5; i++) log.add(CLIENT, GET, Request.of(["GET", `key${i}`]), 100.9, 5999);
  const keys = (count: number): unknown[] => log.newest(count).map(({ id, args }) => [id, String(args[1])]);
  assert.deepEqual(keys(2), [
    [4, "key4"],
    [3, "key3"],
  ]);
  assert.equal(keys(10).length, 3);
  assert.deepEqual(keys(0), []);
  const { time, microseconds, remote, clientName } = log.newest(1)[0]!;
  assert.deepEqual([time, microseconds, remote, clientName], [5, 100, "127.0.0.1:1", "name"]);
  log.limit(1);
  assert.deepEqual(keys(10), [[4, "key4"]]);
  log.clear();
  assert.equal(log.length, 0);
});

test("slow is what takes as long as the threshold, never if it is negative", () => {
  const log = new SlowLog();
  log.thresholdUs = 10;
  assert.deepEqual(
    [9.9, 10].map((us) => log.isSlow(us)),
    [false, true],
  );
  log.thresholdUs = 0;
  assert.equal(log.isSlow(0), true);
  log.thresholdUs = -1;
  assert.equal(log.isSlow(1e9), false);
});
