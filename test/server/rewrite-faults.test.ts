/**
 * The rewrite on a disk that fails at any one step of it, once or for a while: the server stays up and reads on, a
 * write is answered with success only if it is safe, everything works again when the cause is gone, and what was
 * acknowledged is there after a crash.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { afterEveryOperation } from "../persistence/crash-states.js";
import type { SimulatedDisk } from "../support/disk.js";
import type { Directives } from "../support/product.js";
import { SimulatedServer } from "../support/simulated-server.js";

interface Fault {
  readonly code: "EIO" | "ENOSPC";
  /** How many operations of the disk succeed first, counted from the rewrite's beginning. */
  readonly after: number;
  /** How many fail then. Default: all for a while. */
  readonly times?: number;
}

/** What a crash leaves, and what had been acknowledged. */
interface State {
  readonly disk: SimulatedDisk;
  readonly acknowledged: readonly number[];
}

class Run extends SimulatedServer {
  readonly acknowledged: number[] = [];
  sent = 0;
  private answered = 0;
  private failure: Error | null = null;

  private readonly writer = this.connect();

  /** One write more, which is in flight while time passes. */
  write(): void {
    const number = ++this.sent;
    void this.writer
      .then((writer) => writer.reply("RPUSH", "list", String(number)))
      .then(({ raw }) => {
        this.answered++;
        const reply = raw.toString();
        if (reply.startsWith(":")) this.acknowledged.push(number);
        else assert.match(reply, /^-MISCONF Errors writing to the AOF file: \S/);
      })
      .catch((error: Error) => {
        this.failure ??= error;
      });
  }

  async writeFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 2) {
      if (passed % 4 === 0) this.write();
      await this.advance(2);
    }
  }

  /** Writes, and pauses in which the thread of a single file can catch up, for as long as a rewrite takes. */
  async load(): Promise<void> {
    await this.writeFor(20);
    for (let pauses = 0; pauses < 4; pauses++) {
      await this.advance(60);
      this.write();
    }
  }

  async rewrite(): Promise<void> {
    assert.match(await this.say("BGREWRITEAOF"), /^\+Background append only file rewriting/);
  }

  /** Until none runs; one may still wait, when too many have failed. */
  override async rewritten(): Promise<void> {
    for (let turns = 0; (await this.info("aof_rewrite_in_progress")) !== "0"; turns++) {
      assert.ok(turns < 400, "the rewrite does not end");
      await this.advance(5);
    }
  }

  /** The cause is gone: a write is accepted soon, all others have their answers, and a rewrite succeeds. */
  async recovers(): Promise<void> {
    await this.advance(2500);
    const before = this.acknowledged.length;
    this.write();
    await this.platform.clock.until("the write is answered", () => this.answered === this.sent);
    if (this.failure !== null) throw this.failure;
    assert.equal(this.acknowledged.length, before + 1, "a write after the fault is accepted");
    await this.rewritten();
    await this.rewrite();
    await this.writeFor(20);
    await this.rewritten();
    assert.equal(await this.info("aof_last_bgrewrite_status"), "ok");
    assert.equal(await this.info("aof_last_write_status"), "ok");
  }

  /** What a crash at this moment would leave. */
  state(): State {
    const { disk } = this;
    const isAlways = this.directives.appendfsync === "always";
    const left = isAlways ? disk.afterPowerLoss("synced") : disk.afterProcessDeath();
    return { disk: left, acknowledged: [...this.acknowledged] };
  }

  /** What was acknowledged is in the list, which has nothing twice and nothing out of order. */
  async check({ disk, acknowledged }: State): Promise<void> {
    const again = await Run.start(this.directives, this.rebooted(disk));
    const list = (await again.call("LRANGE", "list", "0", "-1")) as string[];
    const numbers = list.map(Number);
    assert.ok(
      numbers.every((number, index) => index === 0 || number > numbers[index - 1]!),
      "in order, none twice",
    );
    const held = new Set(numbers);
    const lost = acknowledged.filter((number) => !held.has(number));
    assert.deepEqual(lost, [], "acknowledged, and lost");
  }
}

/** How many operations a rewrite takes, with the load that runs meanwhile. */
async function operations(directives: Directives): Promise<number> {
  const run = await Run.start(directives);
  await run.writeFor(10);
  const before = run.disk.record.length;
  await run.rewrite();
  await run.load();
  assert.equal(await run.info("aof_rewrite_in_progress"), "0");
  return run.disk.record.length - before;
}

async function survives(directives: Directives, fault: Fault): Promise<void> {
  const run = await Run.start(directives);
  await run.say("SET", "settled", "1");
  await run.writeFor(10);
  const failure = run.disk.fail({ operation: "any", ...fault });
  // A crash soon after the failure, and one at the end.
  const states: State[] = [];
  let left = fault.after + 1 + (fault.after % 5);
  afterEveryOperation(run.disk, () => {
    if (left-- === 0) states.push(run.state());
  });
  await run.rewrite();
  await run.load();
  assert.equal(await run.say("GET", "settled"), "$1\r\n1\r\n", "reads go on");
  failure.stop();
  await run.recovers();
  await run.advance(20);
  for (const state of [...states, run.state()]) await run.check(state);
}

const LAYOUTS = ["multi-part", "single"];
const CASES = LAYOUTS.flatMap((layout) =>
  ["always", "everysec", "no"].flatMap((policy) =>
    [1, undefined].map((times) => ({ layout, policy, times })),
  ),
);

for (const { layout, policy, times } of CASES) {
  const fault = times === undefined ? "a failing disk from" : "one failure at";
  test(`appendfsync ${policy}, aof-layout ${layout}: ${fault} any step of a rewrite`, async () => {
    const directives = {
      appendonly: "yes",
      "aof-layout": layout,
      appendfsync: policy,
      "auto-aof-rewrite-percentage": "0",
    };
    const total = await operations(directives);
    assert.ok(total > 10);
    for (let after = 0; after <= total; after++) {
      const code = times === undefined && after % 2 === 1 ? "ENOSPC" : "EIO";
      const fault = { code, after, ...(times === undefined ? {} : { times }) } as const;
      await survives(directives, fault).catch((error: Error) => {
        throw new Error(`${code} after ${after} of ${total} operations: ${error.message}`, { cause: error });
      });
    }
  });
}
