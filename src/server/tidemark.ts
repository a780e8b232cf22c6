/**
 * The composition root: makes a server out of the parts, starts it and ends it.
 *
 * Start: configuration, keyspace and engine, listening sockets (which answer -LOADING), the dataset from disk, cron,
 * ready. End: sockets closed to newcomers, the log on the device, connections closed.
 */

import { commandTable } from "../commands/table.js";
import type { Config } from "../config/config.js";
import { FatalConfigError } from "../config/fatal.js";
import { type DirectiveOptions, fromOptions } from "../config/options.js";
import { REDIS_VERSION, TIDEMARK_VERSION } from "../config/version.js";
import { CommandTable } from "../engine/command-table.js";
import { Engine } from "../engine/engine.js";
import type { ShutdownOptions } from "../engine/services.js";
import { Keyspace } from "../keyspace/keyspace.js";
import { Log } from "../log/log.js";
import { EndedEarly } from "../persistence/start-error.js";
import { randomId } from "../platform/chance.js";
import { nodePlatform, type Platform } from "../platform/platform.js";
import { applyConfig } from "./apply-config.js";
import { Cron } from "./cron.js";
import { applyDefaultUser } from "./default-user.js";
import { Farewell } from "./farewell.js";
import { Listeners } from "./listeners.js";
import { Logger } from "./logger.js";
import { keepToOpenFiles } from "./open-files.js";
import { Persistence } from "./persistence.js";
import { failoverOf, followerOf, primaryOf, warnOfLimit } from "./replication.js";
import { ServerServices } from "./services.js";
import { Snapshots } from "./snapshots.js";
import { Turn } from "./turn.js";
import { refuseUnsupported } from "./unsupported.js";

const NO_CONFIGURATION =
  "Warning: no config file specified, using the default config. In order to specify a config file use tidemark /path/to/redis.conf";

/** How a server is started, besides its configuration. */
export interface LaunchOptions {
  /** The machine; tests give a simulated one. */
  readonly platform?: Platform;
  /** Port 0 takes a free port, instead of meaning "no TCP". */
  readonly anyPort?: boolean;
}

/** A server, from its start to its end. Any number of them may run in one process. */
export class Tidemark implements AsyncDisposable {
  /** Settles when the server has ended, by `close` or by SHUTDOWN. */
  readonly closed: Promise<void>;
  private readonly settleClosed: () => void;
  private closing: Promise<void> | null = null;
  /** While a shutdown waits for replicas. */
  private farewell: Farewell | null = null;

  private constructor(
    private readonly platform: Platform,
    private readonly config: Config,
    private readonly engine: Engine,
    private readonly turn: Turn,
    private readonly listeners: Listeners,
    private readonly persistence: Persistence,
    private readonly snapshots: Snapshots,
    private readonly cron: Cron,
    private readonly logger: Logger,
  ) {
    let settle = (): void => {};
    this.closed = new Promise((resolve) => {
      settle = resolve;
    });
    this.settleClosed = settle;
  }

  /**
   * Starts a server with directives as redis.conf knows them, by name: `{ port: 0, dir, appendonly: true }`. Port 0
   * takes a free port. Without `loglevel` or `logfile` it logs nothing. Rejects when the configuration is wrong, a
   * socket cannot be had, the data on disk cannot be read, or a client ends the server before it has been read.
   */
  static async start(options: DirectiveOptions = {}): Promise<Tidemark> {
    const platform = nodePlatform();
    const quiet = options.loglevel === undefined && options.logfile === undefined;
    const surroundings = { disk: platform.disk, workingDirectory: platform.host.workingDirectory() };
    const config = fromOptions(surroundings, quiet ? { loglevel: "nothing", ...options } : options);
    return Tidemark.launch(config, { platform, anyPort: true });
  }

  /** Starts a server with a configuration that was read before. */
  static async launch(config: Config, options: LaunchOptions = {}): Promise<Tidemark> {
    const server = Tidemark.compose(config, options.platform ?? nodePlatform());
    try {
      const endedEarly = server.closed.then(() => {
        throw new EndedEarly();
      });
      await Promise.race([server.open(options.anyPort ?? false), endedEarly]);
    } catch (error) {
      if (server.closing === null) await server.release();
      else await server.closing.catch(() => {});
      throw error;
    }
    return server;
  }

  /** The TCP port that the server listens on, 0 without one. */
  get port(): number {
    return this.listeners.port;
  }

  /** For clients on this machine: `redis://127.0.0.1:PORT`, or the address of `bind`. */
  get url(): string {
    return `redis://${this.listeners.address}:${this.port}`;
  }

  /**
   * Ends the server: everything that was acknowledged is on the device when it settles, and with save points
   * configured a snapshot too. Rejects when the disk does not take it; the server has ended even then.
   */
  close(): Promise<void> {
    return this.shutdown({ save: "default", now: true, force: true });
  }

  /**
   * Like `close`; but without `force` it rejects when the disk does not take everything, and the server goes on. Waits
   * up to `shutdown-timeout` seconds for replicas that lag behind, unless `now` is set.
   */
  shutdown(options: ShutdownOptions): Promise<void> {
    if (options.now) this.farewell?.hurry();
    this.closing ??= this.end(options).catch((error) => {
      if (!options.force) this.closing = null;
      throw error;
    });
    return this.closing;
  }

  /** Calls off a shutdown that waits for replicas, which rejects then; false when there is none. */
  abortShutdown(): boolean {
    if (this.farewell === null) return false;
    this.logger.log("notice", "Shutdown manually aborted.");
    this.farewell.abort();
    return true;
  }

  /** How long a shutdown that waits for replicas still will, milliseconds; null when there is none. */
  get shutdownInMs(): number | null {
    return this.farewell?.remainingMs ?? null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private static compose(config: Config, platform: Platform): Tidemark {
    refuseUnsupported(config);
    applyDefaultUser(config);
    const logger = new Logger(platform, config);
    const keyspace = new Keyspace(config.values.databases, platform.chance);
    const log = new Log();
    const commands = new CommandTable(commandTable);
    for (const { from, to, place } of config.renames) {
      const refusal = commands.rename(from, to);
      if (refusal !== null) throw new FatalConfigError(place, refusal);
    }
    const services = new ServerServices(platform, config, logger.log, randomId(platform.chance));
    const engine = new Engine({ platform, config, keyspace, log, commands, services });
    const snapshots = new Snapshots(engine, logger);
    const persistence = new Persistence(engine, snapshots, logger);
    const turn = new Turn(engine, () => persistence.aof);
    const listeners = new Listeners(engine, turn, logger);
    const cron = new Cron(engine, turn, persistence.appendOnly, snapshots);
    const server = new Tidemark(
      platform,
      config,
      engine,
      turn,
      listeners,
      persistence,
      snapshots,
      cron,
      logger,
    );
    persistence.attach(turn);
    const primary = primaryOf(engine, logger, snapshots);
    const follower = followerOf(engine, { logger, turn, persistence, port: () => listeners.port });
    const failover = failoverOf(engine, logger);
    services.attach({ turn, listeners, persistence, snapshots, primary, follower, failover, cron, server });
    applyConfig(engine, { listeners, cron });
    return server;
  }

  private async open(anyPort: boolean): Promise<void> {
    const { logger, config } = this;
    logger.open();
    logger.log("notice", "oO0OoO0OoO0Oo Tidemark is starting oO0OoO0OoO0Oo");
    logger.log(
      "notice",
      `Tidemark version=${TIDEMARK_VERSION}, Redis version=${REDIS_VERSION}, bits=64, pid=${this.platform.host.pid}, just started`,
    );
    if (config.isGiven) logger.log("notice", "Configuration loaded");
    else logger.log("warning", NO_CONFIGURATION);
    logger.hasRole = true;
    await this.listeners.open(anyPort);
    logger.log("notice", `Running mode=standalone, port=${this.port}.`);
    logger.log("notice", "Server initialized");
    warnOfLimit(config, logger);
    keepToOpenFiles(this.engine);
    this.snapshots.saver.removeLeftovers();
    this.engine.memory.startupBytes = this.engine.memory.usedBytes;
    await this.persistence.open();
    this.engine.services.follower.start();
    this.cron.start();
    const kinds = this.listeners.kinds.join(", ");
    logger.log(
      "notice",
      kinds === "" ? "Ready to accept connections" : `Ready to accept connections ${kinds}`,
    );
  }

  private async end({ save, force, now }: ShutdownOptions): Promise<void> {
    const { logger, engine } = this;
    logger.log("notice", "User requested shutdown...");
    if (!now) await this.waitForReplicas();
    engine.services.primary.isQuiet = true;
    engine.services.follower.pause(true);
    // Nothing may change any more while the last bytes are on their way to the device.
    engine.clients.pause("shutdown", Number.POSITIVE_INFINITY, false);
    this.mayBegin(false);
    let failure: unknown = null;
    try {
      await this.stopBackground(force);
      this.turn.end();
      engine.services.primary.reportFarewell();
      this.saveFinally(save);
      await this.persistence.close();
    } catch (error) {
      logger.log("warning", (error as Error).message);
      if (!force) {
        logger.log("warning", "Errors trying to shut down the server. Check the logs for more information.");
        this.mayBegin(true);
        engine.services.primary.isQuiet = false;
        engine.services.follower.pause(false);
        engine.clients.unpause("shutdown");
        throw error;
      }
      failure = error;
    }
    await this.release();
    logger.log("warning", "Tidemark is now ready to exit, bye bye...");
    this.settleClosed();
    if (failure !== null) throw failure;
  }

  /** Holds all writes until every replica has what was written, or `shutdown-timeout` is over. Rejects when called off. */
  private async waitForReplicas(): Promise<void> {
    const { engine, logger, config } = this;
    const { primary, loading } = engine.services;
    const timeoutMs = config.values["shutdown-timeout"] * 1000;
    if (timeoutMs === 0 || primary.isCaughtUp || loading !== null) return;
    engine.clients.pause("shutdown", Number.POSITIVE_INFINITY, true);
    logger.log("notice", "Waiting for replicas before shutting down.");
    this.farewell = new Farewell(this.platform.clock, () => primary.isCaughtUp, timeoutMs);
    try {
      await this.farewell.done;
    } catch (error) {
      engine.clients.unpause("shutdown");
      throw error;
    } finally {
      this.farewell = null;
    }
  }

  /** Whether the cron begins snapshots and rewrites. */
  private mayBegin(enabled: boolean): void {
    this.snapshots.saver.enabled = enabled;
    this.persistence.appendOnly.rewriter.enabled = enabled;
  }

  private async stopBackground(force: boolean): Promise<void> {
    const { rewriter } = this.persistence.appendOnly;
    if (rewriter.isProvisional) {
      if (!force) throw new Error("Writing initial AOF, can't exit");
      this.logger.log("warning", "Writing initial AOF. Exit anyway.");
    }
    if (rewriter.isRunning) this.logger.log("warning", "There is a child rewriting the AOF. Killing it!");
    await rewriter.abort();
    const { background } = this.snapshots;
    if (background.saving !== null)
      this.logger.log("warning", "There is a child saving an .rdb. Killing it!");
    await background.abort();
  }

  /** The snapshot of the end, if it is asked for. What has not been loaded completely is not saved. */
  private saveFinally(save: ShutdownOptions["save"]): void {
    const wanted = save === "save" || (save === "default" && this.config.values.save.length > 0);
    if (!wanted || this.persistence.loading !== null) return;
    this.logger.log("notice", "Saving the final RDB snapshot before exiting.");
    if (!this.snapshots.saver.save()) throw new Error("Error trying to save the DB, can't exit.");
  }

  /** Lets go of everything, in whatever state the server is. */
  private async release(): Promise<void> {
    this.cron.stop();
    this.snapshots.close();
    const closed = this.listeners.close();
    for (const client of this.engine.clients.all()) client.link.destroy();
    await closed;
  }
}
