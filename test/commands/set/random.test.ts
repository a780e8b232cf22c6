/** SRANDMEMBER and SPOP choose fairly, whatever the encoding. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";

const ENCODINGS = [
  ["intset", (at: number) => String(at * 3)],
  ["listpack", (at: number) => `m${at}`],
  ["hashtable", (at: number) => `${"m".repeat(70)}${at}`],
] as const;

const SIZE = 10;

function assertFair(hits: ReadonlyMap<string, number>, each: number): void {
  assert.equal(hits.size, SIZE);
  for (const [member, count] of hits)
    assert.ok(Math.abs(count - each) < each * 0.35, `${member}: ${count} times instead of about ${each}`);
}

test("random members", async (context) => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  for (const [encoding, name] of ENCODINGS) {
    const members = Array.from({ length: SIZE }, (_, at) => name(at));
    await client.call("DEL", "s");
    await client.call("SADD", "s", ...members);
    assert.equal(await client.call("OBJECT", "ENCODING", "s"), encoding);
    for (const [args, each] of [
      [[], 300],
      [["1"], 300],
      [["3"], 900],
      [["8"], 2400],
      [["-5"], 1500],
    ] as const) {
      await context.test(`SRANDMEMBER s ${args.join("")} of a ${encoding}`, async () => {
        const hits = new Map<string, number>();
        const replies = await client.pipeline(
          Array.from({ length: 3000 }, () => ["SRANDMEMBER", "s", ...args]),
        );
        for (const { value } of replies) {
          const chosen = [value].flat().map(String);
          if (Number(args[0]) > 0) assert.equal(new Set(chosen).size, chosen.length);
          for (const member of chosen) hits.set(member, (hits.get(member) ?? 0) + 1);
        }
        assertFair(hits, each);
      });
    }
    for (const args of [[], ["4"]]) {
      await context.test(`SPOP s ${args.join("")} of a ${encoding}`, async () => {
        const hits = new Map<string, number>();
        const round = [
          ["DEL", "s"],
          ["SADD", "s", ...members],
          ["SPOP", "s", ...args],
        ];
        const replies = await client.pipeline(Array.from({ length: 2000 }, () => round).flat());
        for (const { value } of replies.filter((_, at) => at % 3 === 2))
          for (const member of [value].flat().map(String)) hits.set(member, (hits.get(member) ?? 0) + 1);
        assertFair(hits, args.length === 0 ? 200 : 800);
      });
    }
  }
});

test("SPOP empties a set piece by piece and gives every member once", async () => {
  await using server = await TidemarkHere.start();
  using client = await server.client();
  const members = Array.from({ length: 3000 }, (_, at) => `member ${at}`);
  await client.call("SADD", "s", ...members);
  const popped: string[] = [];
  for (let count = 1; (await client.call("EXISTS", "s")) === 1; count = (count * 2) % 1999)
    popped.push(...((await client.call("SPOP", "s", String(count))) as string[]));
  assert.deepEqual(popped.sort(), members.sort());
});

test("a member that SPOP chose is what goes into the log", async () => {
  const directives = { appendonly: "yes", appendfsync: "always" };
  await using server = await TidemarkHere.start(directives);
  using client = await server.client();
  for (const [encoding, name] of ENCODINGS) {
    await client.call("SADD", encoding, ...Array.from({ length: 40 }, (_, at) => name(at)));
    await client.pipeline(Array.from({ length: 5 }, () => ["SPOP", encoding]));
    await client.call("SPOP", encoding, "7");
  }
  const before = await client.call("DEBUG", "DIGEST");
  await client.call("DEBUG", "LOADAOF");
  assert.equal(await client.call("DEBUG", "DIGEST"), before);
  for (const [encoding] of ENCODINGS) assert.equal(await client.call("SCARD", encoding), 28);
});
