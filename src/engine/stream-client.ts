/** Applies a primary's stream to the dataset: without checks, replies or effects of its own in the log. */

import type { PrimaryLink, StreamTarget } from "../replication/replica/dataset.js";
import type { Request } from "../resp/request.js";
import { latin1 } from "../util/ascii.js";
import { type Client, NOWHERE } from "./client.js";
import { type Command, WRITE } from "./command.js";
import type { Engine } from "./engine.js";

export class StreamClient implements StreamTarget {
  private client: Client;
  /** What sets the state of the session that the effects rely on; in the file it is needed. */
  private readonly framing: ReadonlySet<Command | undefined>;

  constructor(private readonly engine: Engine) {
    this.client = engine.clients.create("primary", NOWHERE);
    const names = ["select", "multi", "exec"];
    this.framing = new Set(names.map((name) => engine.commands.named(name)));
  }

  get database(): number {
    return this.client.database.index;
  }

  get insideTransaction(): boolean {
    return this.client.transaction !== null;
  }

  get wasForReplicasAlone(): boolean {
    const { lastCommand } = this.client;
    return lastCommand === null || !(lastCommand.is(WRITE) || this.framing.has(lastCommand));
  }

  get isPaused(): boolean {
    return this.engine.clients.paused;
  }

  begin(database: number, link: PrimaryLink): void {
    const { keyspace, clients } = this.engine;
    this.client.discard();
    const selected = keyspace.databases[database] ?? keyspace.databases[0];
    this.client = clients.create("primary", { ...NOWHERE, ...link }, selected);
    this.client.user = "(superuser)";
    clients.primary = this.client;
  }

  end(): void {
    this.engine.clients.primary = null;
  }

  beginRead(): void {
    this.engine.refreshTime();
    this.engine.keyspace.expiryMode = "ignore";
    // What the stream does is in the stream.
    this.engine.log.mute(true);
    this.client.lastActiveMs = this.engine.keyspace.now;
  }

  apply(request: Request): void {
    const { engine, client } = this;
    const errors = engine.statistics.errorReplies;
    client.lastCommand = null;
    engine.execute(client, request);
    if (engine.statistics.errorReplies !== errors) this.failed(request);
    client.reply.cutTo(0);
  }

  get hasReadyKeys(): boolean {
    return this.engine.keyspace.ready.length > 0;
  }

  serveReadyKeys(): void {
    this.endRead();
    this.engine.blocking.serve();
    this.beginRead();
  }

  endRead(): void {
    this.engine.log.mute(false);
    this.engine.settleExpiry();
  }

  /** What the primary could do cannot fail here: the two differ, or one of them has a command that the other lacks. */
  private failed(request: Request): void {
    const { statistics, services, config } = this.engine;
    const error = /^-(.*)$/m.exec(latin1(this.client.reply.takeCopy()))?.[1];
    // It may be that of a client that a command has served.
    if (error === undefined) return;
    statistics.unexpectedErrors++;
    const text =
      `== CRITICAL == This replica is sending an error to its master: '${error.trimEnd()}' ` +
      `after processing the command '${request.text(0).toLowerCase()}'`;
    services.log("warning", text);
    if (config.values["propagation-error-behavior"] === "ignore") return;
    throw new Error(
      `${text}. This server stops because of the directive 'propagation-error-behavior': its data may differ from its primary's.`,
    );
  }
}
