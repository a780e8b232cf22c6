import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { TidemarkHere } from "../../support/product.js";

sameReplies(
  "TIME, LASTSAVE, ROLE and LOLWUT",
  String.raw`
~match "^\\*2\r\n\\$10\r\n\\d{10}\r\n\\$[1-6]\r\n\\d{1,6}\r\n$" TIME
TIME a
~near 100 LASTSAVE
LASTSAVE a
ROLE
ROLE a
~match "Redis ver\\. 7\\.\\d\\.\\d+\n\r\n$" LOLWUT
~match "Redis ver\\. 7\\.\\d\\.\\d+\n\r\n$" LOLWUT VERSION
~match "Redis ver\\. 7\\.\\d\\.\\d+\n\r\n$" LOLWUT VERSION 1
~match "Redis ver\\. 7\\.\\d\\.\\d+\n\r\n$" LOLWUT VERSION 1 x
~match "Redis ver\\. 7\\.\\d\\.\\d+\n\r\n$" LOLWUT VERSION 5 10 2 2
~match "Redis ver\\. 7\\.\\d\\.\\d+\n\r\n$" LOLWUT VERSION 6 10 4
LOLWUT VERSION x
LOLWUT VERSION 5 x
LOLWUT VERSION 6 1 x
`,
);

test("TIME goes on, in microseconds", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    const read = async (): Promise<number> => {
      const [seconds, micros] = (await client.call("TIME")) as string[];
      return Number(seconds) * 1e6 + Number(micros);
    };
    const times = [await read(), await read(), await read()];
    assert.ok(Math.abs(times[0]! - Date.now() * 1000) < 1e6);
    assert.ok(times[0]! < times[1]! && times[1]! < times[2]!);
  } finally {
    await server.close();
  }
});

test("LOLWUT draws what fits", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    const lines = async (...words: (string | number)[]): Promise<string[]> =>
      String(await client.call("LOLWUT", "VERSION", ...words)).split("\n");
    const waves = await lines(5, 30, 4, 3);
    assert.equal(waves.length, 4 + 3);
    assert.ok(waves.slice(0, 4).every((line) => line.length === 30));
    const evening = await lines(6, 8, 5);
    assert.equal(evening.length, 5 + 3);
    assert.equal(evening[0]?.split("m ").length, 8 + 1);
    assert.equal((await lines(5, -1, 1e9)).length, 200 + 3);
  } finally {
    await server.close();
  }
});
