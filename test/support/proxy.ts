/** A TCP proxy between a replica and its primary, which a test can cut. */

import * as net from "node:net";

export class CutProxy {
  /** Connections that were made through it so far. */
  made = 0;
  /** While true nobody gets through. */
  closed = false;
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    readonly port: number,
  ) {}

  /** A proxy in front of a port of this machine. */
  static async start(target: number): Promise<CutProxy> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new CutProxy(server, (server.address() as net.AddressInfo).port);
    server.on("connection", (near) => proxy.join(near, target));
    return proxy;
  }

  /** Ends all connections at once; what was under way is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private join(near: net.Socket, target: number): void {
    if (this.closed) {
      near.destroy();
      return;
    }
    this.made++;
    const far = net.connect({ port: target, host: "127.0.0.1" });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
