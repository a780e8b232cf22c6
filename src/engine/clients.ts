/** The sessions that are connected, by id, and what holds all of them at once (CLIENT PAUSE). */

import type { Database } from "../keyspace/database.js";
import type { ClientKind, ClientLink } from "./client.js";
import { Client } from "./client.js";
import type { Engine } from "./engine.js";

/** What holds commands. Each ends its own pause and no other; all together hold what the strictest holds. */
export type PauseReason = "client" | "failover" | "shutdown";

interface Pause {
  readonly untilMs: number;
  readonly onlyWrites: boolean;
}

export class Clients {
  private readonly byId = new Map<number, Client>();
  private nextId = 1;
  private readonly pauses = new Map<PauseReason, Pause>();
  /** The primary whose stream is applied; it is shown with the sessions and is none. */
  primary: Client | null = null;
  /** Commands wait until then (milliseconds since 1970; 0 when none does), all of them or only those that write. */
  pausedUntilMs = 0;
  pausesOnlyWrites = false;

  constructor(private readonly engine: Engine) {}

  get count(): number {
    return this.byId.size;
  }

  all(): IterableIterator<Client> {
    return this.byId.values();
  }

  get(id: number): Client | undefined {
    return this.byId.get(id);
  }

  /** What CLIENT LIST shows and CLIENT KILL can end: the sessions, and the primary behind them. */
  listed(): Client[] {
    return this.primary === null ? [...this.all()] : [...this.all(), this.primary];
  }

  /** A session that is listed and counted. */
  connect(link: ClientLink): Client {
    const client = this.create("normal", link);
    this.byId.set(client.id, client);
    this.engine.statistics.connections++;
    return client;
  }

  /** A session of our own, which is neither listed nor counted. */
  create(
    kind: ClientKind,
    link: ClientLink,
    database: Database = this.engine.keyspace.databases[0]!,
  ): Client {
    const client = new Client(
      this.nextId++,
      kind,
      link,
      database,
      this.engine.pool,
      this.engine.keyspace.now,
    );
    client.authenticated = kind !== "normal" || this.engine.config.values.requirepass === "";
    return client;
  }

  /** The connection is gone. */
  disconnect(client: Client): void {
    this.byId.delete(client.id);
    client.unwatch();
    this.engine.monitors.remove(client);
    this.engine.pubsub.forget(client);
    this.engine.blocking.forget(client);
    if (client.replica !== null) this.engine.services.primary.detach(client.replica);
  }

  /** Whether the session must prove who it is before it may do anything else. */
  mustAuthenticate(client: Client): boolean {
    return !client.authenticated && this.engine.config.values.requirepass !== "";
  }

  get paused(): boolean {
    return this.pausedUntilMs > this.engine.keyspace.now;
  }

  /** Holds commands; a pause that is running for the same reason is only made longer and stricter. */
  pause(reason: PauseReason, untilMs: number, onlyWrites: boolean): void {
    this.endPauses();
    const running = this.pauses.get(reason) ?? { untilMs: 0, onlyWrites: true };
    this.pauses.set(reason, {
      untilMs: Math.max(untilMs, running.untilMs),
      onlyWrites: onlyWrites && running.onlyWrites,
    });
    this.settlePauses();
  }

  unpause(reason: PauseReason): void {
    if (this.pauses.delete(reason)) this.settlePauses();
  }

  /** Ends the pauses whose time is over: ten times a second, and before one holds a command. */
  endPauses(): void {
    const over = [...this.pauses].filter(([, { untilMs }]) => untilMs <= this.engine.keyspace.now);
    for (const [reason] of over) this.pauses.delete(reason);
    if (over.length > 0) this.settlePauses();
  }

  /** The pauses have changed. What they held goes on when they hold less, into what is left of them. */
  private settlePauses(): void {
    const { engine, pausedUntilMs, pausesOnlyWrites } = this;
    const pauses = [...this.pauses.values()];
    this.pausedUntilMs = Math.max(0, ...pauses.map(({ untilMs }) => untilMs));
    this.pausesOnlyWrites = pauses.every(({ onlyWrites }) => onlyWrites);
    engine.settleExpiry();
    const holdsNothing = this.pausedUntilMs === 0;
    const held = pausedUntilMs !== 0;
    if (held && (holdsNothing || (this.pausesOnlyWrites && !pausesOnlyWrites)))
      engine.blocking.resumePostponed();
    if (held && holdsNothing) engine.services.follower.proceed();
  }
}
