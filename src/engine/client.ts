/** One client's session: who it is, what it has selected, queued and watched, and where its replies go. */

import type { Database } from "../keyspace/database.js";
import type { Watch, Watcher } from "../keyspace/watched.js";
import type { Handshake } from "../replication/primary/handshake.js";
import type { Replica, ReplicaLink } from "../replication/primary/replica.js";
import type { BlockPool } from "../resp/reply.js";
import { Reply } from "../resp/reply.js";
import type { Request } from "../resp/request.js";
import type { Blocked } from "./blocking.js";
import type { Command } from "./command.js";
import type { Subscriptions } from "./subscriptions.js";
import type { Transaction } from "./transaction.js";

/** What a session needs of its connection. */
export interface ClientLink {
  /** `ip:port` of the peer and of ourselves, or `path:0`. */
  readonly remote: string;
  readonly local: string;
  readonly fd: number;
  readonly isUnix: boolean;
  readonly isLocal: boolean;
  /** Bytes read and not yet part of a whole command, and the size of the buffer that holds them. */
  readonly queryBytes: number;
  readonly queryBufferBytes: number;
  /** Bytes of replies that the kernel has not taken. */
  readonly outputBytes: number;
  /** Something was written to the session's reply from outside: send it at the end of the turn. */
  send(): void;
  /** Sends what is pending, then closes. */
  close(): void;
  /** Closes at once. */
  destroy(): void;
  /** The session may run commands again: go on with what has been read, at the end of the turn. */
  wake(): void;
  /** The connection as replication uses it, when the session becomes a replica. */
  forReplica(): ReplicaLink;
}

/** Where commands come from. */
export type ClientKind =
  | "normal"
  /** The append-only file at start: no checks, no replies, nothing is logged. */
  | "loader"
  /** The primary that this server follows: the same, and what it sends is logged as it came. */
  | "primary";

/** The end of a connection that leads nowhere, for sessions of our own. */
export const NOWHERE: ClientLink = {
  remote: "",
  local: "",
  fd: -1,
  isUnix: false,
  isLocal: true,
  queryBytes: 0,
  queryBufferBytes: 0,
  outputBytes: 0,
  send: () => {},
  close: () => {},
  destroy: () => {},
  wake: () => {},
  forReplica: () => {
    throw new Error("this is no replica");
  },
};

/** CLIENT REPLY: `skip-next` mutes the next command, `skip` is the command that is muted. */
export type ReplyMode = "on" | "off" | "skip-next" | "skip";

export class Client implements Watcher {
  name = "";
  libraryName = "";
  libraryVersion = "";
  user = "default";
  authenticated = false;
  readonly reply: Reply;
  replyMode: ReplyMode = "on";
  /** Between MULTI and EXEC. */
  transaction: Transaction | null = null;
  /** Keys that are watched; `dirty` says that one has changed. */
  readonly watching: Watch[] = [];
  dirty = false;
  monitor = false;
  /** What was said with REPLCONF; null when nothing was. */
  handshake: Handshake | null = null;
  /** The replica that the session is; its connection carries the stream, and it gets no replies. */
  replica: Replica | null = null;
  /** The channels and patterns that it listens to; null when it never did. */
  subscriptions: Subscriptions | null = null;
  /** Whether there are any: the session is then of the class `pubsub`, and in RESP2 it may do little else. */
  subscribed = false;
  noTouch = false;
  noEvict = false;
  /** What the session waits for, while it runs no commands. */
  blocked: Blocked | null = null;
  /** A command that a pause has held and that is to run first when the session goes on. */
  postponed: Request | null = null;
  /** The connection closes when its replies have been sent. */
  closing = false;
  /** Replies leave when the log is safe up to here (see persistence). */
  waitOffset = 0;
  /** The log's offset behind the session's last command, which may have seen all before: WAIT and WAITAOF wait for it. */
  logOffset = 0;
  /** Where in the reply the first one begins that must wait, -1 when none must; and how many there are from there. */
  private unsafeFrom = -1;
  private unsafeReplies = 0;

  /** Since when the output has been above the soft limit, milliseconds since 1970; 0 while it is not. */
  softLimitSinceMs = 0;

  /** Milliseconds since 1970. */
  lastActiveMs: number;
  lastCommand: Command | null = null;
  commands = 0;
  bytesIn = 0;
  bytesOut = 0;

  constructor(
    readonly id: number,
    readonly kind: ClientKind,
    readonly link: ClientLink,
    public database: Database,
    pool: BlockPool,
    readonly createdMs: number,
  ) {
    this.reply = new Reply(pool);
    this.lastActiveMs = createdMs;
  }

  /** Bytes of the buffers that are kept for this session. */
  get bufferBytes(): number {
    const { link, reply, transaction, subscriptions, blocked } = this;
    const kept =
      (transaction?.bytes ?? 0) + (subscriptions?.bytes ?? 0) + (blocked?.request.bytes.length ?? 0);
    return link.queryBufferBytes + link.outputBytes + reply.heldBytes + kept;
  }

  /** What is to be sent must not leave before the log is safe up to `offset`. */
  hold(offset: number): void {
    if (offset > this.waitOffset) this.waitOffset = offset;
  }

  /** The reply that begins at `from` must not leave before the log is safe up to `offset`. */
  waitFor(offset: number, from: number): void {
    this.hold(offset);
    if (this.unsafeFrom === -1) this.unsafeFrom = from;
  }

  /** A command has been executed; its reply begins at `from`. */
  replied(from: number): void {
    if (this.unsafeFrom !== -1 && this.reply.length > from) this.unsafeReplies++;
  }

  /** The replies that waited may leave. */
  safe(): void {
    this.waitOffset = 0;
    this.unsafeFrom = -1;
    this.unsafeReplies = 0;
  }

  /** Puts an error in the place of every reply that waited: what they tell of could not be made safe. */
  refuseUnsafe(error: string): void {
    if (this.unsafeFrom === -1) return;
    this.reply.cutTo(this.unsafeFrom);
    for (let i = 0; i < this.unsafeReplies; i++) this.reply.error(error);
    this.safe();
  }

  unwatch(): void {
    for (const watch of this.watching) watch.database.watched.remove(watch);
    this.watching.length = 0;
    this.dirty = false;
  }

  /** Leaves MULTI without running anything. */
  discard(): void {
    this.transaction = null;
    this.unwatch();
  }
}
