/** A replica as its primary sees it: a connection that gets a snapshot and then the stream, and says how far it is. */

import { type Backlog, Cursor } from "./backlog.js";
import type { Handshake } from "./handshake.js";

/** The connection of a replica. */
export interface ReplicaLink {
  /** `ip:port` of the peer. */
  readonly remote: string;
  /** The line of CLIENT LIST, for the server's log. */
  describe(): string;
  /** Sends the bytes behind everything that was sent before; `done` when the kernel has them and they may change. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Gives the kernel of `bytes[start..end)` what it takes at once; returns how many bytes. The rest is for `write`. */
  writeNow(bytes: Uint8Array, start: number, end: number): number;
  setNoDelay(on: boolean): void;
  /** Closes the connection if more waits to be sent than `client-output-buffer-limit` allows. */
  checkOutput(): void;
  /** Sends what is pending, then closes. */
  close(): void;
  /** Closes at once. */
  destroy(): void;
}

export type ReplicaState =
  /** Waits for a snapshot to begin. */
  | "wait_start"
  /** A snapshot for it is being made; without a file it is being sent as well. */
  | "wait_end"
  /** The file of the snapshot is being sent. */
  | "send_bulk"
  | "online";

/** What INFO calls the states. */
export const SHOWN_STATES: Record<ReplicaState, string> = {
  wait_start: "wait_bgsave",
  wait_end: "wait_bgsave",
  send_bulk: "send_bulk",
  online: "online",
};

/** So much is given to a connection at a time; the rest stays in the backlog, which every replica shares. */
const WINDOW_BYTES = 1024 * 1024;

export class Replica {
  state: ReplicaState = "wait_start";
  /** The offset that it has reported last: it has applied everything before. */
  ackOffset = 0;
  /** The offset that its append-only file has reached, on the device (`fack`). */
  ackFileOffset = 0;
  /** When it was last heard of, milliseconds since 1970. */
  ackMs: number;
  /** Since when it waits for a snapshot. */
  readonly sinceMs: number;
  /** SYNC: it knows neither offsets nor acknowledgements. */
  usesSync = false;
  /** The snapshot was streamed: the stream begins with its first acknowledgement. */
  awaitsAck = false;
  /** Since when a piece of a streamed snapshot has not been taken; 0 while there is none. */
  stuckSinceMs = 0;
  gone = false;
  /** Where it is in the stream; null before its snapshot is cut. */
  private cursor: Cursor | null = null;
  private streaming = false;
  /** Given to the connection, which has not handed it to the kernel. */
  private inFlight = 0;
  /** Ends the wait of `send`. */
  private whenGone: (() => void) | null = null;

  constructor(
    readonly link: ReplicaLink,
    readonly handshake: Handshake,
    nowMs: number,
  ) {
    this.ackMs = nowMs;
    this.sinceMs = nowMs;
  }

  /** As the log names it. */
  get name(): string {
    const { port } = this.handshake;
    return `${this.address}:${port === 0 ? "<unknown-replica-port>" : port}`;
  }

  /** Where others find it. */
  get address(): string {
    const { remote } = this.link;
    return this.handshake.address || remote.slice(0, remote.lastIndexOf(":")).replace(/^\[|\]$/g, "");
  }

  /** The oldest offset that it still needs: infinite when it needs nothing of the stream yet. */
  get neededOffset(): number {
    return this.cursor === null ? Number.POSITIVE_INFINITY : this.cursor.offset - this.inFlight;
  }

  /** Bytes of the stream up to `end` that have not left for it. */
  pendingBytes(end: number): number {
    return this.cursor === null ? 0 : Math.max(0, end - this.neededOffset);
  }

  /** Its copy of the dataset is, or will be, the one at this offset. */
  startAt(offset: number): void {
    this.cursor = new Cursor(offset);
  }

  /** The offset at which it goes on; null before there is one. */
  get startOffset(): number | null {
    return this.cursor?.offset ?? null;
  }

  /** The stream may be sent from now on. */
  stream(): void {
    this.streaming = true;
    this.awaitsAck = false;
  }

  /** Sends of the stream what the connection takes. */
  feed(backlog: Backlog): void {
    const cursor = this.cursor!;
    while (this.streaming && !this.gone && this.inFlight < WINDOW_BYTES) {
      if (!backlog.read(cursor, WINDOW_BYTES - this.inFlight)) return;
      const { bytes, start, end } = cursor;
      // Of a replica that keeps up the kernel takes everything, and nothing needs to be made for it.
      const sent = this.link.writeNow(bytes, start, end);
      if (start + sent < end) this.leave(backlog, bytes.subarray(start + sent, end));
    }
  }

  /** Leaves the bytes to the connection, and goes on when it has sent a whole window. */
  private leave(backlog: Backlog, bytes: Buffer): void {
    this.inFlight += bytes.length;
    this.link.write(bytes, () => {
      const wasFull = this.inFlight >= WINDOW_BYTES;
      this.inFlight -= bytes.length;
      if (wasFull) this.feed(backlog);
    });
  }

  /** Sends bytes that are not of the stream; settles when the kernel has them, or the connection is gone. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.gone) {
        resolve();
        return;
      }
      this.whenGone = resolve;
      this.link.write(bytes, () => {
        this.whenGone = null;
        resolve();
      });
    });
  }

  /** The connection is closed. */
  lost(): void {
    this.gone = true;
    this.whenGone?.();
  }
}
