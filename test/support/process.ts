/** Servers as child processes: Tidemark's executable or Debian's redis-server, with their log and their end. */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { eventually } from "./condition.js";
import { freePort, removeDirectory, temporaryDirectory } from "./directory.js";
import { WireClient, type WireOptions } from "./wire.js";

/** The executable of this checkout. */
export const TIDEMARK_EXECUTABLE = fileURLToPath(new URL("../../../bin/tidemark", import.meta.url));
export const REDIS_EXECUTABLE = "redis-server";

export interface ServerOptions {
  /** Default: `bin/tidemark` of this checkout. */
  readonly executable?: string;
  /** Command line after the port and the directory: `["--appendonly", "yes"]`. */
  readonly args?: readonly string[];
  /** Where the data is. Default: a new temporary directory, removed by `close`. */
  readonly dir?: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** How long the start may take. Default 20,000 ms. */
  readonly startMs?: number;
}

/** How a child process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of an executable, whether or not it ever serves. */
export class Run {
  /** Standard output and error so far. */
  log = "";
  ending: Ending | null = null;
  private readonly endPromise: Promise<Ending>;

  constructor(readonly child: ChildProcess) {
    const collect = (bytes: Buffer): void => {
      this.log += bytes.toString();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    this.endPromise = new Promise((resolve) => {
      child.on("error", (error) => {
        this.log += `\n${error.message}`;
        resolve(this.finish({ code: -1, signal: null }));
      });
      child.on("close", (code, signal) => resolve(this.finish({ code, signal })));
    });
  }

  /** Settles when the process has ended. */
  end(): Promise<Ending> {
    return this.endPromise;
  }

  /** Waits for text in the log; throws with the log when the process ends before it appears. */
  async logged(text: string, timeoutMs = 20_000): Promise<void> {
    await eventually(`${JSON.stringify(text)} in the log`, () => this.looked(text), timeoutMs).catch(
      (error) => {
        throw new Error(`${(error as Error).message}\n--- log ---\n${this.log}`);
      },
    );
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Ending> {
    if (this.ending === null) this.child.kill(signal);
    return this.end();
  }

  private looked(text: string): boolean {
    if (this.log.includes(text)) return true;
    if (this.ending !== null)
      throw new Error(`The process ended (${JSON.stringify(this.ending)}) without ${JSON.stringify(text)}`);
    return false;
  }

  private finish(ending: Ending): Ending {
    this.ending = ending;
    return ending;
  }
}

/** Starts an executable with exactly these arguments. For command lines that fail, `--version` and the like. */
export function runExecutable(
  executable: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly input?: string;
  } = {},
): Run {
  const child = spawn(executable, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.environment },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input ?? "");
  return new Run(child);
}

/** A server in a process of its own that has said it accepts connections. */
export class ServerProcess {
  private constructor(
    readonly run: Run,
    readonly port: number,
    readonly dir: string,
    private readonly ownsDir: boolean,
  ) {}

  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const dir = options.dir ?? temporaryDirectory();
    const port = options.port ?? (await freePort());
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, ...(options.args ?? [])];
    const run = runExecutable(options.executable ?? TIDEMARK_EXECUTABLE, args, {
      environment: options.environment ?? {},
    });
    const server = new ServerProcess(run, port, dir, options.dir === undefined);
    try {
      await run.logged("Ready to accept connections", options.startMs ?? 20_000);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.run.child.pid ?? -1;
  }

  get log(): string {
    return this.run.log;
  }

  client(options: WireOptions = {}): Promise<WireClient> {
    return WireClient.connect({ port: this.port, ...options });
  }

  /** Sends the signal and waits for the end of the process. The directory stays. */
  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Ending> {
    return this.run.kill(signal);
  }

  /** Kills the process if it still runs, and removes the directory if it was made here. */
  async close(): Promise<void> {
    await this.run.kill("SIGKILL");
    if (this.ownsDir) removeDirectory(this.dir);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
