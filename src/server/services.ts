/** What commands may ask of the server, filled in from the parts of it. */

import type { Config } from "../config/config.js";
import { rewriteFile } from "../config/rewrite.js";
import { fail } from "../engine/errors.js";
import type { LoadingProgress, ServerFacts, Services, ShutdownOptions } from "../engine/services.js";
import type { AppendOnlyFile } from "../persistence/append-only-file.js";
import type { Background } from "../persistence/background.js";
import type { Rewriter } from "../persistence/rewriter.js";
import type { Saver } from "../persistence/saver.js";
import type { Platform } from "../platform/platform.js";
import type { Failover } from "../replication/failover.js";
import type { Primary } from "../replication/primary/primary.js";
import type { Follower } from "../replication/replica/follower.js";
import type { LogLine } from "../util/log-line.js";
import type { Cron } from "./cron.js";
import type { Listeners } from "./listeners.js";
import type { Persistence } from "./persistence.js";
import type { Snapshots } from "./snapshots.js";
import type { Turn } from "./turn.js";

/** The parts that exist only after the engine, which needs the services itself. */
export interface ServerParts {
  readonly turn: Turn;
  readonly listeners: Listeners;
  readonly persistence: Persistence;
  readonly snapshots: Snapshots;
  readonly primary: Primary;
  readonly follower: Follower;
  readonly failover: Failover;
  readonly cron: Cron;
  readonly server: Pick<Services, "shutdown" | "abortShutdown" | "shutdownInMs">;
}

/** Asks the parts; it exists before them, since the engine needs it. */
export class ServerServices implements Services {
  private parts!: ServerParts;
  private readonly startedMs: number;

  constructor(
    private readonly platform: Platform,
    private readonly config: Config,
    readonly log: LogLine,
    private readonly runId: string,
  ) {
    this.startedMs = platform.clock.now();
  }

  attach(parts: ServerParts): void {
    this.parts = parts;
  }

  get facts(): ServerFacts {
    return {
      runId: this.runId,
      startedMs: this.startedMs,
      port: this.parts.listeners.port,
      executable: this.platform.host.executable,
      configFile: this.config.file ?? "",
      listeners: this.parts.listeners.describe(),
    };
  }

  get primary(): Primary {
    return this.parts.primary;
  }

  get failover(): Failover {
    return this.parts.failover;
  }

  get follower(): Follower {
    return this.parts.follower;
  }

  get loading(): LoadingProgress | null {
    return this.parts.persistence.loading;
  }

  get aof(): AppendOnlyFile | null {
    return this.parts.persistence.aof;
  }

  get saver(): Saver {
    return this.parts.snapshots.saver;
  }

  get rewriter(): Rewriter {
    return this.parts.persistence.appendOnly.rewriter;
  }

  get background(): Background {
    return this.parts.snapshots.background;
  }

  writeRefusal(): string | null {
    return this.saver.writeRefusal() ?? this.parts.persistence.writeRefusal();
  }

  shutdown(options: ShutdownOptions): Promise<void> {
    return this.parts.server.shutdown(options);
  }

  abortShutdown(): boolean {
    return this.parts.server.abortShutdown();
  }

  get shutdownInMs(): number | null {
    return this.parts.server.shutdownInMs;
  }

  get moving(): Promise<void> | null {
    return this.parts.listeners.moving;
  }

  flushed(): void {
    if (this.loading !== null) return;
    this.background.running("save")?.job.abort();
    if (this.config.values.save.length > 0) this.saver.save();
  }

  rewriteConfig(defaults: boolean): void {
    const error = rewriteFile(this.config, this.platform.disk, null, defaults);
    if (error !== null) throw fail(error);
  }

  reload(): Promise<void> {
    return this.parts.persistence.reload();
  }

  reloadSnapshot(options: { readonly flush: boolean; readonly merge: boolean }): Promise<void> | null {
    return this.parts.persistence.reloadSnapshot(options);
  }

  get hz(): number {
    return this.parts.cron.hz;
  }

  pauseCron(paused: boolean): void {
    this.parts.cron.paused = paused;
  }

  sleepBeforeFlush(microseconds: number): void {
    this.parts.turn.flushSleepUs = microseconds;
  }
}
