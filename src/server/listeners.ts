/** The sockets that the server listens on, and who is let in. */

import { dirname } from "node:path";
import { checkDirectory, systemReason } from "../config/kinds/directory.js";
import type { Engine } from "../engine/engine.js";
import {
  type Endpoint,
  type Listener,
  type Connection as Socket,
  UNIX_PATH_BYTES,
} from "../platform/network.js";
import { BlockPool, Reply } from "../resp/reply.js";
import { Connection } from "./connection.js";
import type { Logger } from "./logger.js";
import type { Turn } from "./turn.js";

/** A listening socket cannot be had; the message says which, and the cause is the system's error. */
export class ListenError extends Error {}

const PROTECTED_MODE =
  "DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the " +
  "default user. In this mode connections are only accepted from the loopback interface. If you want to connect " +
  "from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode " +
  "sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the " +
  "same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. " +
  "Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by " +
  "editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the " +
  "server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' " +
  "option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above " +
  "things in order for the server to start accepting connections from the outside.";
const TOO_MANY = "ERR max number of clients reached";

export class Listeners {
  private tcp: Listener[] = [];
  private unix: Listener | null = null;
  /** Set while the server moves: it rejects when the new sockets cannot be had, and there are none then. */
  moving: Promise<void> | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly turn: Turn,
    private readonly logger: Logger,
  ) {}

  /** The TCP port in use, 0 without one. */
  get port(): number {
    const endpoint = this.tcp[0]?.endpoint;
    return endpoint !== undefined && "port" in endpoint ? endpoint.port : 0;
  }

  /** The address by which this machine reaches the TCP socket, as a URL has it. */
  get address(): string {
    const hosts = this.tcp.map(({ endpoint }) => ("host" in endpoint ? endpoint.host : ""));
    if (hosts.length === 0 || hosts.includes("0.0.0.0") || hosts.includes("127.0.0.1")) return "127.0.0.1";
    const host = hosts[0] === "::" ? "::1" : hosts[0]!;
    return host.includes(":") ? `[${host}]` : host;
  }

  /** The kinds of sockets that are open, for the line that says the server is ready. */
  get kinds(): string[] {
    return [...(this.tcp.length > 0 ? ["tcp"] : []), ...(this.unix !== null ? ["unix"] : [])];
  }

  /** INFO's listener lines, without their number. */
  describe(): string[] {
    const lines: string[] = [];
    if (this.tcp.length > 0) {
      const bound = this.engine.config.values.bind.map((address) => `bind=${address}`).join(",");
      lines.push(`name=tcp,${bound},port=${this.port}`);
    }
    if (this.unix !== null) lines.push(`name=unix,bind=${this.engine.config.values.unixsocket}`);
    return lines;
  }

  /**
   * Opens all sockets that the configuration asks for. `port` 0 takes a free one when `anyPort` is set, which is the
   * configuration's from then on: it is what a change of `bind` has to keep. Rejects when it asks for none, since
   * nobody could reach such a server.
   */
  async open(anyPort: boolean): Promise<void> {
    const { port, unixsocket } = this.engine.config.values;
    if (port !== 0 || anyPort) this.tcp = await this.listenTcp(this.engine.config.values.bind, port);
    if (port === 0 && anyPort) this.engine.config.assign("port", this.port);
    if (unixsocket !== "") this.unix = await this.listenUnix(this.engine.config.pathOf(unixsocket));
    if (this.kinds.length === 0) throw new ListenError("Configured to not listen anywhere, exiting.");
  }

  /** Moves to other addresses or another port, after a move that is under way. */
  reopen(): Promise<void> {
    const before = this.moving ?? Promise.resolve();
    const moving = before.catch(() => {}).then(() => this.move());
    this.moving = moving;
    const end = (): void => {
      if (this.moving === moving) this.moving = null;
    };
    moving.then(end, end);
    return moving;
  }

  private async move(): Promise<void> {
    const old = this.tcp;
    this.tcp = [];
    const { port, bind } = this.engine.config.values;
    // The same port on another set of addresses can only be had once the old sockets are closed.
    await Promise.all(old.map((listener) => listener.close()));
    this.tcp = port === 0 ? [] : await this.listenTcp(bind, port);
  }

  async close(): Promise<void> {
    const all = this.unix === null ? this.tcp : [...this.tcp, this.unix];
    if (this.unix !== null) this.logger.log("notice", "Removing the unix socket file.");
    this.tcp = [];
    this.unix = null;
    await Promise.all(all.map((listener) => listener.close()));
  }

  private async listenTcp(addresses: readonly string[], port: number): Promise<Listener[]> {
    const listeners: Listener[] = [];
    let chosen = port;
    for (const address of addresses) {
      const mayFail = address.startsWith("-");
      const host = hostOf(mayFail ? address.slice(1) : address);
      try {
        const listener = await this.listen({ host, port: chosen });
        if ("port" in listener.endpoint) chosen = listener.endpoint.port;
        listeners.push(listener);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const unavailable = code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EPROTONOSUPPORT";
        if (mayFail && unavailable) continue;
        this.logger.log(
          "warning",
          `Warning: Could not create server TCP listening socket ${address}:${port}: bind: ${systemReason(error)}`,
        );
        await Promise.all(listeners.map((listener) => listener.close()));
        throw new ListenError(`Failed listening on port ${port} (tcp), aborting.`, { cause: error });
      }
    }
    return listeners;
  }

  private async listenUnix(path: string): Promise<Listener> {
    const { disk } = this.engine.platform;
    const length = Buffer.byteLength(path);
    if (length >= UNIX_PATH_BYTES)
      throw new ListenError(
        `Failed opening Unix socket: unix socket path too long (${length}), must be under ${UNIX_PATH_BYTES}`,
      );
    try {
      // Of a directory that is not there libuv says that it may not be entered.
      checkDirectory(dirname(path), disk);
      disk.remove(path);
      const listener = await this.listen({ path });
      const mode = this.engine.config.values.unixsocketperm;
      if (mode !== 0) disk.setMode(path, mode);
      return listener;
    } catch (error) {
      throw new ListenError(`Failed opening Unix socket: bind: ${systemReason(error)}`, { cause: error });
    }
  }

  private listen(endpoint: Endpoint): Promise<Listener> {
    const backlog = this.engine.config.values["tcp-backlog"];
    return this.engine.platform.network.listen(endpoint, backlog, (socket) => this.accept(socket));
  }

  private accept(socket: Socket): void {
    const { config, clients, statistics } = this.engine;
    this.engine.refreshTime();
    if (clients.count >= config.values.maxclients) {
      statistics.rejectedConnections++;
      refuse(socket, TOO_MANY);
      return;
    }
    if (config.values["protected-mode"] && config.values.requirepass === "" && !socket.isLocal) {
      statistics.rejectedConnections++;
      refuse(socket, PROTECTED_MODE);
      return;
    }
    if (!socket.isUnix) socket.setKeepAlive(config.values["tcp-keepalive"]);
    this.logger.log("verbose", `Accepted ${socket.remote}`);
    new Connection(this.engine, this.turn, socket);
  }
}

/** The address as node:net wants it. */
function hostOf(address: string): string {
  if (address === "*") return "0.0.0.0";
  return address === "::*" ? "::" : address;
}

function refuse(socket: Socket, text: string): void {
  const reply = new Reply(new BlockPool());
  reply.error(text);
  const { bytes, length } = reply.take()!;
  socket.start({ onData: () => {}, onClose: () => {} });
  socket.write(bytes.subarray(0, length), () => {});
  socket.end();
}
