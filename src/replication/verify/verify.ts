/**
 * Compares the data of a primary and a replica while both serve and are written to.
 *
 * Two servers can only be held to be equal at one place of one history: a key that was written a moment ago is rightly
 * different on a replica that is a moment behind. So the comparison has three sieves, each finer and dearer:
 *
 *  1. Every key of either server is read from both, dumped, without any care for the moment. Nearly all are equal, and
 *     what is equal is done with.
 *  2. What was not is read again, by value (two servers may encode one value in two ways), between two looks at the
 *     replication offset on each side. If all four offsets are the same, both values belong to one place of the
 *     history, and what they say is final.
 *  3. Where writing never lets that happen, the primary's writes are paused for as long as the replica needs to catch up and
 *     a handful of keys to be read (CLIENT PAUSE ... WRITE, bounded by `pauseMs`).
 *
 * What remains without a verdict (pauses not allowed, or the replica too far behind) is reported as such.
 */

import type { Clock } from "../../platform/clock.js";
import type { Command } from "../../resp/peer.js";
import { ReplyError, type ReplyValue } from "../../resp/reply-decoder.js";
import type { Position, Server } from "./server.js";
import { differenceOf, readerOf, type Seen, see } from "./value.js";

/** A key that is not the same on both, or of which nothing can be said. */
export interface Finding {
  readonly database: number;
  readonly key: Buffer;
  /** How it differs, as a clause that follows the key; null when there is no verdict. */
  readonly difference: string | null;
}

export interface VerifyOptions {
  readonly clock: Clock;
  /** The longest pause of the primary's writes, milliseconds; 0: none. */
  readonly pauseMs: number;
  /** How long to wait for the replica to catch up, milliseconds. */
  readonly lagMs: number;
  /** Keys compared and keys to compare, roughly. */
  onProgress(done: number, total: number): void;
}

export interface Verdict {
  /** Keys of either server. */
  readonly compared: number;
  readonly findings: readonly Finding[];
  /** Why the primary's writes could not be paused, else null. */
  readonly pauseRefused: string | null;
}

interface Suspect {
  readonly database: number;
  readonly key: Buffer;
}

const PORTION = 32;
const ROUNDS = 5;
const LOOK_AGAIN_MS = 5;

export async function verify(primary: Server, replica: Server, options: VerifyOptions): Promise<Verdict> {
  return new Verification(primary, replica, options).run();
}

class Verification {
  private compared = 0;
  private pauseRefused: string | null = null;

  constructor(
    private readonly primary: Server,
    private readonly replica: Server,
    private readonly options: VerifyOptions,
  ) {}

  async run(): Promise<Verdict> {
    let suspects = await this.sift();
    const findings: Finding[] = [];
    for (let round = 0; round < ROUNDS && suspects.length > 0; round++) {
      await this.catchUp(this.options.lagMs);
      suspects = await this.decideAll(suspects, findings);
    }
    if (this.options.pauseMs > 0 && suspects.length > 0)
      suspects = await this.decidePaused(suspects, findings);
    findings.push(...suspects.map((suspect) => ({ ...suspect, difference: null })));
    return { compared: this.compared, findings, pauseRefused: this.pauseRefused };
  }

  /** The first sieve: the keys that are not evidently equal. */
  private async sift(): Promise<Suspect[]> {
    const { primary, replica, options } = this;
    const [ours, theirs] = await Promise.all([primary.databases(), replica.databases()]);
    const total = [...ours.values(), ...theirs.values()].reduce((sum, keys) => sum + keys, 0);
    const suspects = new Map<string, Suspect>();
    let done = 0;
    const progress = (keys: number): void => {
      done += keys;
      options.onProgress(Math.min(done, total), total);
    };
    for (const database of ours.keys())
      for await (const keys of primary.keys(database)) {
        for (const key of await this.unequal(database, keys))
          suspects.set(nameOf(database, key), { database, key });
        this.compared += keys.length;
        progress(keys.length);
      }
    for (const database of theirs.keys())
      for await (const keys of replica.keys(database)) {
        const known = await primary.ask(
          database,
          keys.map((key) => ["EXISTS", key]),
        );
        keys.forEach((key, index) => {
          if (known[index] === 1) return;
          this.compared++;
          suspects.set(nameOf(database, key), { database, key });
        });
        progress(keys.length);
      }
    return [...suspects.values()];
  }

  private async unequal(database: number, keys: readonly Buffer[]): Promise<Buffer[]> {
    const withExpiry = this.comparesExpiry;
    const commands = keys.flatMap((key): Command[] =>
      withExpiry
        ? [
            ["DUMP", key],
            ["PEXPIRETIME", key],
          ]
        : [["DUMP", key]],
    );
    const [ours, theirs] = await Promise.all([
      this.primary.ask(database, commands),
      this.replica.ask(database, commands),
    ]);
    const width = withExpiry ? 2 : 1;
    return keys.filter((_, index) =>
      ours
        .slice(index * width, (index + 1) * width)
        .some((reply, part) => !sameBytes(reply, theirs[index * width + part] ?? null)),
    );
  }

  private get comparesExpiry(): boolean {
    return this.primary.tellsExpiry && this.replica.tellsExpiry;
  }

  /** The second sieve: puts what is decided among the findings if it differs, and returns what is not decided. */
  private async decideAll(suspects: readonly Suspect[], findings: Finding[]): Promise<Suspect[]> {
    const left: Suspect[] = [];
    for (const portion of portions(suspects)) left.push(...(await this.decide(portion, findings)));
    return left;
  }

  /** The third sieve: the same, while the primary's writes are paused. */
  private async decidePaused(suspects: readonly Suspect[], findings: Finding[]): Promise<Suspect[]> {
    const { primary, options } = this;
    const left: Suspect[] = [];
    for (const portion of portions(suspects)) {
      try {
        await primary.pause(options.pauseMs);
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        this.pauseRefused = error.message;
        return [...suspects];
      }
      try {
        await this.catchUp(options.pauseMs / 2);
        left.push(...(await this.decide(portion, findings)));
      } finally {
        await primary.resume();
      }
    }
    return left;
  }

  /** One look at keys of one database. */
  private async decide(portion: readonly Suspect[], findings: Finding[]): Promise<readonly Suspect[]> {
    const { database } = portion[0] as Suspect;
    const keys = portion.map(({ key }) => key);
    const [ours, theirs] = await Promise.all([
      this.look(this.primary, database, keys),
      this.look(this.replica, database, keys),
    ]);
    const isOnePlace =
      ours.before.replid === theirs.before.replid &&
      new Set([ours.before, ours.after, theirs.before, theirs.after].map(({ offset }) => offset)).size === 1;
    return portion.filter(({ key }, index) => {
      const [mine, other] = [ours.seen[index], theirs.seen[index]];
      if (mine === undefined || other === undefined) return true;
      const difference = differenceOf(mine, other);
      if (difference === null) return false;
      if (!isOnePlace) return true;
      findings.push({ database, key, difference });
      return false;
    });
  }

  private async look(
    server: Server,
    database: number,
    keys: readonly Buffer[],
  ): Promise<{ before: Position; after: Position; seen: (Seen | null | undefined)[] }> {
    const types = (
      await server.ask(
        database,
        keys.map((key) => ["TYPE", key]),
      )
    ).map(String);
    const commands = keys.flatMap((key, index): Command[] => [
      ["TYPE", key],
      this.comparesExpiry ? ["PEXPIRETIME", key] : ["PING"],
      readerOf(types[index] ?? "none", key),
    ]);
    const { before, replies, after } = await server.askInPlace(database, commands);
    const reply = (at: number): ReplyValue => replies[at] ?? null;
    const seen = keys.map((_, index) =>
      see(types[index] ?? "none", reply(index * 3), reply(index * 3 + 1), reply(index * 3 + 2)),
    );
    return { before, after, seen };
  }

  /** Waits until the replica is where the primary is now, or the time is over. */
  private async catchUp(withinMs: number): Promise<void> {
    const { clock } = this.options;
    const { offset } = await this.primary.position();
    const deadline = clock.monotonicUs() + withinMs * 1000;
    while ((await this.replica.position()).offset < offset && clock.monotonicUs() < deadline)
      await new Promise<void>((resolve) => void clock.after(LOOK_AGAIN_MS, resolve));
  }
}

function nameOf(database: number, key: Buffer): string {
  return `${database}/${key.toString("latin1")}`;
}

/** Handfuls of keys, each of one database. */
function* portions(suspects: readonly Suspect[]): Generator<Suspect[]> {
  let portion: Suspect[] = [];
  for (const suspect of suspects) {
    if (portion.length === PORTION || (portion[0] ?? suspect).database !== suspect.database) {
      yield portion;
      portion = [];
    }
    portion.push(suspect);
  }
  if (portion.length > 0) yield portion;
}

function sameBytes(one: ReplyValue, other: ReplyValue): boolean {
  return Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : one === other;
}
