/** Runs scripts of commands against redis-server and against Tidemark and compares the replies byte for byte. */

import { after } from "node:test";
import { eventually, pause } from "./condition.js";
import { difference } from "./difference.js";
import { type Oracle, oracleTest, startOracle } from "./oracle.js";
import { type Directives, TidemarkHere } from "./product.js";
import type { Reply } from "./reply.js";
import { type Case, parseScript, type Step } from "./script.js";
import type { WireClient } from "./wire.js";

export interface CompareOptions {
  /** Directives for both servers. */
  readonly directives?: Directives;
  /** Default: both. */
  readonly protocols?: readonly (2 | 3)[];
  /** Whether DEBUG DIGEST must agree at the end of each case. Default true. */
  readonly digest?: boolean;
}

/** What a comparison needs of a server. */
export interface Side {
  client(): Promise<WireClient>;
}

/** The two servers that are compared. */
export interface Sides {
  readonly oracle: Side;
  readonly tidemark: Side;
}

/** A redis-server and a Tidemark with the same directives. */
export interface Pair extends Sides {
  readonly oracle: Oracle;
  readonly tidemark: TidemarkHere;
  close(): Promise<void>;
}

export async function startPair(directives: Directives = {}): Promise<Pair> {
  const args = Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]);
  const oracle = await startOracle({ args });
  const tidemark = await TidemarkHere.start(directives).catch(async (error) => {
    await oracle.close();
    throw error;
  });
  const close = async (): Promise<void> => void (await Promise.all([oracle.close(), tidemark.close()]));
  return { oracle, tidemark, close };
}

/** The pairs that this test file uses, by their directives; they end with the file. */
const pairs = new Map<string, Promise<Pair>>();

function sharedPair(directives: Directives): Promise<Pair> {
  const key = JSON.stringify(directives);
  const pair = pairs.get(key) ?? startPair(directives);
  pairs.set(key, pair);
  return pair;
}

async function closePairs(): Promise<void> {
  for (const pair of await Promise.allSettled(pairs.values()))
    if (pair.status === "fulfilled") await pair.value.close();
  pairs.clear();
}

/**
 * A test that runs the script (see script.ts for the notation; write it with String.raw) on both servers in RESP2 and
 * in RESP3. Each case of the script is a subtest.
 */
export function sameReplies(title: string, script: string, options: CompareOptions = {}): void {
  const cases = parseScript(title, script);
  if (pairs.size === 0) after(closePairs);
  oracleTest(title, async (context) => {
    const pair = await sharedPair(options.directives ?? {});
    for (const one of cases)
      for (const protocol of options.protocols ?? [2, 3])
        await context.test(`${one.title} (RESP${protocol})`, async () => {
          const report = await compareCase(pair, one, protocol, options.digest ?? true);
          if (report !== null) throw new Error(report);
        });
  });
}

/** Runs one case on empty databases; null when the servers agree, else a report in lines. */
export async function compareCase(
  pair: Sides,
  one: Case,
  protocol: 2 | 3,
  digest: boolean,
): Promise<string | null> {
  const run = new CaseRun(pair, protocol);
  try {
    await run.open();
    for (const step of one.steps) if (!(await run.step(step))) break;
    if (digest && run.reports.length === 0) await run.compareDigests();
  } finally {
    run.close();
  }
  return run.reports.length === 0 ? null : [`${one.title} (RESP${protocol})`, ...run.reports].join("\n");
}

interface Both<T> {
  readonly oracle: T;
  readonly ours: T;
}

/** After so many differences the rest of a case says nothing new. */
const MOST_REPORTS = 5;

class CaseRun {
  readonly reports: string[] = [];
  private readonly connections = new Map<number, Both<WireClient>>();
  private admin: Both<WireClient> | null = null;

  constructor(
    private readonly pair: Sides,
    private readonly protocol: 2 | 3,
  ) {}

  async open(): Promise<void> {
    this.admin = await this.connect(2);
    await Promise.all([this.admin.oracle.call("FLUSHALL"), this.admin.ours.call("FLUSHALL")]);
  }

  /** Whether the case can go on. */
  async step(step: Step): Promise<boolean> {
    try {
      await this.perform(step);
    } catch (error) {
      this.report(step, `    ${(error as Error).message}`);
      return false;
    }
    return this.reports.length < MOST_REPORTS;
  }

  async compareDigests(): Promise<void> {
    const { oracle, ours } = this.admin as Both<WireClient>;
    const [expected, actual] = [await oracle.call("DEBUG", "DIGEST"), await ours.call("DEBUG", "DIGEST")];
    if (expected !== actual)
      this.reports.push(
        `  the data differs at the end:\n    redis-server: ${expected}\n    tidemark:     ${actual}`,
      );
  }

  close(): void {
    for (const { oracle, ours } of [
      ...this.connections.values(),
      ...(this.admin === null ? [] : [this.admin]),
    ]) {
      oracle.close();
      ours.close();
    }
  }

  private async perform(step: Step): Promise<void> {
    if (step.action === "wait") return pause(step.waitMs);
    const both = await this.connection(step.connection);
    const { oracle, ours } = both;
    if (step.action === "closed") return expectClosed(oracle, ours);
    if (step.comparison.kind === "until") return this.repeat(step, step.comparison.pattern, both);
    if (step.blocks) await this.sendBlocking(step, both);
    else send(step, both);
    for (let left = step.replies; left > 0; left--) await this.compareNext(step, oracle, ours);
  }

  private async repeat(step: Step, pattern: RegExp, { oracle, ours }: Both<WireClient>): Promise<void> {
    for (const [name, client] of [
      ["redis-server", oracle],
      ["tidemark", ours],
    ] as const)
      await eventually(`${name} answers ${pattern}`, async () => {
        client.send(...step.words);
        return pattern.test((await client.receive()).raw.toString("latin1"));
      });
  }

  private async compareNext(step: Step, oracle: WireClient, ours: WireClient): Promise<void> {
    const expected = await labelled("redis-server", oracle.receive());
    const actual = await labelled("tidemark", ours.receive());
    const wrong = difference(step.comparison, expected, actual);
    if (wrong !== null) this.report(step, wrong);
  }

  /** Sends and waits until both servers report one more blocked client. */
  private async sendBlocking(step: Step, both: Both<WireClient>): Promise<void> {
    const { oracle, ours } = this.admin as Both<WireClient>;
    const before = [await countBlocked(oracle), await countBlocked(ours)] as const;
    send(step, both);
    await eventually(
      "redis-server blocks the client",
      async () => (await countBlocked(oracle)) > before[0],
      3000,
    );
    await eventually("tidemark blocks the client", async () => (await countBlocked(ours)) > before[1], 3000);
  }

  private async connection(number: number): Promise<Both<WireClient>> {
    const known = this.connections.get(number);
    if (known !== undefined) return known;
    const opened = await this.connect(this.protocol);
    this.connections.set(number, opened);
    return opened;
  }

  private async connect(protocol: 2 | 3): Promise<Both<WireClient>> {
    const both = { oracle: await this.pair.oracle.client(), ours: await this.pair.tidemark.client() };
    if (protocol === 3) for (const client of [both.oracle, both.ours]) await client.call("HELLO", 3);
    return both;
  }

  private report(step: Step, text: string): void {
    this.reports.push(`  line ${step.number}: ${step.line}\n${text}`);
  }
}

function send(step: Step, both: Both<WireClient>): void {
  if (step.action === "read") return;
  for (const client of [both.oracle, both.ours]) {
    if (step.action === "raw") client.sendRaw(step.words[0] as Buffer);
    else client.send(...step.words);
  }
}

async function labelled(name: string, reply: Promise<Reply>): Promise<Reply> {
  return reply.catch((error) => {
    throw new Error(`${name}: ${(error as Error).message}`);
  });
}

async function expectClosed(oracle: WireClient, ours: WireClient): Promise<void> {
  for (const [name, client] of [
    ["redis-server", oracle],
    ["tidemark", ours],
  ] as const) {
    let gone = false;
    void client.closed().then(() => {
      gone = true;
    });
    await eventually(`${name} closes the connection`, () => gone, 3000);
  }
}

/** How many clients the server says are blocked. */
export async function countBlocked(client: WireClient): Promise<number> {
  const info = String(await client.call("INFO", "clients"));
  return Number(/^blocked_clients:(\d+)/m.exec(info)?.[1] ?? 0);
}
