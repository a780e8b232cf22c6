/** Applies the commands of a log to the dataset at start: without checks, replies or a log of their own. */

import { type Replay, UnknownCommand } from "../persistence/replay.js";
import type { Request } from "../resp/request.js";
import type { RdbListener, RdbReader } from "../snapshot/rdb/reader.js";
import { type Client, NOWHERE } from "./client.js";
import type { Engine } from "./engine.js";
import { snapshotReader } from "./snapshot-reader.js";

export class Replayer implements Replay {
  private readonly client: Client;

  constructor(private readonly engine: Engine) {
    this.client = engine.clients.create("loader", NOWHERE);
  }

  beginFile(): void {
    this.client.database = this.engine.keyspace.databases[0]!;
    this.client.discard();
  }

  forget(): void {
    this.engine.keyspace.clear();
  }

  readSnapshot(size: number, listener: RdbListener): RdbReader {
    // What has expired goes when the commands say so that follow.
    return snapshotReader(this.engine, { size, skipExpired: false }, listener);
  }

  apply(request: Request): void {
    if (this.engine.commands.find(request) === undefined) throw new UnknownCommand(request.text(0));
    this.engine.execute(this.client, request);
    this.client.reply.cutTo(0);
  }

  /** The database that the log has selected at its end. */
  get database(): number {
    return this.client.database.index;
  }

  insideTransaction(): boolean {
    return this.client.transaction !== null;
  }
}
