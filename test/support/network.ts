/**
 * The network's twin: connections in memory whose bytes move when the clock turns, and which a test can split, delay
 * and cut.
 *
 * Each direction has the writer's pending bytes (what Node would hold) and the kernel's (sent, not yet read). A reader
 * that pauses lets the kernel's fill up to `kernelBytes`; from then on the writer's grow.
 */

import type {
  Connection,
  ConnectionEvents,
  Endpoint,
  Listener,
  Network,
} from "#tidemark/platform/network.js";
import { SeededChance } from "./chance.js";
import { WireClient } from "./wire.js";

interface Written {
  readonly bytes: Buffer;
  readonly done: () => void;
}

export class SimulatedNetwork implements Network {
  /** The share of deliveries that are cut in two at a random byte. */
  splits = 0;
  /** Deliver at most this many bytes at a time: 1 shows every byte alone. */
  chunkBytes = Number.POSITIVE_INFINITY;
  /** The share of deliveries that wait for a later turn. */
  delays = 0;
  /** What the kernel keeps for a reader that does not read. */
  kernelBytes = 128 * 1024;
  /** While true nothing is delivered and nothing is noticed: cables are pulled. */
  partitioned = false;
  readonly connections = new Set<SimulatedConnection>();
  private readonly listeners = new Map<string, (connection: Connection) => void>();
  private nextPort = 40_000;

  constructor(readonly chance: SeededChance = new SeededChance(1)) {}

  // ---- Network ----

  listen(
    endpoint: Endpoint,
    _backlog: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Listener> {
    const bound =
      "path" in endpoint || endpoint.port !== 0 ? endpoint : { ...endpoint, port: this.nextPort++ };
    const key = nameOf(bound);
    if (this.listeners.has(key)) return Promise.reject(networkError("EADDRINUSE", `listen ${key}`));
    this.listeners.set(key, onConnection);
    const close = async (): Promise<void> => void this.listeners.delete(key);
    return Promise.resolve({ endpoint: bound, close });
  }

  connect(endpoint: Endpoint): Promise<Connection> {
    const accept = this.listeners.get(nameOf(endpoint));
    if (accept === undefined || this.partitioned)
      return Promise.reject(networkError("ECONNREFUSED", `connect ${nameOf(endpoint)}`));
    const ours = "path" in endpoint ? endpoint : { host: "127.0.0.1", port: this.nextPort++ };
    const near = new SimulatedConnection(this, ours, endpoint);
    const far = new SimulatedConnection(this, endpoint, ours);
    near.peer = far;
    far.peer = near;
    this.connections.add(near).add(far);
    accept(far);
    return Promise.resolve(near);
  }

  // ---- What tests do with it ----

  /** A raw RESP client on a connection of this network. Its timeout is real time; turn the clock meanwhile. */
  async client(port: number, host = "127.0.0.1"): Promise<WireClient> {
    return WireClient.over(await this.connect({ host, port }));
  }

  /** Moves bytes: called at the beginning of each turn. */
  deliver(): void {
    if (this.partitioned) return;
    for (const connection of [...this.connections]) connection.deliver();
  }

  /** Breaks every connection, or those to and from one port: both ends see ECONNRESET, what was under way is lost. */
  cut(port: number | null = null): void {
    for (const connection of [...this.connections])
      if (port === null || connection.concerns(port)) connection.reset(networkError("ECONNRESET", "read"));
  }
}

export class SimulatedConnection implements Connection {
  peer: SimulatedConnection | null = null;
  readonly isLocal = true;
  readonly isUnix: boolean;
  readonly fd = -1;
  private events: ConnectionEvents | null = null;
  private outgoing: Written[] = [];
  private incoming: Buffer[] = [];
  private paused = false;
  /** An orderly end was asked for; it follows the bytes. */
  private ending = false;
  /** The peer sent its end. */
  private ended = false;
  private toldEnd = false;
  private closed: { readonly error: Error | null } | null = null;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly localEnd: Endpoint,
    private readonly remoteEnd: Endpoint,
  ) {
    this.isUnix = "path" in localEnd;
  }

  get remote(): string {
    return nameOf(this.remoteEnd);
  }

  get local(): string {
    return nameOf(this.localEnd);
  }

  get pendingBytes(): number {
    return this.outgoing.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  start(events: ConnectionEvents): void {
    this.events = events;
    if (this.closed !== null) events.onClose(this.closed.error);
  }

  writeNow(bytes: Uint8Array, start: number, end: number): number {
    const { peer } = this;
    if (peer === null || this.closed !== null || this.ending || this.outgoing.length > 0) return 0;
    const sent = Math.min(end - start, Math.max(this.network.kernelBytes - peer.unread(), 0));
    if (sent > 0) peer.incoming.push(Buffer.from(bytes.subarray(start, start + sent)));
    return sent;
  }

  write(bytes: Uint8Array, done: () => void): void {
    if (this.closed !== null || this.ending) return;
    this.outgoing.push({ bytes: bytes as Buffer, done });
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  setKeepAlive(): void {}

  setNoDelay(): void {}

  end(): void {
    this.ending = true;
  }

  destroy(): void {
    if (this.closed !== null) return;
    this.outgoing = [];
    this.finish(null);
    if (this.peer !== null) this.peer.ended = true;
  }

  /** One turn's worth of movement: from the writer to the peer's kernel, and from our kernel to our reader. */
  deliver(): void {
    this.drain();
    this.feed();
    if (this.ended && this.incoming.length === 0 && !this.paused) this.tellEnd();
    if (this.ending && this.outgoing.length === 0 && this.closed === null) this.destroy();
  }

  private tellEnd(): void {
    if (this.events?.onEnd === undefined) this.finish(null);
    else if (!this.toldEnd) this.events.onEnd();
    this.toldEnd = true;
  }

  reset(error: Error): void {
    this.outgoing = [];
    this.incoming = [];
    this.finish(error);
  }

  concerns(port: number): boolean {
    return [this.localEnd, this.remoteEnd].some((end) => "port" in end && end.port === port);
  }

  private drain(): void {
    const { peer } = this;
    if (peer === null || this.outgoing.length === 0) return;
    // Nobody reads what is sent to an end that is closed.
    if (peer.closed !== null) for (const { done } of this.outgoing.splice(0)) done();
    while (this.outgoing.length > 0 && peer.unread() < this.network.kernelBytes) {
      const { bytes, done } = this.outgoing.shift() as Written;
      const room = this.network.kernelBytes - peer.unread();
      peer.incoming.push(Buffer.from(bytes.subarray(0, room)));
      if (bytes.length > room) this.outgoing.unshift({ bytes: bytes.subarray(room) as Buffer, done });
      else done();
    }
  }

  private feed(): void {
    const { chance, delays } = this.network;
    if (this.events === null || this.incoming.length === 0) return;
    if (delays > 0 && chance.happens(delays)) return;
    let all = Buffer.concat(this.incoming);
    this.incoming = [];
    while (all.length > 0 && !this.paused && this.closed === null) {
      const size = this.portion(all.length);
      const shared = Buffer.from(all.subarray(0, size));
      all = all.subarray(size);
      this.events.onData(shared, size);
      // The bytes are only valid during the call: whoever kept them finds nonsense.
      shared.fill(0xdd);
    }
    if (all.length > 0 && this.closed === null) this.incoming.unshift(all);
  }

  private portion(length: number): number {
    const { chance, splits, chunkBytes } = this.network;
    const size = Math.min(length, chunkBytes);
    return size > 1 && splits > 0 && chance.happens(splits) ? 1 + chance.below(size - 1) : size;
  }

  private unread(): number {
    return this.incoming.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  private finish(error: Error | null): void {
    if (this.closed !== null) return;
    this.closed = { error };
    this.network.connections.delete(this);
    this.events?.onClose(error);
  }
}

function nameOf(endpoint: Endpoint): string {
  return "path" in endpoint ? `${endpoint.path}:0` : `${endpoint.host}:${endpoint.port}`;
}

function networkError(code: string, what: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${what} ${code}`);
  error.code = code;
  return error;
}
