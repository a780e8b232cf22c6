/** The two servers that are measured, each a process of its own on a port and in a directory of its own. */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answersPing } from "./connection.js";

export type Name = "tidemark" | "redis";

const EXECUTABLES: Readonly<Record<Name, string>> = {
  tidemark: fileURLToPath(new URL("../../bin/tidemark", import.meta.url)),
  redis: "redis-server",
};
const WATCHED = fileURLToPath(new URL("./watched.js", import.meta.url));

/** The environment variable in which the program that watches finds how much longer syncs take. */
export const SYNC_MS = "TIDEMARK_BENCH_SYNC_MS";

/** Directives for both: no save points, no rewrite in the middle of a measurement. */
const COMMON = ["--save", "", "--auto-aof-rewrite-percentage", "0"];

export interface ContenderOptions {
  readonly fsync?: "everysec" | "always";
  readonly dir?: string;
  /** Default: true. */
  readonly appendOnly?: boolean;
  /** Milliseconds that each sync takes longer than the disk does; for `startWatched`. */
  readonly syncMs?: number;
  /** Further directives: `["--aof-annotations", "no"]`. */
  readonly args?: readonly string[];
}

export class Contender {
  private constructor(
    readonly name: Name,
    readonly port: number,
    readonly dir: string,
    readonly child: ChildProcess,
    /** From the start of the process to the first PING that was answered. */
    readonly startMs: number,
  ) {}

  /** Starts a server and waits until it answers PING otherwise than with LOADING. */
  static start(name: Name, options: ContenderOptions = {}): Promise<Contender> {
    return Contender.launch(name, options, (args) =>
      spawn(EXECUTABLES[name], args, { stdio: ["ignore", "ignore", "inherit"] }),
    );
  }

  /** Starts Tidemark inside a program that watches its event loop; see watched.ts for the messages it takes. */
  static startWatched(options: ContenderOptions = {}): Promise<Contender> {
    const env = { ...process.env, [SYNC_MS]: String(options.syncMs ?? 0) };
    return Contender.launch("tidemark", options, (args) => fork(WATCHED, args, { env }));
  }

  private static async launch(
    name: Name,
    options: ContenderOptions,
    run: (args: string[]) => ChildProcess,
  ): Promise<Contender> {
    const dir = options.dir ?? temporaryDirectory();
    const port = await freePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir];
    const began = performance.now();
    const log = ["--appendonly", (options.appendOnly ?? true) ? "yes" : "no"];
    const { fsync = "everysec", args: more = [] } = options;
    const child = run([...args, ...COMMON, ...log, "--appendfsync", fsync, ...more]);
    while (!(await answersPing(port))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} did not start`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return new Contender(name, port, dir, child, performance.now() - began);
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** Ends the server and leaves its files. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "tidemark-bench-"));
}

/** Both servers, for as long as the action takes. */
export async function withBoth<T>(
  options: ContenderOptions,
  action: (both: readonly Contender[]) => Promise<T>,
): Promise<T> {
  const tidemark = await Contender.start("tidemark", options);
  const redis = await Contender.start("redis", options).catch(async (error) => {
    await tidemark.remove();
    throw error;
  });
  try {
    return await action([tidemark, redis]);
  } finally {
    await Promise.all([tidemark.remove(), redis.remove()]);
  }
}

/** Ours first in even rounds, redis-server first in odd ones. */
export function alternated<T>(both: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? both : [...both].reverse();
}

function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen({ port: 0, host: "127.0.0.1" }, () => {
      const bound = probe.address();
      probe.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });
}
