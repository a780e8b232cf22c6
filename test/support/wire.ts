/**
 * A RESP client that shows the bytes: it sends whatever it is given and returns each reply both as it came over the
 * wire and parsed. Speaks RESP2 and RESP3. Works over a real socket or over a connection of the simulated network.
 */

import * as net from "node:net";
import type { Connection } from "#tidemark/platform/network.js";
import { type Plain, parseReply, type Reply } from "./reply.js";

export type { Plain, Reply } from "./reply.js";

/** What a command is made of. Numbers are sent as decimal text. */
export type Argument = string | Buffer | number;

/** An error reply, thrown by `call`. */
export class ReplyError extends Error {}

/** The little that the client needs of a socket. */
interface Transport {
  write(bytes: Buffer): void;
  destroy(): void;
  end(): void;
  pause(): void;
  resume(): void;
}

/** What the transport reports back. */
interface Sink {
  data(bytes: Buffer): void;
  closed(error: Error | null): void;
}

export interface WireOptions {
  readonly port?: number;
  readonly host?: string;
  /** The path of a Unix socket, instead of a port. */
  readonly path?: string;
  /** How long `receive` waits before it throws. Default 10,000 ms. */
  readonly timeoutMs?: number;
}

interface Waiter {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** The command as the array of bulk strings that every client sends. */
export function encodeCommand(words: readonly Argument[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word));
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));
  }
  return Buffer.concat(parts);
}

/**
 * The bytes that have arrived. Replies are views of them, so a byte is never written twice: when the block is full, a
 * bigger one takes the unfinished rest.
 */
class Inbox {
  private block = Buffer.allocUnsafe(4096);
  private start = 0;
  private end = 0;

  add(bytes: Buffer): void {
    if (this.end + bytes.length > this.block.length) {
      const rest = this.rest();
      this.block = Buffer.allocUnsafe(2 * (rest.length + bytes.length));
      rest.copy(this.block);
      this.start = 0;
      this.end = rest.length;
    }
    bytes.copy(this.block, this.end);
    this.end += bytes.length;
  }

  /** The next whole reply, or null. */
  take(): Reply | null {
    const parsed = parseReply(this.block.subarray(0, this.end), this.start);
    if (parsed === null) return null;
    this.start = parsed.end;
    return parsed.reply;
  }

  /** What is not a whole reply yet. */
  rest(): Buffer {
    return this.block.subarray(this.start, this.end);
  }
}

export class WireClient {
  /** Pushes (RESP3) that `call` and `reply` passed over while they looked for their reply. */
  readonly pushes: Reply[] = [];
  private readonly inbox = new Inbox();
  private readonly arrived: Reply[] = [];
  private readonly waiters: Waiter[] = [];
  private readonly closedPromise: Promise<void>;
  private markClosed: () => void = () => {};
  private ended: Error | null = null;
  private lastSent = "nothing";

  private constructor(
    private readonly timeoutMs: number,
    private readonly transport: Transport,
  ) {
    this.closedPromise = new Promise((resolve) => {
      this.markClosed = resolve;
    });
  }

  /** Connects to a server. Rejects with Node's error when nobody listens. */
  static connect(options: WireOptions): Promise<WireClient> {
    const socket =
      options.path !== undefined
        ? net.connect({ path: options.path })
        : net.connect({ port: options.port ?? 6379, host: options.host ?? "127.0.0.1" });
    socket.setNoDelay(true);
    const client = new WireClient(options.timeoutMs ?? 10_000, {
      write: (bytes) => void socket.write(bytes),
      destroy: () => void socket.destroy(),
      end: () => void socket.end(),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
    });
    const sink = client.sink();
    return new Promise((resolve, reject) => {
      let failure: Error | null = null;
      socket.on("error", (error) => {
        failure = error;
        reject(error);
      });
      socket.on("data", (bytes) => sink.data(bytes as Buffer));
      socket.on("close", () => sink.closed(failure));
      socket.on("connect", () => resolve(client));
    });
  }

  /** A client on an open connection of a `Network`, real or simulated. */
  static over(connection: Connection, timeoutMs = 10_000): WireClient {
    const client = new WireClient(timeoutMs, {
      write: (bytes) => connection.write(bytes, () => {}),
      destroy: () => connection.destroy(),
      end: () => connection.end(),
      pause: () => connection.pause(),
      resume: () => connection.resume(),
    });
    const sink = client.sink();
    connection.start({
      onData: (buffer, length) => sink.data(Buffer.from(buffer.subarray(0, length))),
      onClose: (error) => sink.closed(error),
    });
    return client;
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: Buffer | string): void {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, "latin1");
    this.lastSent = JSON.stringify(buffer.subarray(0, 100).toString("latin1"));
    this.transport.write(buffer);
  }

  /** Sends a command without waiting for its reply: pipelining is several of these, then as many `receive`. */
  send(...words: Argument[]): void {
    this.sendRaw(encodeCommand(words));
  }

  /** The next reply or push in the order of arrival. Throws after the timeout, or when the connection is gone. */
  receive(timeoutMs: number = this.timeoutMs): Promise<Reply> {
    const ready = this.arrived.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.ended !== null) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(new Error(this.describeTimeout(timeoutMs)));
      }, timeoutMs);
      this.waiters.push(waiter);
    });
  }

  /** Sends one command and returns its reply, also when that is an error. Pushes on the way go to `pushes`. */
  async reply(...words: Argument[]): Promise<Reply> {
    this.send(...words);
    return this.receiveReply();
  }

  /** The next arrival that is not a push. */
  async receiveReply(): Promise<Reply> {
    for (;;) {
      const reply = await this.receive();
      if (reply.type !== ">") return reply;
      this.pushes.push(reply);
    }
  }

  /** Sends one command and returns its reply as a JavaScript value; an error reply is thrown as a ReplyError. */
  async call(...words: Argument[]): Promise<Plain> {
    const reply = await this.reply(...words);
    if (reply.type === "-" || reply.type === "!") throw new ReplyError(String(reply.value));
    return reply.value;
  }

  /** Sends all commands in one write and returns their replies in order. */
  async pipeline(commands: readonly (readonly Argument[])[]): Promise<Reply[]> {
    this.sendRaw(Buffer.concat(commands.map(encodeCommand)));
    const replies: Reply[] = [];
    for (const _ of commands) replies.push(await this.receiveReply());
    return replies;
  }

  /** Whether whole replies are waiting to be received. */
  get hasArrivals(): boolean {
    return this.arrived.length > 0;
  }

  /** Stops reading from the socket: the client that never reads. */
  pause(): void {
    this.transport.pause();
  }

  resume(): void {
    this.transport.resume();
  }

  /** Settles when the connection is gone, whoever closed it. */
  closed(): Promise<void> {
    return this.closedPromise;
  }

  /** Half-closes: what was sent still arrives. */
  end(): void {
    this.transport.end();
  }

  /** Closes at once. */
  close(): void {
    this.transport.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private sink(): Sink {
    return {
      data: (bytes) => this.onData(bytes),
      closed: (error) => {
        const why = error === null ? "" : `: ${error.message}`;
        this.ended = new Error(`The server closed the connection${why} (last sent: ${this.lastSent})`);
        for (const waiter of this.waiters.splice(0)) waiter.reject(this.ended);
        this.markClosed();
      },
    };
  }

  private onData(bytes: Buffer): void {
    this.inbox.add(bytes);
    for (let reply = this.inbox.take(); reply !== null; reply = this.inbox.take()) this.deliver(reply);
  }

  private deliver(reply: Reply): void {
    const waiter = this.waiters.shift();
    if (waiter === undefined) this.arrived.push(reply);
    else waiter.resolve(reply);
  }

  private describeTimeout(timeoutMs: number): string {
    const rest = this.inbox.rest();
    const begins = JSON.stringify(rest.toString("latin1", 0, 100));
    const half = rest.length === 0 ? "" : `; ${rest.length} bytes of an unfinished reply: ${begins}`;
    return `No reply within ${timeoutMs} ms (last sent: ${this.lastSent}${half})`;
  }
}
