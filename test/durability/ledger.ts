/**
 * What one connection has written, and what of it must be there after a crash: everything that was promised, and of the
 * rest some first part, each operation whole and none twice. All else in its database follows from the operations that
 * are there.
 */

import type { Reply, WireClient } from "../support/wire.js";

const FIELDS = 20;
/** Kinds of operations. */
const KINDS = 8;

export class Ledger {
  /** The number of the last operation that was sent. */
  sent = 0;
  /** The numbers of the operations that were answered with success, in their order. */
  private acknowledged: number[] = [];
  /** Those that were refused: they must not be there. All others may be. */
  private readonly refused = new Set<number>();
  /** Up to this number nothing that was acknowledged may be missing after the loss of the process, or of the power. */
  private safeFromDeath = 0;
  private safeFromPowerLoss = 0;

  constructor(readonly database: number) {}

  /** The next operation: a transaction that notes its number in a list and changes one other key. */
  async write(client: WireClient): Promise<"acknowledged" | "refused" | "unknown"> {
    const n = ++this.sent;
    const commands = [["MULTI"], ["RPUSH", "list", n], change(n), ["EXEC"]];
    for (const words of commands) client.send(...words);
    // All are asked for at once, so that other writes may be under way on the same connection.
    const replies = await Promise.all(commands.map(() => client.receive())).catch((): Reply[] => []);
    const last = replies.at(-1);
    if (last?.type === "*") {
      this.acknowledged.push(n);
      return "acknowledged";
    }
    const text = String(last?.value ?? "");
    if (last !== undefined && !/EXECABORT|MISCONF|^UNKNOWN/.test(text))
      throw new Error(`A write was answered with ${text}`);
    if (!text.startsWith("EXECABORT")) return "unknown";
    this.refused.add(n);
    return "refused";
  }

  /** Whether everything that was sent has been answered with success. */
  get last(): number {
    return this.acknowledged.at(-1) ?? 0;
  }

  /** What has been acknowledged up to this number is promised. */
  promise(upTo: number, against: "death" | "power loss"): void {
    this.safeFromDeath = Math.max(this.safeFromDeath, upTo);
    if (against === "power loss") this.safeFromPowerLoss = Math.max(this.safeFromPowerLoss, upTo);
  }

  /**
   * What is wrong with the data, or null; from then on exactly this data has to be there. `isSafe`: also after a power
   * loss, since a start has made sure of it.
   */
  async check(client: WireClient, after: "death" | "power loss", isSafe: boolean): Promise<string | null> {
    const promised = after === "death" ? this.safeFromDeath : this.safeFromPowerLoss;
    await client.call("SELECT", this.database);
    const list = await numbers(client, "list");
    const wrong = this.judge(list, promised) ?? (await compare(client, list));
    if (wrong !== null) return `database ${this.database}: ${wrong}`;
    this.acknowledged = list;
    this.safeFromDeath = this.sent;
    if (isSafe) this.safeFromPowerLoss = this.sent;
    return null;
  }

  /** What is wrong with the data as that of a moment of the past, when so many operations had been sent; or null. */
  async checkPast(client: WireClient, sent: number): Promise<string | null> {
    await client.call("SELECT", this.database);
    const list = await numbers(client, "list");
    const strange = list.findIndex((n, at) => n > sent || n !== this.acknowledged[at]);
    const wrong = strange === -1 ? await compare(client, list) : `${list[strange]} was not there`;
    return wrong === null ? null : `database ${this.database}: ${wrong}`;
  }

  private judge(list: readonly number[], promised: number): string | null {
    const there = new Set(list);
    const disorder = list.findIndex((n, index) => index > 0 && n <= list[index - 1]!);
    if (disorder > 0) return `${list[disorder - 1]} is followed by ${list[disorder]}`;
    const invented = list.find((n) => this.refused.has(n) || n > this.sent);
    if (invented !== undefined) return `${invented} was refused, or never sent`;
    const missing = this.acknowledged.find((n) => !there.has(n));
    if (missing === undefined) return null;
    if (missing <= promised) return `${missing} is missing, and ${promised} was promised of ${this.sent}`;
    const later = list.find((n) => n > missing);
    return later === undefined ? null : `${later} is there without ${missing}`;
  }
}

/** What operation `n` does besides. */
function change(n: number): (string | number)[] {
  const field = n % FIELDS;
  if (n % KINDS === 0) return ["INCR", "counter"];
  if (n % KINDS === 1) return ["HSET", "hash", field, n];
  if (n % KINDS === 2) return ["ZADD", "zset", n, field];
  if (n % KINDS === 3) return ["SADD", "set", n];
  if (n % KINDS === 4) return ["SET", `key:${field}`, n];
  if (n % KINDS === 5) return ["SET", "volatile", n, "PX", 1 + (n % 5) * 500];
  if (n % KINDS === 6) return ["RPUSH", "inbox", n];
  return ["DEL", `key:${(n * 7) % FIELDS}`];
}

/** Waits for what comes into the inbox and moves it on; settles when something was moved. */
export function move(client: WireClient): Promise<unknown> {
  return client.call("BLMOVE", "inbox", "outbox", "LEFT", "RIGHT", 0);
}

async function numbers(client: WireClient, key: string): Promise<number[]> {
  return ((await client.call("LRANGE", key, 0, -1)) as string[]).map(Number);
}

/** How the other keys differ from what these operations leave, or null. */
async function compare(client: WireClient, list: readonly number[]): Promise<string | null> {
  const ofKind = (kind: number): number[] => list.filter((n) => n % KINDS === kind);
  const counter = ofKind(0).length;
  const hash = new Map<string, string>();
  const zset = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const n of list) {
    const [name, key, first, second] = change(n).map(String) as [string, string, string, string];
    if (name === "HSET") hash.set(first, second);
    if (name === "ZADD") zset.set(second, first);
    if (name === "SET" && key !== "volatile") keys.set(key, first);
    if (name === "DEL") keys.delete(key);
  }
  const names = Array.from({ length: FIELDS }, (_, field) => `key:${field}`);
  const text = (value: unknown): string => JSON.stringify(value);
  const expected = {
    counter: counter === 0 ? null : String(counter),
    hash: sorted(hash),
    zset: sorted(zset),
    set: ofKind(3),
    boxes: ofKind(6),
    keys: names.map((name) => keys.get(name) ?? null),
  };
  const volatile = await client.call("GET", "volatile");
  if (volatile !== null && Number(volatile) !== ofKind(5).at(-1)) return `volatile is ${volatile}`;
  const found = {
    counter: await client.call("GET", "counter"),
    hash: sorted(pairs(await client.call("HGETALL", "hash"))),
    zset: sorted(pairs(await client.call("ZRANGE", "zset", 0, -1, "WITHSCORES"))),
    set: ((await client.call("SMEMBERS", "set")) as string[]).map(Number).sort((a, b) => a - b),
    boxes: [...(await numbers(client, "outbox")), ...(await numbers(client, "inbox"))],
    keys: await client.call("MGET", ...names),
  };
  return text(expected) === text(found) ? null : `expected ${text(expected)}, found ${text(found)}`;
}

function pairs(flat: unknown): Map<string, string> {
  const words = flat as string[];
  return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]!] as const] : [])));
}

function sorted(map: ReadonlyMap<string, string>): [string, string][] {
  return [...map].sort(([a], [b]) => Number(a) - Number(b));
}
