/** One of the servers that are compared: what it says of itself, and its keys. */

import { type Command, Peer, type PeerOptions } from "../../resp/peer.js";
import { ReplyError, type ReplyValue } from "../../resp/reply-decoder.js";
import type { Address } from "./address.js";

/** Where a server is in which history. */
export interface Position {
  readonly replid: string;
  readonly offset: number;
}

export class Server {
  private database = 0;
  /** False for servers before 7.0, which cannot say when a key expires. */
  private knowsExpiry = true;

  private constructor(
    readonly name: string,
    private readonly peer: Peer,
  ) {}

  /** Connects and logs in. Rejects with a PeerLost or a ReplyError. */
  static async open(address: Address, options: PeerOptions): Promise<Server> {
    const peer = await Peer.connect(address.endpoint, options);
    try {
      const { user, password } = address;
      if (password !== null) await peer.call("AUTH", ...(user === null ? [] : [user]), password);
      const server = new Server(address.text, peer);
      await peer.call("PING");
      // Looking at a key must not make it younger for eviction, where the server can be told so (7.2).
      const [, expiry] = await peer.callAll([
        ["CLIENT", "NO-TOUCH", "ON"],
        ["PEXPIRETIME", ""],
      ]);
      server.knowsExpiry = !(expiry instanceof ReplyError);
      return server;
    } catch (error) {
      peer.close();
      if (error instanceof ReplyError) throw new ReplyError(`${address.text}: ${error.message}`);
      throw error;
    }
  }

  close(): void {
    this.peer.close();
  }

  get tellsExpiry(): boolean {
    return this.knowsExpiry;
  }

  /** Number of keys by database. */
  async databases(): Promise<Map<number, number>> {
    const info = String(await this.peer.call("INFO", "keyspace"));
    return new Map(
      [...info.matchAll(/^db(\d+):keys=(\d+)/gm)].map((line) => [Number(line[1]), Number(line[2])]),
    );
  }

  async position(): Promise<Position> {
    return positionIn(await this.peer.call("INFO", "replication"));
  }

  /** The keys of a database, in portions, each at least once. */
  async *keys(database: number): AsyncGenerator<Buffer[]> {
    let cursor: ReplyValue = "0";
    do {
      const [reply] = await this.ask(database, [["SCAN", String(cursor), "COUNT", "500"]]);
      const [next, keys] = strict(reply) as [Buffer, Buffer[]];
      cursor = next.toString();
      if (keys.length > 0) yield keys;
    } while (cursor !== "0");
  }

  /** The replies to commands in a database, errors among them. */
  async ask(database: number, commands: readonly Command[]): Promise<ReplyValue[]> {
    if (database === this.database) return this.peer.callAll(commands);
    const [selected, ...replies] = await this.peer.callAll([["SELECT", String(database)], ...commands]);
    strict(selected);
    this.database = database;
    return replies;
  }

  /**
   * The same, with the server's position before and after: if it is the same twice, nothing was written in between.
   */
  async askInPlace(
    database: number,
    commands: readonly Command[],
  ): Promise<{ before: Position; replies: ReplyValue[]; after: Position }> {
    const info = ["INFO", "replication"];
    const all = await this.ask(database, [info, ...commands, info]);
    return {
      before: positionIn(strict(all[0])),
      replies: all.slice(1, -1),
      after: positionIn(strict(all.at(-1))),
    };
  }

  /** Holds all writes for so long, or until `resume`. Rejects with a ReplyError where that is not allowed. */
  async pause(milliseconds: number): Promise<void> {
    await this.peer.call("CLIENT", "PAUSE", String(milliseconds), "WRITE");
  }

  async resume(): Promise<void> {
    await this.peer.call("CLIENT", "UNPAUSE");
  }
}

/** The reply, or what it says as an exception. */
export function strict(reply: ReplyValue | undefined): ReplyValue {
  if (reply instanceof ReplyError) throw reply;
  return reply ?? null;
}

function positionIn(info: ReplyValue): Position {
  const text = String(info);
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(text)?.[1];
  return {
    replid: field("master_replid") ?? "",
    offset: Number(
      (field("role") === "slave" ? field("slave_repl_offset") : null) ?? field("master_repl_offset"),
    ),
  };
}
