/** What commands leave in the append-only file, here and in redis-server. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { parseReply } from "../support/reply.js";
import type { WireClient } from "../support/wire.js";
import { splitWords } from "../support/words.js";

/** The last command of each script: when it is in the file, so is everything else. */
const LAST = ["SET", "the-last-key", "the-last-value"];

/**
 * A test that both servers log the same commands for a script: a command a line in redis-cli's quoting, `~wait N` lets
 * N milliseconds pass. Times in milliseconds since 1970 are shown as `<time>`. Returns nothing; the expected lines, when
 * given, say what both must log.
 */
export function sameEffects(
  title: string,
  script: string,
  expected: readonly string[],
  directives: Directives = {},
): void {
  oracleTest(title, async () => {
    const all = { appendonly: "yes", "aof-use-rdb-preamble": "no", ...directives };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const oracle = await startOracle({ args });
    const ours = await TidemarkHere.start(all);
    try {
      const theirs = await logged(await oracle.client(), oracle.dir, script);
      assert.deepEqual(theirs, expected, "redis-server logs something else");
      assert.deepEqual(await logged(await ours.client(), ours.dir, script), expected);
    } finally {
      await Promise.all([oracle.close(), ours.close()]);
    }
  });
}

async function logged(client: WireClient, dir: string, script: string): Promise<string[]> {
  for (const line of script.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const words = splitWords(line);
    if (words[0]?.toString() === "~wait") await new Promise((go) => setTimeout(go, Number(words[1])));
    else await client.reply(...words);
  }
  await client.call(...LAST);
  client.close();
  let commands: string[] = [];
  await eventually("the last command is in the file", () => {
    commands = commandsOf(dir);
    return commands.at(-1) === LAST.join(" ");
  });
  return commands.slice(0, -1).filter((command) => command !== "SELECT 0");
}

/** The commands of all incremental files, a line each. */
function commandsOf(dir: string): string[] {
  const files = readdirSync(join(dir, "appendonlydir")).filter((name) => name.endsWith(".incr.aof"));
  const bytes = Buffer.concat(files.sort().map((name) => readFileSync(join(dir, "appendonlydir", name))));
  const commands: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0x23) {
      at = bytes.indexOf(10, at) + 1;
      continue;
    }
    const parsed = parseReply(bytes, at);
    if (parsed === null) break;
    const words = (parsed.reply.value as unknown[]).map(String);
    commands.push(words.join(" ").replace(/\b1[0-9]{12}\b/g, "<time>"));
    at = parsed.end;
  }
  return commands;
}
