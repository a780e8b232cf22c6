/** Which keyspace notifications commands send, here and by redis-server. */

import assert from "node:assert/strict";
import { type Side, startPair } from "../support/compare.js";
import { eventually, pause } from "../support/condition.js";
import { oracleTest } from "../support/oracle.js";
import type { WireClient } from "../support/wire.js";
import { splitWords } from "../support/words.js";

/** What the marks between two commands are published to. */
const MARK = "__keymark";

/**
 * A test that both servers send the same notifications for each line of a script, in the same order: a command a line
 * in redis-cli's quoting, after `~block` one that makes another client wait; `~wait N` lets N milliseconds pass,
 * `=== title` begins a subtest on empty databases.
 */
export function sameEvents(title: string, script: string): void {
  oracleTest(title, async (context) => {
    const pair = await startPair({ "notify-keyspace-events": "KEAmn" });
    try {
      for (const part of script.split(/^\s*=== /m).slice(1)) {
        const [name = "", ...lines] = part.split("\n").map((line) => line.trim());
        const commands = lines.filter((line) => line !== "");
        await context.test(name, async () => {
          const [expected, actual] = await Promise.all([
            eventsOf(pair.oracle, commands),
            eventsOf(pair.tidemark, commands),
          ]);
          for (const [index, line] of commands.entries())
            assert.deepEqual(actual[index], expected[index], line);
        });
      }
    } finally {
      await pair.close();
    }
  });
}

/** What each line makes the server send. Nothing expires by itself meanwhile. */
async function eventsOf(server: Side, lines: readonly string[]): Promise<string[][]> {
  using actor = await server.client();
  using listener = await server.client();
  using marker = await server.client();
  using waiting = await server.client();
  await actor.call("FLUSHALL");
  await actor.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await listener.call("PSUBSCRIBE", "__key*");
  for (const line of lines) {
    const [first, ...rest] = splitWords(line);
    if (first!.toString() === "~wait") await pause(Number(rest[0]));
    else if (first!.toString() === "~block") await block(actor, waiting, rest);
    else await actor.reply(first!, ...rest);
    await marker.call("PUBLISH", MARK, line);
  }
  const seen: string[][] = [];
  for (const _ of lines) seen.push(await untilMark(listener));
  return seen;
}

async function block(actor: WireClient, waiting: WireClient, words: readonly Buffer[]): Promise<void> {
  waiting.send(...words);
  await eventually("the client is blocked", async () =>
    String(await actor.call("INFO", "clients")).includes("blocked_clients:1\r\n"),
  );
}

async function untilMark(listener: WireClient): Promise<string[]> {
  const events: string[] = [];
  for (;;) {
    const [, , channel, message] = (await listener.receive()).items;
    if (channel!.value === MARK) return events;
    events.push(`${channel!.value} ${message!.value}`);
  }
}
