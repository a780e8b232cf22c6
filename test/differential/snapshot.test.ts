/** Snapshots that are written while random commands of all types change the data: each has the data of its beginning. */

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freshSeed } from "../support/chance.js";
import { eventually } from "../support/condition.js";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import { TidemarkHere } from "../support/product.js";
import type { WireClient } from "../support/wire.js";
import { drawSteps, type Step } from "./steps.js";

const SNAPSHOTS = 6;
/** Steps before each snapshot, and those that run at once behind it. */
const BEFORE = 400;
const DURING = 600;

/** What is loaded lacks what had expired. */
const expires = ({ words }: Step): boolean => words.some((word) => /^(EX|PX)AT$/.test(String(word)));

async function saved(client: WireClient): Promise<void> {
  await eventually("the snapshot is complete", async () =>
    /rdb_bgsave_in_progress:0[\s\S]*rdb_last_bgsave_status:ok/.test(
      String(await client.call("INFO", "persistence")),
    ),
  );
}

/** The digest of what a server finds in a copy of the file. */
async function digestOf(file: string): Promise<unknown> {
  const dir = temporaryDirectory();
  try {
    copyFileSync(file, join(dir, "dump.rdb"));
    // A listpack has no -0, so nothing may become one that was none.
    await using server = await TidemarkHere.start({ dir, "zset-max-listpack-entries": "0" });
    using client = await server.client();
    return await client.call("DEBUG", "DIGEST");
  } finally {
    removeDirectory(dir);
  }
}

for (const seed of [1, freshSeed()]) {
  test(`a snapshot has the data of its beginning, whatever is changed meanwhile (seed ${seed})`, async () => {
    await using server = await TidemarkHere.start();
    using client = await server.client();
    using admin = await server.client();
    const steps = drawSteps(seed, SNAPSHOTS * (BEFORE + DURING)).filter((step) => !expires(step));
    const commands = steps.map(({ words }) => words);
    for (let at = 0; at + BEFORE + DURING <= commands.length; at += BEFORE + DURING) {
      await client.pipeline(commands.slice(at, at + BEFORE));
      const [digest] = await admin.pipeline([["DEBUG", "DIGEST"], ["BGSAVE"]]);
      await client.pipeline(commands.slice(at + BEFORE, at + BEFORE + DURING));
      await saved(admin);
      assert.equal(await digestOf(join(server.dir, "dump.rdb")), digest!.value);
    }
  });
}
