/** A server on a simulated machine, with a client that speaks to it while the machine's time runs. */

import assert from "node:assert/strict";
import type { Tidemark } from "#tidemark/index.js";
import type { SimulatedDisk } from "./disk.js";
import { type SimulatedPlatform, simulatedPlatform } from "./platform.js";
import { type Directives, launchSimulated } from "./product.js";
import type { Plain, WireClient } from "./wire.js";

const PORT = 6379;

/** Test files extend it by what they do again and again; `start` makes one of their own class. */
export class SimulatedServer {
  constructor(
    readonly platform: SimulatedPlatform,
    readonly server: Tidemark,
    private readonly client: WireClient,
    readonly directives: Directives,
  ) {}

  static async start<S extends SimulatedServer>(
    this: new (
      ...parts: ConstructorParameters<typeof SimulatedServer>
    ) => S,
    directives: Directives = {},
    platform = simulatedPlatform(5),
  ): Promise<S> {
    const server = await launchSimulated(platform, directives);
    return new this(platform, server, await platform.network.client(PORT), directives);
  }

  get disk(): SimulatedDisk {
    return this.platform.disk;
  }

  /** What the server has printed. */
  get output(): string {
    return this.platform.host.output;
  }

  /** Another client. */
  connect(): Promise<WireClient> {
    return this.platform.network.client(PORT);
  }

  /** The reply's bytes as text. */
  async say(...words: readonly string[]): Promise<string> {
    return (await this.platform.clock.run(this.client.reply(...words))).raw.toString();
  }

  /** The replies to commands that arrive together. */
  async sayAtOnce(...lines: readonly (readonly string[])[]): Promise<string[]> {
    const replies = Promise.all(lines.map((words) => this.client.reply(...words)));
    return (await this.platform.clock.run(replies)).map(({ raw }) => raw.toString());
  }

  /** The reply as a value; rejects with an error reply. */
  call(...words: readonly string[]): Promise<Plain> {
    return this.platform.clock.run(this.client.call(...words));
  }

  /** Sends without waiting for the reply. */
  tell(...words: readonly string[]): void {
    void this.client.reply(...words).catch(() => {});
  }

  /** The reply must be that one. */
  async says(reply: string, ...words: readonly string[]): Promise<void> {
    assert.equal(await this.say(...words), reply, words.join(" "));
  }

  /** A field of INFO. */
  async info(name: string): Promise<string> {
    return new RegExp(`^${name}:(.*)\r$`, "m").exec(await this.say("INFO"))?.[1] ?? "absent";
  }

  advance(ms: number): Promise<void> {
    return this.platform.clock.advance(ms);
  }

  /** Lets time pass until no rewrite of the append-only file runs or waits, and what one has replaced is gone. */
  async rewritten(): Promise<void> {
    const isIdle = /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/;
    for (let turns = 0; !isIdle.test(await this.say("INFO", "persistence")); turns++) {
      assert.ok(turns < 1000, `the rewrite does not end\n${this.output}`);
      await this.advance(5);
    }
    await this.advance(20);
  }

  /** The machine after the server's process was killed, or with another state of the disk. */
  rebooted(disk = this.disk.afterProcessDeath()): SimulatedPlatform {
    return this.platform.rebooted(disk);
  }

  close(): Promise<void> {
    return this.platform.clock.run(this.server.close());
  }
}
