/** Tidemark in this process, as a library user starts it. */

import { fromOptions } from "#tidemark/config/options.js";
import { type DirectiveOptions, Tidemark } from "#tidemark/index.js";
import { removeDirectory, temporaryDirectory } from "./directory.js";
import type { SimulatedPlatform } from "./platform.js";
import { WireClient, type WireOptions } from "./wire.js";

/** redis.conf directives as text: `{ appendonly: "yes", "maxmemory-policy": "allkeys-lru" }`. */
export type Directives = Readonly<Record<string, string>>;

/** No save points, so that nothing but the test decides what is written; DEBUG allowed. */
const DEFAULTS = { save: "", "enable-debug-command": "yes" } as const;

/** A server in this process, on a free port, whose data goes away with it. */
export class TidemarkHere {
  private constructor(
    private readonly server: Tidemark,
    readonly dir: string,
    private readonly ownsDir: boolean,
  ) {}

  /** The directives given come last and win. */
  static async start(directives: Directives = {}): Promise<TidemarkHere> {
    const dir = directives.dir ?? temporaryDirectory();
    const server = await Tidemark.start({ port: 0, dir, ...DEFAULTS, ...directives } as DirectiveOptions);
    return new TidemarkHere(server, dir, directives.dir === undefined);
  }

  get port(): number {
    return this.server.port;
  }

  get url(): string {
    return this.server.url;
  }

  client(options: WireOptions = {}): Promise<WireClient> {
    return WireClient.connect({ port: this.port, ...options });
  }

  async close(): Promise<void> {
    await this.server.close();
    if (this.ownsDir) removeDirectory(this.dir);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * A server on a simulated machine, with its data in /data. It listens on 127.0.0.1:6379 of the simulated network;
 * `await platform.clock.run(...)` around what waits for it.
 */
export function launchSimulated(platform: SimulatedPlatform, directives: Directives = {}): Promise<Tidemark> {
  return platform.clock.run(beginSimulated(platform, directives));
}

/** Like `launchSimulated`, for a test that moves the clock itself. */
export function beginSimulated(platform: SimulatedPlatform, directives: Directives = {}): Promise<Tidemark> {
  const surroundings = { disk: platform.disk, workingDirectory: platform.host.workingDirectory() };
  const options = { bind: "127.0.0.1", dir: "/data", ...DEFAULTS, ...directives } as DirectiveOptions;
  return Tidemark.launch(fromOptions(surroundings, options), { platform });
}
