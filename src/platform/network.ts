/**
 * Listening sockets and connections. `NodeNetwork` is the real one over node:net; the tests have a twin that cuts,
 * delays and splits.
 *
 * Reads go into one buffer that all connections of a network share: `onData` sees the bytes for the length of the
 * call and copies what it wants to keep. That saves an allocation for every read.
 */

import { writeSync } from "node:fs";
import * as net from "node:net";
import { viewed } from "../util/copy.js";

/** Where a listener listens: a TCP address, or the path of a Unix socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** What a connection tells its owner. After `onClose` nothing more is called. */
export interface ConnectionEvents {
  /** `buffer[0..length)` has arrived; only valid during the call. */
  onData(buffer: Buffer, length: number): void;
  /** The peer will send no more, and may still read. Without this the connection ends then. */
  onEnd?(): void;
  /** The connection is gone; `error` says why if it was not an orderly end. */
  onClose(error: Error | null): void;
}

export interface Connection {
  /** `ip:port`, or the path of the Unix socket with `:0`, as CLIENT LIST shows it. */
  readonly remote: string;
  readonly local: string;
  /** Whether the peer is on this machine (loopback or Unix socket). */
  readonly isLocal: boolean;
  readonly isUnix: boolean;
  /** The socket's descriptor, or -1 where there is none. */
  readonly fd: number;
  /** Bytes written but not yet taken by the kernel. */
  readonly pendingBytes: number;
  /** Sets who is told; data is read only after this. */
  start(events: ConnectionEvents): void;
  /**
   * Gives the kernel of `bytes[start..end)` what it takes at once; returns how many bytes that were, 0 also while others
   * are pending or something is wrong with the connection. The rest is for `write`.
   */
  writeNow(bytes: Uint8Array, start: number, end: number): number;
  /** Sends the bytes; `done` is called when they may be reused, and not before `write` has returned. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Stops and resumes reading. */
  pause(): void;
  resume(): void;
  setKeepAlive(seconds: number): void;
  setNoDelay(on: boolean): void;
  /** Sends what is pending, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface Listener {
  readonly endpoint: Endpoint;
  /** Stops accepting; existing connections go on. */
  close(): Promise<void>;
}

export interface Network {
  /** Rejects with Node's error when the endpoint cannot be had. Port 0 takes a free one. */
  listen(
    endpoint: Endpoint,
    backlog: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Listener>;
  /**
   * Rejects with Node's error. `source`: the address of this machine that the connection should come from; if there
   * is no such one, the system chooses.
   */
  connect(endpoint: Endpoint, source?: string): Promise<Connection>;
}

/** `sizeof(sun_path)`: a path of a Unix socket has to be shorter. libuv would cut it, and listen somewhere else. */
export const UNIX_PATH_BYTES = process.platform === "linux" ? 108 : 104;

/**
 * libuv reads a socket up to 32 times in a row while each read fills the buffer, so this bounds what one client can
 * make the loop do before the turn ends: half a megabyte, a few milliseconds of small commands.
 */
const READ_BUFFER_BYTES = 16 * 1024;

/** node:net's handle of a connection, of which we need the descriptor alone. */
interface Handle {
  readonly fd?: number;
}
/** That of a listening socket, and what it calls with every connection, or with an error of accepting one. */
interface ListeningHandle {
  onconnection: (error: number, handle: Handle) => void;
}
interface Internals<T> {
  readonly _handle: T | null;
}

class NodeConnection implements Connection {
  readonly remote: string;
  readonly isLocal: boolean;
  readonly fd: number;
  private events: ConnectionEvents | null = null;
  private error: Error | null = null;

  constructor(
    private readonly socket: net.Socket,
    private readonly path: string | null,
  ) {
    this.remote = path !== null ? `${path}:0` : address(socket.remoteAddress, socket.remotePort);
    const ip = socket.remoteAddress ?? "";
    this.isLocal = this.isUnix || ip === "::1" || ip.startsWith("127.") || ip.startsWith("::ffff:127.");
    this.fd = (socket as unknown as Internals<Handle>)._handle?.fd ?? -1;
    socket.on("error", (error) => {
      this.error = error;
    });
    socket.on("close", () => this.events?.onClose(this.error));
    socket.on("end", () => {
      if (this.events?.onEnd === undefined) this.end();
      else this.events.onEnd();
    });
  }

  get isUnix(): boolean {
    return this.path !== null;
  }

  /** Looked up when somebody asks: few connections live to see that. */
  get local(): string {
    const { path, socket } = this;
    return path !== null ? `${path}:0` : address(socket.localAddress, socket.localPort);
  }

  get pendingBytes(): number {
    return this.socket.writableLength;
  }

  start(events: ConnectionEvents): void {
    this.events = events;
    if (this.socket.destroyed) {
      events.onClose(this.error);
      return;
    }
    this.socket.resume();
  }

  /** Called by the shared read buffer's callback. */
  received(buffer: Buffer, length: number): boolean {
    this.events?.onData(buffer, length);
    return true;
  }

  /** Past node:net, whose stream takes several times as long as the system call itself. Errors are left to it. */
  writeNow(bytes: Uint8Array, start: number, end: number): number {
    const { socket } = this;
    // A socket that is gone has given its descriptor back, and another file may have it by now.
    if (this.fd < 0 || !socket.writable || socket.writableLength > 0) return 0;
    try {
      return writeSync(this.fd, bytes, start, end - start);
    } catch {
      return 0;
    }
  }

  write(bytes: Uint8Array, done: () => void): void {
    this.socket.write(bytes, done);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  setKeepAlive(seconds: number): void {
    this.socket.setKeepAlive(seconds > 0, seconds * 1000);
  }

  setNoDelay(on: boolean): void {
    this.socket.setNoDelay(on);
  }

  end(): void {
    const { socket } = this;
    // Closing does what shutting down does first, unless the peer goes on sending or the kernel has not taken all.
    if (socket.readableEnded && socket.writableLength === 0) socket.destroy();
    else socket.end(() => socket.destroy());
  }

  destroy(): void {
    this.socket.destroy();
  }
}

function address(ip: string | undefined, port: number | undefined): string {
  const shown = ip?.startsWith("::ffff:") ? ip.slice(7) : (ip ?? "?");
  return shown.includes(":") ? `[${shown}]:${port ?? 0}` : `${shown}:${port ?? 0}`;
}

/** A network over node:net whose connections share one read buffer. */
export class NodeNetwork implements Network {
  private readonly readBuffer = viewed(Buffer.allocUnsafeSlow(READ_BUFFER_BYTES));

  listen(
    endpoint: Endpoint,
    backlog: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Listener> {
    const path = "path" in endpoint ? endpoint.path : null;
    const server = net.createServer();
    const accepted = (error: number, handle: Handle): void => {
      // As with a server of node:net that nobody listens to: the connection will be accepted later, or not at all.
      if (error !== 0) return;
      const { socket, wrap } = this.open({ handle, pauseOnCreate: true } as net.SocketConstructorOpts, path);
      if (path === null) socket.setNoDelay(true);
      onConnection(wrap());
    };
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ ...addressOf(endpoint), backlog }, () => {
        server.off("error", reject);
        server.on("error", () => {});
        (server as unknown as Internals<ListeningHandle>)._handle!.onconnection = accepted;
        resolve(listenerOf(server, endpoint));
      });
    });
  }

  connect(endpoint: Endpoint, source = ""): Promise<Connection> {
    const { socket, wrap } = this.open({}, "path" in endpoint ? endpoint.path : null);
    return new Promise<Connection>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(source === "" ? endpoint : { ...endpoint, localAddress: source }, () => {
        socket.off("error", reject);
        socket.setNoDelay(true);
        resolve(wrap());
      });
    }).catch((error: NodeJS.ErrnoException) => {
      if (source !== "" && (error.syscall === "bind" || error.code === "ERR_INVALID_IP_ADDRESS"))
        return this.connect(endpoint);
      throw error;
    });
  }

  /**
   * A socket that reads into the shared buffer. node:net offers that (`onread`) for sockets that one makes oneself
   * and not for those that a server makes, so the server's handle gives what it accepts to us (`listen`).
   */
  private open(
    options: net.SocketConstructorOpts,
    path: string | null,
  ): { socket: net.Socket; wrap(): NodeConnection } {
    const { readBuffer } = this;
    let connection: NodeConnection | null = null;
    const socket = new net.Socket({
      ...options,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer,
        callback: (length: number) => connection?.received(readBuffer, length) ?? true,
      },
    } as net.SocketConstructorOpts);
    return {
      socket,
      wrap: () => {
        connection = new NodeConnection(socket, path);
        return connection;
      },
    };
  }
}

/** As node:net wants it; an IPv6 address takes no IPv4 connections. */
function addressOf(endpoint: Endpoint): net.ListenOptions {
  if ("path" in endpoint) return { path: endpoint.path };
  return { host: endpoint.host, port: endpoint.port, ipv6Only: endpoint.host.includes(":") };
}

function listenerOf(server: net.Server, endpoint: Endpoint): Listener {
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  return {
    endpoint: "path" in endpoint ? endpoint : { host: endpoint.host, port },
    // The socket is closed at once.
    close: async () => void server.close(),
  };
}
