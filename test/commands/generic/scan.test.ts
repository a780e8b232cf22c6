/** SCAN's promise, through the command: what is there throughout is returned, whatever happens between two calls. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SeededChance } from "../../support/chance.js";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";

const SEEDS = [1, 2, 3, 4];

let server: TidemarkHere;
let client: WireClient;
before(async () => {
  server = await TidemarkHere.start();
  client = await server.client();
});
after(async () => {
  client.close();
  await server.close();
});

type Between = (call: number) => Promise<void>;

/** Everything that a whole iteration returns, in order; `between` happens after every call. */
async function iterate(
  options: readonly (string | number)[],
  between: Between = async () => {},
): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  for (let calls = 1; ; calls++) {
    const [next, keys] = (await client.call("SCAN", cursor, ...options)) as [string, string[]];
    found.push(...keys);
    if (next === "0") return found;
    assert.ok(calls < 100_000, "the iteration does not end");
    cursor = next;
    await between(calls);
  }
}

async function setAll(names: readonly string[]): Promise<void> {
  for (let at = 0; at < names.length; at += 1000) {
    await client.pipeline(names.slice(at, at + 1000).map((name) => ["SET", name, "v"]));
  }
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => prefix + at);

describe("SCAN", () => {
  for (const count of [1, 10, 333, 100_000])
    it(`returns every key once with COUNT ${count}`, async () => {
      await client.call("FLUSHALL");
      const all = names("k", 3000);
      await setAll(all);
      assert.deepEqual((await iterate(["COUNT", count])).sort(), all.sort());
    });

  for (const seed of SEEDS)
    it(`returns what is there throughout, under splits and merges (seed ${seed})`, async () => {
      const chance = new SeededChance(seed);
      await client.call("FLUSHALL");
      const stable = names("stable", 300);
      await setAll([...stable, ...names("early", chance.below(6000))]);
      let wave = 0;
      const found = await iterate(["COUNT", 1 + chance.below(60)], async (call) => {
        if (call % 8 !== 0 || wave > 12) return;
        // Grow by thousands, or take everything away that is not meant to stay.
        if (chance.happens(0.5)) return setAll(names(`wave${wave++}-`, 500 + chance.below(4000)));
        wave++;
        const others = ((await client.call("KEYS", "*")) as string[]).filter(
          (key) => !key.startsWith("stable"),
        );
        for (let at = 0; at < others.length; at += 1000)
          await client.call("DEL", "-", ...others.slice(at, at + 1000));
      });
      const seen = new Set(found);
      assert.deepEqual(
        stable.filter((key) => !seen.has(key)),
        [],
      );
      assert.equal(found.filter((key) => key.startsWith("stable")).length, stable.length, "none comes twice");
    });

  it("ends, and returns what was set again, when everything is flushed on the way", async () => {
    await client.call("FLUSHALL");
    await setAll(names("old", 5000));
    const fresh = names("fresh", 50);
    const found = await iterate(["COUNT", 20], async (call) => {
      if (call !== 100) return;
      await client.call("FLUSHALL");
      await setAll(fresh);
    });
    assert.ok(found.length < 5000);
    assert.deepEqual((await iterate([])).sort(), fresh.sort());
  });

  it("filters by pattern and type without ending early", async () => {
    await client.call("FLUSHALL");
    await setAll([...names("a", 2000), ...names("b", 20)]);
    assert.deepEqual((await iterate(["MATCH", "b*"])).sort(), names("b", 20).sort());
    assert.equal((await iterate(["TYPE", "string", "COUNT", 50])).length, 2020);
    assert.equal((await iterate(["TYPE", "list", "COUNT", 50])).length, 0);
  });

  it("takes a cursor that is none of its own as the end", async () => {
    await client.call("SET", "a", "1");
    for (const cursor of ["4294967296", "9007199254740993", "18446744073709551615", "-1"]) {
      assert.deepEqual(await client.call("SCAN", cursor), ["0", []]);
    }
  });
});
