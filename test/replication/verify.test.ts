/** `tidemark verify` finds what a replica has that its primary has not, and nothing else, also while they are written to. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "#tidemark/replication/verify/address.js";
import { differenceOf, type Seen, see } from "#tidemark/replication/verify/value.js";
import { eventually } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { runExecutable, type ServerProcess, TIDEMARK_EXECUTABLE } from "../support/process.js";
import type { WireClient } from "../support/wire.js";

async function runVerify(...args: string[]): Promise<{ status: number | null; text: string }> {
  const run = runExecutable(TIDEMARK_EXECUTABLE, ["verify", ...args]);
  const { code } = await run.end();
  return { status: code, text: run.log };
}

const at = (server: ServerProcess): string => `127.0.0.1:${server.port}`;

/** A redis-server and its replica, which takes writes of its own. */
async function withPair(
  action: (primary: ServerProcess, replica: ServerProcess, one: WireClient, two: WireClient) => Promise<void>,
): Promise<void> {
  const primary = await startOracle({ args: ["--repl-diskless-sync-delay", "0"] });
  try {
    const replica = await startOracle({ args: ["--replica-read-only", "no"] });
    try {
      using one = await primary.client();
      using two = await replica.client();
      await two.call("REPLICAOF", "127.0.0.1", primary.port);
      await eventually("the replica follows", async () =>
        /master_link_status:up/.test(String(await two.call("INFO", "replication"))),
      );
      await action(primary, replica, one, two);
    } finally {
      await replica.close();
    }
  } finally {
    await primary.close();
  }
}

async function fill(client: WireClient): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await client.call("SET", `string:${i}`, "x".repeat(i * 10));
    await client.call("RPUSH", "list", i, `element ${i}`);
    await client.call("SADD", "set", i, `member ${i}`);
    await client.call("HSET", "hash", `field ${i}`, i);
    await client.call("ZADD", "zset", i / 7, `member ${i}`);
  }
  await client.call("PEXPIREAT", "string:3", "4000000000000");
  await client.call("SELECT", 3);
  await client.call("SET", "elsewhere", 1);
  await client.call("SELECT", 0);
}

oracleTest("equal servers are equal, and every kind of difference is told", async () => {
  await withPair(async (primary, replica, one, two) => {
    await fill(one);
    assert.equal(await one.call("WAIT", 1, 5000), 1);
    const equal = await runVerify(at(primary), at(replica));
    assert.equal(equal.status, 0, equal.text);
    assert.match(equal.text, /25 keys compared, 0 differ\.\n$/);

    await two.call("SET", "only\nhere", "1");
    await two.call("DEL", "string:1");
    await two.call("SETRANGE", "string:9", 50, "y");
    await two.call("LSET", "list", 5, "other");
    await two.call("SREM", "set", "member 4");
    await two.call("HSET", "hash", "field 2", "other");
    await two.call("ZADD", "zset", 99, "member 6");
    await two.call("PERSIST", "string:3");
    await two.call("SELECT", 3);
    await two.call("DEL", "elsewhere");
    await two.call("RPUSH", "elsewhere", 1);
    const { status, text } = await runVerify(at(primary), at(replica));
    assert.equal(status, 1, text);
    assert.deepEqual(text.trimEnd().split("\n").slice(0, -1).sort(), [
      'db0 "hash" hash: "field 2" is "2", on the replica "other"',
      'db0 "list" list: 40 elements, on the replica 40; the first difference is at index 5: "element 2", on the replica "other"',
      'db0 "only\\x0ahere" is only on the replica (string)',
      'db0 "set" set: 40 elements, on the replica 39; "member 4" is missing on the replica',
      'db0 "string:1" is missing on the replica (string)',
      'db0 "string:3" expires at 4000000000000, on the replica never',
      'db0 "string:9" string: 90 bytes, on the replica 90; the first difference is at byte 50',
      'db0 "zset" zset: "member 6" is "0.8571428571428571", on the replica "99"',
      'db3 "elsewhere" is a string, on the replica a list',
    ]);
    assert.match(text, /26 keys compared, 9 differ\.\n$/);

    const few = await runVerify("--limit", "2", at(primary), at(replica));
    assert.match(few.text, /^... and 7 more$/m);
  });
});

oracleTest("writing goes on meanwhile and is no difference", async () => {
  await withPair(async (primary, replica, one, two) => {
    await fill(one);
    const writer = await primary.client();
    let writing = true;
    const load = (async () => {
      for (let i = 0; writing; i++) {
        await writer.call("INCR", `busy:${i % 50}`);
        await writer.call("LPUSH", "busy list", i);
        await writer.call("LTRIM", "busy list", 0, 50);
      }
    })();
    try {
      const equal = await runVerify(at(primary), at(replica));
      assert.equal(equal.status, 0, equal.text);
      await two.call("SET", "extra", 1);
      const { status, text } = await runVerify(at(primary), at(replica));
      assert.equal(status, 1, text);
      assert.equal(text.split("\n")[0], 'db0 "extra" is only on the replica (string)');
    } finally {
      writing = false;
      await load;
      writer.close();
    }
  });
});

oracleTest("servers that are no pair are told apart from such that differ", async () => {
  const [one, two] = [await startOracle(), await startOracle({ args: ["--requirepass", "secret word"] })];
  try {
    const client = await one.client();
    await client.call("SET", "a", 1);
    const unknown = await runVerify(
      "--lag",
      "1",
      "--pause",
      "0",
      at(one),
      `redis://:secret%20word@${at(two)}`,
    );
    assert.equal(unknown.status, 2, unknown.text);
    assert.match(unknown.text, /1 undecided \(the two never stood at the same offset/);
    const locked = await runVerify(at(one), at(two));
    assert.equal(locked.status, 2);
    assert.ok(locked.text.includes(`cannot be compared: ${at(two)}: NOAUTH`), locked.text);
    client.close();
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
  const gone = await runVerify(at(one), at(two));
  assert.equal(gone.status, 2);
  assert.match(gone.text, /ECONNREFUSED/);
});

test("the command line", async () => {
  assert.equal((await runVerify("--help")).status, 0);
  for (const [args, message] of [
    [[], /A primary and at least one replica are needed/],
    [["a:1"], /A primary and at least one replica are needed/],
    [["--what", "1"], /Unknown option: --what/],
    [["--pause", "x"], /--pause needs a whole number/],
    [["http://a", "b"], /Not an address: http:\/\/a/],
  ] as const) {
    const { status, text } = await runVerify(...args);
    assert.equal(status, 2);
    assert.match(text, message);
  }
});

test("addresses", () => {
  assert.deepEqual(parseAddress("localhost"), {
    text: "localhost:6379",
    endpoint: { host: "localhost", port: 6379 },
    user: null,
    password: null,
  });
  assert.deepEqual(parseAddress("redis://me:p%40ss@[::1]:7000"), {
    text: "[::1]:7000",
    endpoint: { host: "::1", port: 7000 },
    user: "me",
    password: "p@ss",
  });
  assert.deepEqual(parseAddress("/run/redis.sock")?.endpoint, { path: "/run/redis.sock" });
  assert.equal(parseAddress("redis://"), null);
});

test("values are compared whatever form they are told in", () => {
  const zset = (scores: string[]): Seen | null | undefined =>
    see(
      "zset",
      "zset",
      -1,
      scores.map((text) => Buffer.from(text)),
    );
  const one = zset(["a", "0.10000000000000001", "b", "inf"]);
  const other = zset(["a", "0.1", "b", "inf"]);
  assert.ok(one && other);
  assert.equal(differenceOf(one, other), null);
  assert.equal(see("set", "none", -1, []), undefined, "it has gone in between");
  assert.equal(see("none", "none", -2, null), null);
});
