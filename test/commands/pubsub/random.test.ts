/** Random clients that listen and publish: everybody gets what redis-server would send them. */

import assert from "node:assert/strict";
import { SeededChance } from "../../support/chance.js";
import { startPair } from "../../support/compare.js";
import { oracleTest } from "../../support/oracle.js";
import type { WireClient } from "../../support/wire.js";

const SEEDS = [1, 2, 3];
const CLIENTS = 5;
const STEPS = 250;
const CHANNELS = ["a", "b", "ab", "abc", "\x00", "*"];
const PATTERNS = ["*", "a*", "?", "[ab]", "*c", "\\*"];

type Words = readonly string[];

/** A client's next command. What a RESP2 client may not say while it listens is an error on both sides. */
function nextCommand(chance: SeededChance): Words {
  const some = (names: Words): string[] =>
    Array.from({ length: chance.below(3) + 1 }, () => names[chance.below(names.length)]!);
  switch (chance.below(12)) {
    case 0:
    case 1:
      return ["SUBSCRIBE", ...some(CHANNELS)];
    case 2:
      return ["PSUBSCRIBE", ...some(PATTERNS)];
    case 3:
      return ["SSUBSCRIBE", ...some(CHANNELS)];
    case 4:
      return ["UNSUBSCRIBE", ...some(CHANNELS)];
    case 5:
      return ["PUNSUBSCRIBE", ...some(PATTERNS)];
    case 6:
      return ["SUNSUBSCRIBE", ...some(CHANNELS)];
    case 7:
      return chance.happens(0.3) ? ["RESET"] : ["HELLO", "3"];
    case 8:
      return ["SPUBLISH", CHANNELS[chance.below(CHANNELS.length)]!, `s${chance.below(1000)}`];
    default:
      return ["PUBLISH", CHANNELS[chance.below(CHANNELS.length)]!, `m${chance.below(1000)}`];
  }
}

/**
 * What the client has been sent up to now, sorted: several patterns match in any order, and 7.0 sends a client its own
 * message before the reply.
 */
async function arrivals(client: WireClient, mark: string): Promise<string[]> {
  client.send("PING", mark);
  const seen: string[] = [];
  for (;;) {
    const reply = (await client.receive()).raw.toString("latin1");
    if (reply.includes(mark)) return seen.sort();
    // HELLO tells the version and the connection's number.
    seen.push(/proto\r\n/.test(reply) ? "hello" : reply);
  }
}

for (const seed of SEEDS) oracleTest(`random subscribers and publishers (seed ${seed})`, () => compare(seed));

async function compare(seed: number): Promise<void> {
  const chance = new SeededChance(seed);
  const pair = await startPair();
  try {
    const theirs: WireClient[] = [];
    const ours: WireClient[] = [];
    for (let i = 0; i < CLIENTS; i++) {
      theirs.push(await pair.oracle.client());
      ours.push(await pair.tidemark.client());
    }
    for (let step = 0; step < STEPS; step++) {
      const at = chance.below(CLIENTS);
      const words = nextCommand(chance);
      const what = `step ${step}, client ${at}: ${words.join(" ")} (seed ${seed})`;
      for (const clients of [theirs, ours]) clients[at]!.send(...words);
      // The others have been told when the sender has its reply.
      const order = [at, ...theirs.keys()].filter((client, index, all) => all.indexOf(client) === index);
      for (const client of order) {
        const mark = `mark-${step}-${client}`;
        const [expected, actual] = [
          await arrivals(theirs[client]!, mark),
          await arrivals(ours[client]!, mark),
        ];
        assert.deepEqual(actual, expected, `${what}: client ${client}`);
      }
    }
    for (const client of [...theirs, ...ours]) client.close();
  } finally {
    await pair.close();
  }
}
