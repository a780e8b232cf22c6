/**
 * One connection: bytes from the socket become commands, replies become bytes for the socket.
 *
 * Commands run as they are read. Their replies stay in the session until the turn of the event loop ends (see
 * turn.ts), so that the log is written before anybody is told.
 */

import { clientLine } from "../commands/connection/client/line.js";
import type { Client, ClientLink } from "../engine/client.js";
import type { Engine } from "../engine/engine.js";
import type { ConnectionEvents, Connection as Socket } from "../platform/network.js";
import type { ReplicaLink } from "../replication/primary/replica.js";
import { type DecoderLimits, ProtocolError, RequestDecoder, WAITING_BYTES_MAX } from "../resp/decoder.js";
import type { ReplyBlock } from "../resp/reply.js";
import { checkOutput } from "./output-limit.js";
import type { Turn } from "./turn.js";

/** The most bytes that may wait of a client that must still authenticate. */
const STRANGER_BYTES_MAX = 1024 * 1024;

export class Connection implements ClientLink, ReplicaLink, DecoderLimits, ConnectionEvents {
  readonly client: Client;
  private readonly decoder: RequestDecoder;
  private closed = false;
  /** Whether the turn knows that there is something to send. */
  scheduled = false;

  constructor(
    private readonly engine: Engine,
    private readonly turn: Turn,
    private readonly socket: Socket,
  ) {
    this.client = engine.clients.connect(this);
    this.decoder = new RequestDecoder(this);
    socket.start(this);
  }

  // ---- what the decoder may accept ----

  get bulkBytesMax(): number {
    return this.engine.config.values["proto-max-bulk-len"];
  }

  get authenticated(): boolean {
    return !this.engine.clients.mustAuthenticate(this.client);
  }

  // ---- what the session sees of its connection ----

  get remote(): string {
    return this.socket.remote;
  }

  get local(): string {
    return this.socket.local;
  }

  get fd(): number {
    return this.socket.fd;
  }

  get isUnix(): boolean {
    return this.socket.isUnix;
  }

  get isLocal(): boolean {
    return this.socket.isLocal;
  }

  get queryBytes(): number {
    return this.decoder.waiting;
  }

  get queryBufferBytes(): number {
    return this.decoder.ownBytes;
  }

  get outputBytes(): number {
    const { replica } = this.client;
    if (replica === null) return this.socket.pendingBytes;
    return Math.max(this.socket.pendingBytes, replica.pendingBytes(this.engine.log.offset));
  }

  send(): void {
    this.turn.schedule(this);
  }

  close(): void {
    this.client.closing = true;
    this.send();
  }

  destroy(): void {
    this.socket.destroy();
    this.onClose();
  }

  wake(): void {
    if (!this.closed) this.turn.wake(this);
  }

  // ---- what replication sees of it ----

  forReplica(): ReplicaLink {
    return this;
  }

  describe(): string {
    return clientLine(this.client, this.engine.keyspace.now, null);
  }

  write(bytes: Uint8Array, done: () => void): void {
    if (this.closed) return;
    this.countReplicaBytes(bytes.length);
    this.socket.write(bytes, done);
  }

  writeNow(bytes: Uint8Array, start: number, end: number): number {
    if (this.closed) return 0;
    const sent = this.socket.writeNow(bytes, start, end);
    if (sent > 0) this.countReplicaBytes(sent);
    return sent;
  }

  private countReplicaBytes(bytes: number): void {
    const { statistics } = this.engine;
    statistics.bytesOut += bytes;
    statistics.replicaBytesOut += bytes;
    statistics.writes++;
    this.client.bytesOut += bytes;
  }

  setNoDelay(on: boolean): void {
    this.socket.setNoDelay(on);
  }

  checkOutput(): void {
    checkOutput(this.client, this.engine);
  }

  // ---- reading ----

  onData(buffer: Buffer, length: number): void {
    const { engine, client } = this;
    engine.refreshTime();
    engine.statistics.bytesIn += length;
    engine.statistics.reads++;
    client.bytesIn += length;
    client.lastActiveMs = engine.keyspace.now;
    if (client.closing) return;
    this.decoder.feed(buffer, 0, length);
    if (this.turn.isLong) {
      this.decoder.settle();
      this.socket.pause();
      this.turn.defer(this);
      return;
    }
    this.process();
    this.decoder.settle();
    this.checkQuery();
    this.send();
  }

  /** Goes on with what had to wait: for another turn, or for the end of a wait. */
  proceed(): void {
    const { client } = this;
    if (this.closed) return;
    this.socket.resume();
    const { postponed } = client;
    client.postponed = null;
    if (postponed !== null) this.engine.execute(client, postponed);
    this.process();
    this.decoder.settle();
    this.checkQuery();
    this.send();
  }

  private process(): void {
    const { client, decoder } = this;
    try {
      while (client.blocked === null && !client.closing && decoder.next())
        this.engine.execute(client, decoder.request);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.engine.replyError(client, null, `ERR Protocol error: ${error.message}`);
      this.engine.services.log("verbose", `Protocol error (${error.message}) from client: ${this.remote}`);
      client.closing = true;
    }
  }

  private checkQuery(): void {
    const limit = this.authenticated
      ? Math.min(this.engine.config.values["client-query-buffer-limit"], WAITING_BYTES_MAX)
      : STRANGER_BYTES_MAX;
    // What is queued in a transaction has not been executed either.
    if (this.decoder.waiting + (this.client.transaction?.bytes ?? 0) <= limit) return;
    this.engine.statistics.queryLimitDisconnections++;
    this.engine.services.log("warning", `Closing client ${this.remote} that reached max query buffer length`);
    this.destroy();
  }

  // ---- writing ----

  /** Sends what the session has replied; called by the turn once the log is safe. */
  flush(): void {
    const { client } = this;
    const { reply } = client;
    if (this.closed) return;
    for (let block = reply.take(); block !== null; block = reply.take()) this.sendBlock(block);
    if (this.socket.pendingBytes > 0) checkOutput(client, this.engine);
    if (client.closing) this.socket.end();
  }

  private sendBlock(block: ReplyBlock): void {
    const { engine, client } = this;
    const { bytes, length } = block;
    engine.statistics.bytesOut += length;
    engine.statistics.writes++;
    client.bytesOut += length;
    const sent = this.socket.writeNow(bytes, 0, length);
    if (sent === length) engine.pool.give(block);
    else this.socket.write(bytes.subarray(sent, length), () => engine.pool.give(block));
  }

  /** The peer asks for nothing more, and may wait for the replies to what it has asked (`printf ... | nc`). */
  onEnd(): void {
    const { blocked, replica } = this.client;
    if (blocked === null && replica === null) this.close();
    else this.destroy();
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.client.closing = true;
    this.engine.clients.disconnect(this.client);
    this.turn.forget(this);
  }
}
