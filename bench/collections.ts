/**
 * Requests a second on lists, hashes, sets and sorted sets, 16 commands in a pipeline. What takes elements away is
 * measured on what the command before it has put there, so that no request finds its key gone.
 */

import { alternated, type Contender, withBoth } from "./contender.js";
import { type Effort, type Figure, median } from "./figure.js";
import { compareLoad, requestsPerSecond, type Test, VALUE_BYTES } from "./load.js";
import { Sender } from "./sender.js";

const PIPELINE = 16;
/** Requests of one run of a command that fills, for each second that a run shall take. */
const FILLING_A_SECOND = 400_000;
const RANGED_ELEMENTS = 20_000;
const ORDERED_MEMBERS = 100_000;
const RANGE = 100;

/** A command that fills a key, one that empties it again, one element each, and one that tells how many there are. */
interface Pair {
  readonly fills: string;
  readonly empties: Test;
  readonly counts: readonly string[];
  readonly names: readonly [filling: string, emptying: string];
}

const PAIRS: readonly Pair[] = [
  { names: ["LPUSH", "LPOP"], fills: "lpush", empties: "lpop", counts: ["LLEN", "mylist"] },
  { names: ["RPUSH", "RPOP"], fills: "rpush", empties: "rpop", counts: ["LLEN", "mylist"] },
  { names: ["SADD", "SPOP"], fills: "sadd", empties: "spop", counts: ["SCARD", "myset"] },
  { names: ["ZADD", "ZPOPMIN"], fills: "zadd", empties: "zpopmin", counts: ["ZCARD", "myzset"] },
];

/** Commands that leave as much as they find. */
const STEADY: readonly { readonly name: string; readonly test: Test; readonly below?: number }[] = [
  { name: "HSET", test: "hset" },
  { name: "HGET", test: ["HGET", "myhash", "element:__rand_int__"] },
  {
    name: `ZRANGEBYSCORE of ${RANGE}`,
    test: ["ZRANGEBYSCORE", "ordered", "__rand_int__", "+inf", "LIMIT", "0", String(RANGE)],
    below: ORDERED_MEMBERS - RANGE,
  },
  { name: "LRANGE_100", test: ["LRANGE", "ranged", "0", "99"] },
  { name: "LRANGE_600", test: ["LRANGE", "ranged", "0", "599"] },
  { name: "MSET", test: "mset" },
];

export async function collections(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const ratios: number[] = [];
  const tell = (name: string, ours: number, redis: number): void => {
    ratios.push(ours / redis);
    show({
      name: `Collections, ${name}`,
      unit: "requests/s",
      ours,
      redis,
      demand: { of: "ratio", bound: "at least", limit: 0.9 },
    });
  };
  await withBoth({}, async (both) => {
    for (const pair of PAIRS) {
      const [filling, emptying] = await comparePair(both, pair, effort);
      tell(pair.names[0], filling.ours, filling.redis);
      tell(pair.names[1], emptying.ours, emptying.redis);
    }
    for (const server of both) await prepare(server);
    for (const { name, ...load } of STEADY) {
      const { ours, redis } = await compareLoad(both, { ...load, pipeline: PIPELINE }, effort);
      tell(name, ours, redis);
    }
  });
  show({
    name: "Collections, geometric mean of the ratios",
    unit: "ratio",
    ours: Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length),
    redis: null,
    demand: { of: "value", bound: "at least", limit: 1.0 },
  });
}

interface Rates {
  readonly ours: number;
  readonly redis: number;
}

async function comparePair(both: readonly Contender[], pair: Pair, effort: Effort): Promise<[Rates, Rates]> {
  const requests = Math.ceil(FILLING_A_SECOND * effort.seconds);
  const filling: Record<Contender["name"], number[]> = { tidemark: [], redis: [] };
  const emptying: Record<Contender["name"], number[]> = { tidemark: [], redis: [] };
  // The first round warms both up.
  for (let round = 0; round <= effort.rounds; round++)
    for (const server of alternated(both, round)) {
      const filled = await requestsPerSecond(server, { test: pair.fills, pipeline: PIPELINE }, requests);
      const emptied = await requestsPerSecond(
        server,
        { test: pair.empties, pipeline: PIPELINE },
        await countIn(server, pair.counts),
      );
      if (round === 0) continue;
      filling[server.name].push(filled);
      emptying[server.name].push(emptied);
    }
  return [medians(filling), medians(emptying)];
}

function medians(rates: Record<Contender["name"], number[]>): Rates {
  return { ours: median(rates.tidemark), redis: median(rates.redis) };
}

async function countIn(server: Contender, command: readonly string[]): Promise<number> {
  const sender = new Sender(server.port);
  const count = Number((await sender.ask(...command)).slice(1));
  sender.close();
  return count;
}

/** A list to take ranges of, and a sorted set whose scores are 0, 1, 2 and so on. */
async function prepare(server: Contender): Promise<void> {
  const sender = new Sender(server.port);
  await sender.send(RANGED_ELEMENTS, () => ["RPUSH", "ranged", "x".repeat(VALUE_BYTES)]);
  await sender.send(ORDERED_MEMBERS, (index) => [
    "ZADD",
    "ordered",
    index,
    `element:${String(index).padStart(12, "0")}`,
  ]);
  sender.close();
}
