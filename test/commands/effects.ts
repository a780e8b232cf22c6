/** What commands leave in the append-only file, here and in redis-server. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { countBlocked, type Side } from "../support/compare.js";
import { eventually, pause } from "../support/condition.js";
import { oracleTest, startOracle } from "../support/oracle.js";
import { type Directives, TidemarkHere } from "../support/product.js";
import { parseReply } from "../support/reply.js";
import { parseScript, type Step } from "../support/script.js";
import type { WireClient } from "../support/wire.js";

/** The last command of each script: when it is in the file, so is everything else. */
const LAST = ["SET", "the-last-key", "the-last-value"];

/**
 * A test that both servers log the same commands for a script (see script.ts for the notation; replies are not looked
 * at). Times in milliseconds since 1970 are shown as `<time>`. Returns nothing; the expected lines, when given, say what
 * both must log.
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
      const theirs = await logged(oracle, oracle.dir, script);
      assert.deepEqual(theirs, expected, "redis-server logs something else");
      assert.deepEqual(await logged(ours, ours.dir, script), expected);
    } finally {
      await Promise.all([oracle.close(), ours.close()]);
    }
  });
}

async function logged(server: Side, dir: string, script: string): Promise<string[]> {
  const admin = await server.client();
  const clients = new Map<number, WireClient>();
  for (const step of parseScript("", script).flatMap(({ steps }) => steps)) {
    const client = clients.get(step.connection) ?? (await server.client());
    clients.set(step.connection, client);
    await perform(step, client, admin);
  }
  await admin.call(...LAST);
  for (const client of [admin, ...clients.values()]) client.close();
  let commands: string[] = [];
  await eventually("the last command is in the file", () => {
    commands = commandsOf(dir);
    return commands.at(-1) === LAST.join(" ");
  });
  return commands.slice(0, -1).filter((command) => command !== "SELECT 0");
}

async function perform(step: Step, client: WireClient, admin: WireClient): Promise<void> {
  if (step.action === "wait") return pause(step.waitMs);
  const blocked = step.blocks ? await countBlocked(admin) : 0;
  if (step.action === "command") client.send(...step.words);
  for (let left = step.replies; left > 0; left--) await client.receive();
  if (step.blocks)
    await eventually("the client is blocked", async () => (await countBlocked(admin)) > blocked);
}

/** The commands of all incremental files, a line each. */
export function commandsOf(dir: string): string[] {
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
