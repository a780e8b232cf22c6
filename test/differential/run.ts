/** Runs the same steps on redis-server and on Tidemark: equal replies, and equal data whenever it is looked at. */

import type { Pair } from "../support/compare.js";
import { difference } from "../support/difference.js";
import type { Reply } from "../support/reply.js";
import type { Comparison } from "../support/script.js";
import type { Argument, WireClient } from "../support/wire.js";
import { quoted } from "../support/words.js";
import { CONNECTIONS, popsAtRandom, type Step } from "./steps.js";

const BATCH = 200;
const CHECK_EVERY = 2000;
const DATABASES = 3;
/** What steps may have set, as it is at the beginning. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ["hash-max-listpack-entries", "128"],
  ["hash-max-listpack-value", "64"],
  ["zset-max-listpack-entries", "128"],
  ["zset-max-listpack-value", "64"],
  ["set-max-intset-entries", "512"],
  ["set-max-listpack-entries", "128"],
  ["set-max-listpack-value", "64"],
  ["list-max-listpack-size", "-2"],
  ["list-compress-depth", "0"],
];

type Command = readonly Argument[];

interface Both {
  readonly oracle: WireClient;
  readonly ours: WireClient;
}

/** What went wrong, and after how many of the steps. */
export interface Difference {
  readonly after: number;
  readonly report: string;
}

/** Runs the steps on empty databases. null when there is no difference. */
export async function runSteps(
  pair: Pair,
  steps: readonly Step[],
  protocol: 2 | 3,
): Promise<Difference | null> {
  const run = new Run(steps);
  try {
    await run.open(pair, protocol);
    return await run.all();
  } finally {
    run.close();
  }
}

class Run {
  private readonly connections: Both[] = [];
  /** For each connection: how the replies of what is queued in its transaction are compared. */
  private readonly queued: Comparison[][] = Array.from({ length: CONNECTIONS }, () => []);
  private readonly inTransaction: boolean[] = [];
  private admin!: Both;

  constructor(private readonly steps: readonly Step[]) {}

  async open(pair: Pair, protocol: 2 | 3): Promise<void> {
    const connect = async (): Promise<Both> => ({
      oracle: await pair.oracle.client(),
      ours: await pair.tidemark.client(),
    });
    this.admin = await connect();
    for (let at = 0; at < CONNECTIONS; at++) {
      const both = await connect();
      this.connections.push(both);
      if (protocol === 3) await Promise.all([both.oracle.call("HELLO", 3), both.ours.call("HELLO", 3)]);
    }
    await this.onBoth(this.admin, [
      ["FLUSHALL"],
      // What has expired goes when it is looked at, and not at a time of the server's own.
      ["DEBUG", "SET-ACTIVE-EXPIRE", "0"],
      ...SETTINGS.map((setting) => ["CONFIG", "SET", ...setting]),
    ]);
  }

  close(): void {
    for (const { oracle, ours } of [...this.connections, this.admin]) {
      oracle?.close();
      ours?.close();
    }
  }

  async all(): Promise<Difference | null> {
    for (let at = 0, checked = 0; at < this.steps.length; ) {
      const end = this.batchEnd(at);
      const found = popsAtRandom(this.steps[at]!) ? await this.pop(at) : await this.batch(at, end);
      if (found !== null) return found;
      at = end;
      if (at - checked < CHECK_EVERY && at < this.steps.length) continue;
      checked = at;
      const report = await this.compareData();
      if (report !== null) return { after: at, report: `The data differs.\n${report}` };
    }
    return null;
  }

  /** As many steps as go over one connection together. */
  private batchEnd(from: number): number {
    const { connection } = this.steps[from]!;
    let end = from + 1;
    if (popsAtRandom(this.steps[from]!)) return end;
    while (end < this.steps.length && end < from + BATCH) {
      const step = this.steps[end]!;
      if (step.connection !== connection || popsAtRandom(step)) break;
      end++;
    }
    return end;
  }

  private async batch(from: number, end: number): Promise<Difference | null> {
    const steps = this.steps.slice(from, end);
    const [expected, actual] = await this.onBoth(
      this.connections[steps[0]!.connection]!,
      steps.map((step) => step.words),
    );
    for (const [at, step] of steps.entries()) {
      const wrong = this.compare(step, expected[at]!, actual[at]!);
      if (wrong !== null) return { after: from + at + 1, report: `${shownStep(step)}\n${wrong}` };
    }
    return null;
  }

  private compare(step: Step, expected: Reply, actual: Reply): string | null {
    const queue = this.queued[step.connection]!;
    if (step.words[0] === "MULTI") this.inTransaction[step.connection] = true;
    if (expected.raw.toString() === "+QUEUED\r\n") queue.push(step.comparison);
    else if (["EXEC", "DISCARD"].includes(String(step.words[0]))) {
      const comparisons = queue.splice(0);
      this.inTransaction[step.connection] = false;
      if (expected.items.length === comparisons.length && actual.items.length === comparisons.length) {
        const wrong = comparisons.map((one, at) => difference(one, expected.items[at]!, actual.items[at]!));
        return wrong.find((each) => each !== null) ?? null;
      }
    } else return difference(step.comparison, expected, actual);
    return difference({ kind: "exact" }, expected, actual);
  }

  /** One server chooses what is popped, the other one is told to remove the same. */
  private async pop(at: number): Promise<Difference | null> {
    const step = this.steps[at]!;
    // Only fewer steps than were drawn have it there.
    if (this.inTransaction[step.connection] === true) return null;
    const both = this.connections[step.connection]!;
    const [chooser, other] = at % 2 === 0 ? [both.oracle, both.ours] : [both.ours, both.oracle];
    const [, key] = step.words as [string, Buffer];
    const [size] = await other.pipeline([["SCARD", key]]);
    const popped = await chooser.reply(...step.words);
    const wrong = (report: string): Difference => ({
      after: at + 1,
      report: `${shownStep(step)}\n${report}`,
    });
    if (popped.type === "-") {
      const same = await other.reply(...step.words);
      const [expected, actual] = chooser === both.oracle ? [popped, same] : [same, popped];
      const report = this.compare({ ...step, comparison: { kind: "exact" } }, expected, actual);
      return report === null ? null : wrong(report);
    }
    const members = popped.items.length > 0 || "*~".includes(popped.type) ? popped.items : [popped];
    const texts = members.filter((each) => each.value !== null).map(bulkOf);
    const count = step.words.length === 2 ? 1 : Number(step.words[2]);
    if (texts.length !== Math.min(count, Number(size!.value)))
      return wrong(`    popped ${texts.length} members`);
    if (texts.length === 0) return null;
    const removed = await other.reply("SREM", key, ...texts);
    if (removed.value !== texts.length)
      return wrong(`    popped what only one server has: ${texts.map(quoted)}`);
    if (step.words.length === 2) return null;
    // Popping several may encode what is left anew.
    const [expected, actual] = await this.onBoth(both, [
      ["SMEMBERS", key],
      ["DEL", key],
    ]);
    const report = difference({ kind: "unordered" }, expected[0]!, actual[0]!);
    return report === null ? null : wrong(report);
  }

  private async compareData(): Promise<string | null> {
    for (let database = 0; database < DATABASES; database++) {
      await this.onBoth(this.admin, [["SELECT", database]]);
      const [theirs, ours] = await this.onBoth(this.admin, [["KEYS", "*"]]);
      const keys = new Map(
        [...theirs[0]!.items, ...ours[0]!.items].map((item) => [item.raw.toString("latin1"), bulkOf(item)]),
      );
      for (const key of keys.values()) {
        const wrong = await this.compareKey(key);
        if (wrong !== null) return `  database ${database}, key ${quoted(key)}\n${wrong}`;
      }
    }
    const [expected, actual] = await this.onBoth(this.admin, [["DEBUG", "DIGEST"]]);
    return difference({ kind: "exact" }, expected[0]!, actual[0]!);
  }

  private async compareKey(key: Buffer): Promise<string | null> {
    const [expected, actual] = await this.onBoth(this.admin, [
      ["TYPE", key],
      ["PEXPIRETIME", key],
      ["DEBUG", "DIGEST-VALUE", key],
    ]);
    for (const [at, reply] of expected.entries()) {
      const wrong = difference({ kind: "exact" }, reply, actual[at]!);
      if (wrong !== null) return wrong;
    }
    const [theirs, ours] = await this.onBoth(this.admin, [["OBJECT", "ENCODING", key]]);
    const type = String(expected[0]!.value);
    const [oracle, tidemark] = [String(theirs[0]!.value), String(ours[0]!.value)];
    return sameEncoding(type, oracle, tidemark)
      ? null
      : `    redis-server: ${oracle}\n    tidemark:     ${tidemark}`;
  }

  private async onBoth({ oracle, ours }: Both, commands: readonly Command[]): Promise<[Reply[], Reply[]]> {
    return Promise.all([oracle.pipeline(commands), ours.pipeline(commands)]);
  }
}

/** Redis 7.0 has no listpacks for small lists and sets yet, and counts otherwise when it makes an intset. */
function sameEncoding(type: string, oracle: string, ours: string): boolean {
  if (type === "list") return oracle === "quicklist" && (ours === "quicklist" || ours === "listpack");
  return type === "set" || oracle === ours;
}

/** The bytes of a bulk string. */
function bulkOf({ raw }: Reply): Buffer {
  return raw.subarray(raw.indexOf("\r\n") + 2, raw.length - 2);
}

export function shownStep({ connection, words }: Step): string {
  const shown = words.map((word) => quoted(Buffer.from(word)));
  return `@${connection} ${shown.join(" ")}`;
}
