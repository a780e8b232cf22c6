/** A connection to another server, on which this program is the client. It speaks RESP2. */

import type { Clock, Timer } from "../platform/clock.js";
import type { Connection, Endpoint, Network } from "../platform/network.js";
import { ReplyDecoder, ReplyError, type ReplyValue } from "./reply-decoder.js";
import { encodeCommand } from "./request.js";

/** A command: its name and arguments. */
export type Command = readonly (Uint8Array | string)[];

/** The connection could not be had, has broken, or has been silent for too long. */
export class PeerLost extends Error {}

interface Waiting {
  readonly resolve: (value: ReplyValue) => void;
  readonly reject: (error: Error) => void;
}

export interface PeerOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** How long the peer may be silent while a reply is due, and take to be connected; milliseconds. */
  readonly timeoutMs: number;
}

export class Peer {
  private readonly decoder = new ReplyDecoder();
  private readonly waiting: Waiting[] = [];
  private lost: Error | null = null;
  private timer: Timer | null = null;

  private constructor(
    private readonly connection: Connection,
    private readonly options: PeerOptions,
    private readonly name: string,
  ) {
    connection.start({
      onData: (buffer, length) => this.receive(buffer, length),
      onClose: (error) => this.lose(error?.message ?? "the connection was closed"),
    });
  }

  /** Rejects with a PeerLost. */
  static async connect(endpoint: Endpoint, options: PeerOptions): Promise<Peer> {
    const name = "path" in endpoint ? endpoint.path : `${endpoint.host}:${endpoint.port}`;
    const { network, clock, timeoutMs } = options;
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = clock.after(timeoutMs, () => {
        late = true;
        reject(new PeerLost(`${name}: no connection within ${timeoutMs} ms`));
      });
      network.connect(endpoint).then(
        (connection) => {
          timer.stop();
          if (late) connection.destroy();
          else resolve(new Peer(connection, options, name));
        },
        (error: Error) => {
          timer.stop();
          reject(new PeerLost(`${name}: ${error.message}`, { cause: error }));
        },
      );
    });
  }

  /** Sends one command. Rejects with the ReplyError that the peer answers, or with a PeerLost. */
  async call(...command: Command): Promise<ReplyValue> {
    const [reply] = await this.callAll([command]);
    if (reply instanceof ReplyError) throw reply;
    return reply as ReplyValue;
  }

  /** Sends the commands in one piece and settles with their replies, errors among them. Rejects with a PeerLost. */
  async callAll(commands: readonly Command[]): Promise<ReplyValue[]> {
    if (this.lost !== null) throw this.lost;
    const replies = commands.map(
      () => new Promise<ReplyValue>((resolve, reject) => this.waiting.push({ resolve, reject })),
    );
    this.connection.write(Buffer.concat(commands.map(encodeCommand)), () => {});
    this.watch();
    return Promise.all(replies);
  }

  close(): void {
    this.lose("the connection was closed by us");
    this.connection.destroy();
  }

  private receive(buffer: Buffer, length: number): void {
    try {
      this.decoder.feed(buffer, length);
      for (let reply = this.decoder.next(); reply !== undefined; reply = this.decoder.next())
        this.waiting.shift()?.resolve(reply);
    } catch (error) {
      this.lose((error as Error).message);
      this.connection.destroy();
      return;
    }
    this.watch();
  }

  /** The silence begins anew, or nothing is due. */
  private watch(): void {
    this.timer?.stop();
    this.timer = null;
    if (this.waiting.length === 0 || this.lost !== null) return;
    const { clock, timeoutMs } = this.options;
    this.timer = clock.after(timeoutMs, () => {
      this.lose(`no reply within ${timeoutMs} ms`);
      this.connection.destroy();
    });
  }

  private lose(why: string): void {
    if (this.lost !== null) return;
    this.lost = new PeerLost(`${this.name}: ${why}`);
    this.timer?.stop();
    for (const { reject } of this.waiting.splice(0)) reject(this.lost);
  }
}
