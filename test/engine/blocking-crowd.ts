/**
 * A crowd of clients that wait and push at random, the same on redis-server and on Tidemark.
 *
 * It is deterministic because one client acts at a time: a step is over when it has its reply or is blocked, and whoever
 * is no longer blocked then has been served. Two sorts of crowds keep clear of what 7.2 does otherwise than 7.0 (it runs
 * the command again, which looks at its keys from the first one on): in a `chain` each wait is for one key, in a `choice`
 * waits are for several, but no unit makes more than one of them ready.
 */

import type { SeededChance } from "../support/chance.js";
import type { Side, Sides } from "../support/compare.js";
import { eventually } from "../support/condition.js";
import type { WireClient } from "../support/wire.js";

export type Sort = "chain" | "choice";

const CROWD = 7;
type Words = readonly string[];

/** Returns what differed, with the steps up to there, or null. */
export async function crowdDiffers(
  sides: Sides,
  sort: Sort,
  chance: SeededChance,
  steps: number,
): Promise<string | null> {
  const [theirs, ours] = await Promise.all([Crowd.gather(sides.oracle), Crowd.gather(sides.tidemark)]);
  const said: string[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const action = choose(sort, chance, theirs.blocked);
      said.push(`${action.client}: ${action.commands.map((words) => words.join(" ")).join("; ")}`);
      const [expected, actual] = await Promise.all([theirs.act(action), ours.act(action)]);
      if (expected !== actual) return `${said.join("\n")}\nredis-server: ${expected}\ntidemark: ${actual}`;
    }
    const [expected, actual] = await Promise.all([theirs.digest(), ours.digest()]);
    return expected === actual ? null : `${said.join("\n")}\nthe data differs`;
  } finally {
    theirs.leave();
    ours.leave();
  }
}

interface Action {
  readonly client: number;
  /** Several are sent in one write. */
  readonly commands: readonly Words[];
  /** Whom CLIENT UNBLOCK is for; its id follows the last word. */
  readonly target?: number;
}

class Crowd {
  blocked: ReadonlySet<number> = new Set();

  private constructor(
    private readonly admin: WireClient,
    private readonly clients: readonly WireClient[],
    private readonly ids: readonly string[],
  ) {}

  static async gather(side: Side): Promise<Crowd> {
    const admin = await side.client();
    await admin.call("FLUSHALL");
    const clients: WireClient[] = [];
    const ids: string[] = [];
    for (let i = 0; i < CROWD; i++) {
      const client = await side.client();
      await client.call("SELECT", i % 3 === 2 ? 1 : 0);
      ids.push(String(await client.call("CLIENT", "ID")));
      clients.push(client);
    }
    return new Crowd(admin, clients, ids);
  }

  /** What everybody was told. */
  async act({ client, commands, target }: Action): Promise<string> {
    const actor = this.clients[client]!;
    const all =
      target === undefined ? commands : [["CLIENT", "UNBLOCK", this.ids[target]!, ...commands[0]!.slice(2)]];
    for (const words of all) actor.send(...words);
    const before = this.blocked;
    await eventually("the client is answered or blocked", async () => {
      const answered = actor.hasArrivals;
      this.blocked = await this.look();
      return answered || this.blocked.has(client);
    });
    let told = "";
    if (!this.blocked.has(client)) for (const _ of all) told += await this.hear(client);
    for (const other of before) if (!this.blocked.has(other)) told += await this.hear(other);
    return `${told} waiting: ${[...this.blocked].sort()}`;
  }

  async digest(): Promise<string> {
    return String(await this.admin.call("DEBUG", "DIGEST"));
  }

  leave(): void {
    for (const client of [this.admin, ...this.clients]) client.close();
  }

  private async hear(client: number): Promise<string> {
    return `${client} ${JSON.stringify((await this.clients[client]!.receive()).raw.toString())} `;
  }

  private async look(): Promise<ReadonlySet<number>> {
    const lines = String(await this.admin.call("CLIENT", "LIST")).split("\n");
    const waiting = lines
      .filter((line) => / flags=\w*b/.test(line))
      .map((line) => /^id=(\d+)/.exec(line)?.[1]);
    return new Set(this.ids.flatMap((id, index) => (waiting.includes(id) ? [index] : [])));
  }
}

function choose(sort: Sort, chance: SeededChance, blocked: ReadonlySet<number>): Action {
  const idle = Array.from({ length: CROWD }, (_, index) => index).filter((index) => !blocked.has(index));
  const client = chance.pick(idle);
  if (blocked.size > 0 && chance.happens(0.06)) {
    const how = chance.pick([[], ["ERROR"], ["TIMEOUT"]]);
    return { client, commands: [["CLIENT", "UNBLOCK", ...how]], target: chance.pick([...blocked]) };
  }
  // Somebody must be left who can push.
  if (idle.length > 2 && chance.happens(0.45)) return { client, commands: [waitFor(sort, chance)] };
  if (sort === "choice") return { client, commands: [changeOne(chance)] };
  if (chance.happens(0.7)) return { client, commands: [change(chance)] };
  const queued = Array.from({ length: 1 + chance.below(4) }, () =>
    chance.happens(0.2) ? waitFor(sort, chance) : change(chance),
  );
  return { client, commands: [["MULTI"], ...queued, ["EXEC"]] };
}

const KEYS = ["a", "b", "c"];
const LISTS = ["l1", "l2", "l3"];
const SETS = ["z1", "z2", "z3"];
const SIDES = ["LEFT", "RIGHT"];

function waitFor(sort: Sort, chance: SeededChance): Words {
  const several = (keys: readonly string[]): string[] =>
    Array.from({ length: 1 + chance.below(3) }, () => chance.pick(keys));
  const lists = sort === "chain" ? [chance.pick(KEYS)] : several(LISTS);
  const sets = sort === "chain" ? [chance.pick(KEYS)] : several(SETS);
  const side = chance.pick(SIDES);
  const count = String(1 + chance.below(3));
  const waits: Words[] = [
    ["BLPOP", ...lists, "0"],
    ["BRPOP", ...lists, "1000"],
    ["BLMPOP", "0", String(lists.length), ...lists, side, "COUNT", count],
    ["BZPOPMIN", ...sets, "0"],
    ["BZPOPMAX", ...sets, "1000.5"],
    ["BZMPOP", "0", String(sets.length), ...sets, chance.pick(["MIN", "MAX"]), "COUNT", count],
  ];
  if (sort === "chain") {
    const moves: Words = ["BLMOVE", lists[0]!, chance.pick(KEYS), side, chance.pick(SIDES), "0"];
    waits.push(moves, moves, ["BRPOPLPUSH", lists[0]!, chance.pick(KEYS), "0"]);
  }
  return chance.pick(waits);
}

function elements(chance: SeededChance): string[] {
  return Array.from({ length: 1 + chance.below(3) }, () => String(chance.below(100)));
}

function scored(chance: SeededChance): string[] {
  return elements(chance).flatMap((member) => [String(chance.below(10)), member]);
}

/**
 * A change of keys of both types that makes any number of them ready; not SWAPDB, since redis-server serves what that
 * makes ready in the order of its hash table.
 */
function change(chance: SeededChance): Words {
  const [key, other] = [chance.pick(KEYS), chance.pick(KEYS)];
  const push: Words = [chance.pick(["LPUSH", "RPUSH"]), key, ...elements(chance)];
  const add: Words = ["ZADD", key, ...scored(chance)];
  return chance.pick<Words>([
    push,
    push,
    push,
    add,
    add,
    ["DEL", key],
    ["DEL", key, other],
    ["RENAME", key, other],
    ["COPY", key, other, "REPLACE"],
    ["COPY", key, other, "DB", "1"],
    ["MOVE", key, "1"],
    ["SET", key, "string"],
    ["LMOVE", key, other, chance.pick(SIDES), chance.pick(SIDES)],
    ["RPOPLPUSH", key, other],
    ["LPOP", key],
    ["ZPOPMIN", key],
    ["ZUNIONSTORE", key, "1", other],
    ["ZRANGESTORE", key, other, "0", "-1"],
    ["SORT", key, "BY", "nosort", "STORE", other],
    ["PEXPIREAT", key, "1"],
    chance.happens(0.2) ? ["FLUSHALL"] : ["FLUSHDB"],
  ]);
}

/** A change that makes one key ready at most, and none of the wrong type. */
function changeOne(chance: SeededChance): Words {
  const [list, set] = [chance.pick(LISTS), chance.pick(SETS)];
  return chance.pick<Words>([
    [chance.pick(["LPUSH", "RPUSH"]), list, ...elements(chance)],
    ["ZADD", set, ...scored(chance)],
    ["RENAME", list, chance.pick(LISTS)],
    ["COPY", set, chance.pick(SETS), "REPLACE"],
    ["MOVE", list, "1"],
    ["LPOP", list, "5"],
    ["ZUNIONSTORE", set, "1", chance.pick(SETS)],
    ["DEL", list, set],
  ]);
}
