/** The sessions that are connected, by id, and what holds all of them at once (CLIENT PAUSE). */

import type { Database } from "../keyspace/database.js";
import type { ClientKind, ClientLink } from "./client.js";
import { Client } from "./client.js";
import type { Engine } from "./engine.js";

export class Clients {
  private readonly byId = new Map<number, Client>();
  private nextId = 1;
  /** The primary whose stream is applied; it is shown with the sessions and is none. */
  primary: Client | null = null;
  /** Commands wait until then (milliseconds since 1970), all of them or only those that write. */
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

  /** Holds commands; a pause that is running is only made longer and stricter. */
  pause(untilMs: number, onlyWrites: boolean): void {
    this.pausesOnlyWrites = this.paused ? this.pausesOnlyWrites && onlyWrites : onlyWrites;
    this.pausedUntilMs = Math.max(untilMs, this.pausedUntilMs);
    this.engine.settleExpiry();
  }

  unpause(): void {
    if (this.pausedUntilMs === 0) return;
    this.pausedUntilMs = 0;
    this.engine.settleExpiry();
    this.engine.blocking.resumePostponed();
    this.engine.services.follower.proceed();
  }

  /** Ten times a second. */
  cron(): void {
    if (this.pausedUntilMs !== 0 && !this.paused) this.unpause();
  }
}
