/** Compares what commands leave behind, besides data and replies: the log and the keyspace events. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Oracle, oracleTest, startOracle } from "../../support/oracle.js";
import { splitWords } from "../../support/words.js";
import { commandsOf, Session } from "./session.js";

const ORACLE = [
  ["--appendonly", "yes"],
  ["--appendfsync", "always"],
  ["--aof-use-rdb-preamble", "no"],
  ["--notify-keyspace-events", "EAmn"],
].flat();

/** The key whose event ends the reading of the oracle's events. */
const LAST = "last";

/** A test that each line of the script, a command, has the effects that it has in redis-server. */
export function sameEffects(title: string, script: string): void {
  const lines = script.split("\n").filter((line) => line.trim() !== "");
  oracleTest(title, async () => {
    await using oracle = await startOracle({ args: ORACLE });
    const expected = await oracleEvents(oracle, lines);
    const session = new Session();
    for (const line of lines) session.run(...splitWords(line));
    assert.deepEqual(session.events, expected);
    assert.deepEqual(withoutTimes(session.logged()), withoutTimes(oracleLog(oracle)));
  });
}

/** Runs the lines on the oracle and gives the events that they fire. */
async function oracleEvents(oracle: Oracle, lines: readonly string[]): Promise<string[]> {
  using listener = await oracle.client();
  using client = await oracle.client();
  await listener.call("PSUBSCRIBE", "__keyevent@0__:*");
  for (const line of lines) {
    client.send(...splitWords(line));
    await client.receive();
  }
  await client.call("SET", LAST, "");
  const events: string[] = [];
  for (;;) {
    const [, , channel, key] = (await listener.receive()).value as string[];
    if (key === LAST) return events;
    events.push(`${channel!.replace("__keyevent@0__:", "")} ${key}`);
  }
}

function oracleLog(oracle: Oracle): string[][] {
  const directory = join(oracle.dir, "appendonlydir");
  const name = readdirSync(directory).find((file) => file.endsWith(".incr.aof"))!;
  return commandsOf(readFileSync(join(directory, name))).filter((command) => command[1] !== LAST);
}

/** Times that were relative differ by what the clocks differ; they all have as many digits. */
function withoutTimes(commands: readonly string[][]): string[][] {
  return commands.map((words) => words.map((word) => (/^\d{13}$/.test(word) ? "TIME" : word)));
}
