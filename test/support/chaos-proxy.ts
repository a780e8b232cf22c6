/** A TCP proxy that drops, delays, splits and half-closes connections at random, as its seed says. */

import * as net from "node:net";
import type { SeededChance } from "./chance.js";

/** Of a thousand reads so many end their connection, wait for a while, or are cut in pieces. */
const DROPS = 8;
const HALF_CLOSES = 4;
const DELAYS = 60;
const SPLITS = 300;

export class ChaosProxy {
  /** While false nothing goes wrong. */
  wild = true;
  made = 0;
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    readonly port: number,
    private readonly chance: SeededChance,
  ) {}

  static async start(target: number, chance: SeededChance): Promise<ChaosProxy> {
    const server = net.createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new ChaosProxy(server, (server.address() as net.AddressInfo).port, chance);
    server.on("connection", (near) => proxy.join(near, target));
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: net.Socket, target: number): void {
    this.made++;
    const far = net.connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    this.pass(near, far);
    this.pass(far, near);
  }

  private pass(from: net.Socket, to: net.Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on("error", () => {});
    from.on("close", () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.on("end", () => to.end());
    from.on("data", (bytes: Buffer) => {
      const fate = this.wild ? this.chance.below(1000) : 1000;
      if (fate < DROPS) {
        from.destroy();
      } else if (fate < DROPS + HALF_CLOSES) {
        // What has been read arrives, and then nothing more in this direction.
        to.end(bytes);
        from.pause();
        setTimeout(() => from.destroy(), 20);
      } else if (fate < DELAYS) {
        from.pause();
        setTimeout(() => {
          to.write(bytes);
          from.resume();
        }, this.chance.below(10));
      } else if (fate < SPLITS) {
        const at = this.chance.below(bytes.length + 1);
        to.write(bytes.subarray(0, at));
        setImmediate(() => to.write(bytes.subarray(at)));
        from.pause();
        setImmediate(() => from.resume());
      } else {
        to.write(bytes);
      }
    });
  }
}
