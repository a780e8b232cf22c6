/** Resident memory of many small collections and of huge ones, and the longest operation on those. */

import { scattered } from "./connection.js";
import { Contender, type Name } from "./contender.js";
import type { Demand, Effort, Figure } from "./figure.js";
import { Sender } from "./sender.js";

/** Fields of a small hash, members of a small sorted set. */
const SMALL = 8;
/** Small collections for each member of a huge one. */
const SMALL_SHARE = 0.06;
/** Of the members of a huge one, one in so many is changed, and as many are removed. */
const CHANGED = 10;
/** Operations that take longer are noted by the server, microseconds. */
const NOTED_US = 1000;

/** No more than redis-server's. */
const NO_MORE: Demand = { of: "ratio", bound: "at most", limit: 1.0 };

type Command = (index: number) => readonly (string | number)[];

interface Kind {
  readonly name: string;
  readonly plural: string;
  readonly small: Command;
  readonly add: Command;
  readonly change: Command;
  readonly remove: Command;
}

const KINDS: readonly Kind[] = [
  {
    name: "hash",
    plural: "hashes of 8 fields",
    small: (i) => ["HSET", `key:${digits(i)}`, ...each((j) => [`field:${j}`, `value:${digits(i)}`])],
    add: (i) => ["HSET", "huge", `field:${digits(i)}`, `value:${digits(i)}`],
    change: (i) => ["HSET", "huge", `field:${digits(i)}`, `VALUE:${digits(i)}`],
    remove: (i) => ["HDEL", "huge", `field:${digits(i)}`],
  },
  {
    name: "sorted set",
    plural: "sorted sets of 8 members",
    small: (i) => ["ZADD", `key:${digits(i)}`, ...each((j) => [i * j, `member:${j}`])],
    add: (i) => ["ZADD", "huge", i, `member:${digits(i)}`],
    change: (i) => ["ZADD", "huge", i + 0.5, `member:${digits(i)}`],
    remove: (i) => ["ZREM", "huge", `member:${digits(i)}`],
  },
];

function each(pair: (index: number) => readonly (string | number)[]): (string | number)[] {
  return Array.from({ length: SMALL }, (_, index) => pair(index)).flat();
}

function digits(index: number): string {
  return String(index).padStart(9, "0");
}

export async function members(effort: Effort, show: (figure: Figure) => void): Promise<void> {
  const huge = effort.memoryKeys;
  for (const kind of KINDS) {
    await showSmall(kind, Math.round(huge * SMALL_SHARE), show);
    const ours = await measureHuge("tidemark", kind, huge);
    const redis = await measureHuge("redis", kind, huge);
    const millions = `${kind.name} of ${huge / 1e6} million`;
    show({
      name: `Memory, ${millions}`,
      unit: "bytes/member",
      ours: ours.bytes / huge,
      redis: redis.bytes / huge,
      demand: NO_MORE,
    });
    show({
      name: `Longest operation, ${millions}`,
      unit: "ms",
      ours: ours.longestMs,
      redis: redis.longestMs,
      demand: { of: "value", bound: "at most", limit: 10 },
    });
  }
}

/** The memory of the whole process, and what of it the collections have added to an idle server. */
async function showSmall(kind: Kind, count: number, show: (figure: Figure) => void): Promise<void> {
  const ours = await measureSmall("tidemark", kind, count);
  const redis = await measureSmall("redis", kind, count);
  const collections = `${count.toLocaleString("en")} ${kind.plural}`;
  const unit = "bytes/key";
  show({ name: `Memory, ${collections}`, unit, ours: ours.all, redis: redis.all, demand: NO_MORE });
  show({ name: `Memory added by ${collections}`, unit, ours: ours.added, redis: redis.added, demand: null });
}

/** In bytes for each collection. */
async function measureSmall(
  name: Name,
  kind: Kind,
  count: number,
): Promise<{ readonly all: number; readonly added: number }> {
  return withOne(name, async (server, sender) => {
    const idle = server.residentBytes();
    await sender.send(count, kind.small);
    const full = server.residentBytes();
    return { all: full / count, added: (full - idle) / count };
  });
}

/** Fills a huge collection in no order, changes and removes some of its members, and takes it away. */
async function measureHuge(
  name: Name,
  kind: Kind,
  count: number,
): Promise<{ readonly bytes: number; readonly longestMs: number }> {
  return withOne(name, async (server, sender) => {
    await sender.ask("CONFIG", "SET", "slowlog-log-slower-than", String(NOTED_US), "slowlog-max-len", "1000");
    const order = scattered(count);
    await sender.send(count, (index) => kind.add(order(index)));
    const bytes = server.residentBytes();
    const some = Math.ceil(count / CHANGED);
    await sender.send(some, (index) => kind.change(order(index)));
    await sender.send(some, (index) => kind.remove(order(index)));
    await sender.ask("UNLINK", "huge");
    return { bytes, longestMs: longestMs(await sender.ask("SLOWLOG", "GET", "1000")) };
  });
}

/** The longest operation in a reply of SLOWLOG GET; what was never noted took no longer than the least that is. */
function longestMs(reply: string): number {
  let longest = NOTED_US;
  for (const [, microseconds] of reply.matchAll(/\*6\r\n:\d+\r\n:\d+\r\n:(\d+)\r\n/g))
    longest = Math.max(longest, Number(microseconds));
  return longest / 1000;
}

async function withOne<T>(name: Name, action: (server: Contender, sender: Sender) => Promise<T>): Promise<T> {
  const server = await Contender.start(name);
  const sender = new Sender(server.port);
  try {
    return await action(server, sender);
  } finally {
    sender.close();
    await server.remove();
  }
}
