/**
 * One MIGRATE on its way: keys go to another server while this one goes on serving, and are deleted here when the other
 * server has said that it has them.
 *
 * Redis holds everything up meanwhile, so that a key cannot change between its dump and its deletion. Here it can: the
 * keys are watched, and one that has changed by the time of the reply is sent again, or deleted there if it is gone here.
 * Only a key that is the same on both sides is deleted on this one; none is lost, and none is there twice for longer
 * than its transfer takes.
 */

import type { Engine } from "../../engine/engine.js";
import type { Database } from "../../keyspace/database.js";
import { NOTIFY_GENERIC } from "../../keyspace/events.js";
import type { Watch } from "../../keyspace/watched.js";
import type { Endpoint } from "../../platform/network.js";
import { type Command, Peer } from "../../resp/peer.js";
import { ReplyError } from "../../resp/reply-decoder.js";
import { bytesOf, latin1 } from "../../util/ascii.js";
import { payloadOf } from "./dump.js";

/** A key that is written all the time is sent so often before it is given up. */
const ROUNDS_MAX = 10;

export interface MigrationOptions {
  readonly endpoint: Endpoint;
  /** Of the target. */
  readonly database: string;
  readonly timeoutMs: number;
  /** Whether the keys stay here. */
  readonly copy: boolean;
  readonly replace: boolean;
  /** Arguments of AUTH, or none. */
  readonly authentication: readonly Uint8Array[];
}

/** The transfer has failed; the message is the reply to the client. Keys that had been confirmed are moved. */
export class MigrationError extends Error {}

/** A key on its way. */
class Moving implements Watch {
  readonly watcher = { dirty: false };
  readonly key: string;
  expired = false;

  constructor(
    readonly bytes: Buffer,
    readonly database: Database,
  ) {
    this.key = latin1(bytes);
    database.watched.add(this);
  }

  get changed(): boolean {
    return this.watcher.dirty;
  }

  /** From now on it is as it is sent. */
  settle(): void {
    this.watcher.dirty = false;
  }

  release(): void {
    this.database.watched.remove(this);
  }
}

export class Migration {
  private readonly all: Moving[];
  /** What the client is to be told of the target's errors: the first one. */
  private refusal: string | null = null;

  /** `keys` are bytes of their own, in `source`. */
  constructor(
    private readonly engine: Engine,
    private readonly source: Database,
    keys: readonly Buffer[],
    private readonly options: MigrationOptions,
  ) {
    this.all = keys.filter((key) => this.exists(key)).map((key) => new Moving(key, source));
  }

  /** No key of them is there. */
  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** Moves the keys. Rejects with a MigrationError. */
  async run(): Promise<void> {
    let peer: Peer | null = null;
    try {
      const commands = this.all.map((moving) => this.restore(moving, this.options.replace));
      peer = await this.connect();
      await this.move(peer, commands);
    } finally {
      for (const moving of this.all) moving.release();
      peer?.close();
    }
    if (this.refusal !== null)
      throw new MigrationError(`ERR Target instance replied with error: ${latin1(bytesOf(this.refusal))}`);
  }

  private async connect(): Promise<Peer> {
    const { network, clock } = this.engine.platform;
    const { endpoint, timeoutMs } = this.options;
    try {
      return await Peer.connect(endpoint, { network, clock, timeoutMs });
    } catch (error) {
      // Redis learns of a refused connection when it writes.
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      const refused = cause?.code === "ECONNREFUSED";
      const doing = refused ? "writing to target instance" : "connecting to the client";
      throw new MigrationError(`IOERR error or timeout ${doing}`);
    }
  }

  private async move(peer: Peer, first: readonly Command[]): Promise<void> {
    const { authentication, database, copy } = this.options;
    const opening: Command[] = [["SELECT", database]];
    if (authentication.length > 0) opening.unshift(["AUTH", ...authentication]);
    // By itself: in the wrong database the keys would be lost to everybody.
    if (this.note(await this.send(peer, opening))) return;
    const replies = await this.send(peer, first);
    let sent = this.all.filter((_, at) => !this.note(replies.slice(at, at + 1)));
    if (copy) return;
    for (let round = 1; ; round++) {
      const changed = this.deleteUnchanged(sent);
      if (changed.length === 0) return;
      if (round === ROUNDS_MAX)
        throw new MigrationError(
          "IOERR keys that change all the time could not be moved: they are still here, and older values at the target",
        );
      const again = await this.send(
        peer,
        changed.map((moving) => this.catchUp(moving)),
      );
      sent = changed.filter((_, at) => !this.note(again.slice(at, at + 1)));
    }
  }

  private async send(peer: Peer, commands: readonly Command[]): Promise<unknown[]> {
    try {
      return await peer.callAll(commands);
    } catch {
      throw new MigrationError("IOERR error or timeout reading to target instance");
    }
  }

  /** Remembers the first error among the replies; whether there is one. */
  private note(replies: readonly unknown[]): boolean {
    const error = replies.find((reply) => reply instanceof ReplyError);
    if (error !== undefined) this.refusal ??= error.message;
    return error !== undefined;
  }

  private exists(key: Buffer): boolean {
    return this.source.peek(this.engine.keyspace.key(key)) !== 0;
  }

  /** The command that makes the key, as it is now, at the target. */
  private restore(moving: Moving, replace: boolean): Command {
    const { engine, source } = this;
    const { entries, now } = engine.keyspace;
    const ref = source.peek(engine.keyspace.key(moving.bytes));
    const ttl = entries.hasExpiry(ref) ? Math.max(1, entries.expiry(ref) - now) : 0;
    moving.settle();
    const command: Command = ["RESTORE", moving.bytes, String(ttl), payloadOf(engine, ref)];
    return replace ? [...command, "REPLACE"] : command;
  }

  /** The command that makes the key at the target what it is here. */
  private catchUp(moving: Moving): Command {
    if (this.exists(moving.bytes)) return this.restore(moving, true);
    moving.settle();
    return ["DEL", moving.bytes];
  }

  /** Deletes the keys that are at the target as they are here; returns the others. */
  private deleteUnchanged(sent: readonly Moving[]): Moving[] {
    const { engine, source } = this;
    engine.refreshTime();
    // Those that have just expired are changed then.
    const there = sent.filter(({ bytes }) => this.exists(bytes));
    const gone = there.filter((moving) => !moving.changed);
    if (gone.length > 0)
      engine.runUnit(() => {
        for (const { bytes } of gone) {
          const key = engine.keyspace.key(bytes);
          source.remove(key, source.dict.find(key));
          source.changed(key, NOTIFY_GENERIC, "del");
        }
        engine.unit.add(source.index, ["DEL", ...gone.map(({ bytes }) => bytes)]);
      });
    return sent.filter((moving) => moving.changed && !gone.includes(moving));
  }
}
