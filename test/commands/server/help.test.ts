import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";

const HELPS = {
  "CONFIG HELP": ["GET", "RESETSTAT", "REWRITE", "SET", "HELP"],
  "DEBUG HELP": ["DIGEST", "LOADAOF", "OBJECT", "PROTOCOL", "SLEEP", "HELP"],
  "LATENCY HELP": ["DOCTOR", "GRAPH", "HISTOGRAM", "HISTORY", "LATEST", "RESET", "HELP"],
  "MEMORY HELP": ["DOCTOR", "MALLOC-STATS", "PURGE", "STATS", "USAGE", "HELP"],
  "MODULE HELP": ["LIST", "HELP"],
  "PUBSUB HELP": ["CHANNELS", "NUMPAT", "NUMSUB", "SHARDCHANNELS", "SHARDNUMSUB", "HELP"],
  "SLOWLOG HELP": ["GET", "LEN", "RESET", "HELP"],
};

test("HELP names every subcommand, with a line about it", async () => {
  const server = await TidemarkHere.start();
  try {
    const client = await server.client();
    for (const [command, subcommands] of Object.entries(HELPS)) {
      const lines = (await client.call(...command.split(" "))) as string[];
      const [container] = command.split(" ");
      assert.equal(lines[0], `${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
      const named = lines.slice(1).filter((line) => !line.startsWith(" "));
      for (const subcommand of subcommands) {
        assert.ok(
          named.some((line) => line.split(" ")[0] === subcommand),
          `${command} does not name ${subcommand}`,
        );
      }
      assert.equal(lines.length, 1 + 2 * named.length);
      assert.match(
        String((await client.reply(...command.split(" "), "more")).value),
        /wrong number of arguments/,
      );
    }
  } finally {
    await server.close();
  }
});
