/** What replication needs of the server: the snapshots for full resyncs, and the parts that it works on. */

import { join } from "node:path";
import type { Config } from "../config/config.js";
import type { Engine } from "../engine/engine.js";
import { Restore } from "../engine/restore.js";
import { StreamClient } from "../engine/stream-client.js";
import { Failover } from "../replication/failover.js";
import type { ResyncSource, RunningSnapshot } from "../replication/primary/full-resync.js";
import type { Handshake } from "../replication/primary/handshake.js";
import { limitWarning } from "../replication/primary/output-limit.js";
import { Primary } from "../replication/primary/primary.js";
import type { FollowedDataset } from "../replication/replica/dataset.js";
import { Follower } from "../replication/replica/follower.js";
import { Capture, type Image } from "../snapshot/capture.js";
import { encode } from "../snapshot/encoder.js";
import { encoderOf, type Format, hasChecksum } from "../snapshot/job/formats.js";
import { Output } from "../snapshot/output.js";
import type { Logger } from "./logger.js";
import type { Persistence } from "./persistence.js";
import type { Snapshots } from "./snapshots.js";
import type { Turn } from "./turn.js";

/** Makes the replica's side of replication. */
export function followerOf(engine: Engine, surroundings: FollowerSurroundings): Follower {
  const { platform, config, log, history, services } = engine;
  const { logger, turn, persistence, port } = surroundings;
  const dataset: FollowedDataset = {
    stream: new StreamClient(engine),
    get isEmpty() {
      return engine.keyspace.databases.every(({ count }) => count === 0);
    },
    restore: (mode, size) =>
      new Restore(engine, mode, size, {
        log: logger.log,
        begun: (progress) => persistence.beginLoading(progress),
        ended: () => persistence.endLoading(),
      }),
    drain: () => turn.drain(),
    applied: () => turn.request(),
    roleChanged() {
      engine.settleExpiry();
      if (services.follower.isReplica) engine.blocking.refuseAll(ROLE_CHANGED);
    },
    suspendFile: () => persistence.suspendFile(),
    resumeFile: () => persistence.resumeFile(),
    diskFailure: () => (config.values["replica-ignore-disk-write-errors"] ? null : services.writeRefusal()),
    get syncedOffset() {
      return services.aof?.durableOffset ?? -1;
    },
  };
  return new Follower({
    config,
    clock: platform.clock,
    chance: platform.chance,
    network: platform.network,
    disk: platform.disk,
    pid: platform.host.pid,
    stream: log,
    history,
    dataset,
    port,
    primary: () => services.primary,
    log: logger.log,
  });
}

/** FAILOVER of this server. */
export function failoverOf(engine: Engine, logger: Logger): Failover {
  const { services, platform, clients } = engine;
  return new Failover({
    clock: platform.clock,
    primary: () => services.primary,
    follower: () => services.follower,
    holdWrites: (hold) =>
      hold ? clients.pause("failover", Number.POSITIVE_INFINITY, true) : clients.unpause("failover"),
    log: logger.log,
  });
}

const ROLE_CHANGED =
  "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";

/** The parts of the server that a replica works with. */
export interface FollowerSurroundings {
  readonly logger: Logger;
  readonly turn: Turn;
  readonly persistence: Persistence;
  /** The TCP port that the server listens on. */
  readonly port: () => number;
}

/** Makes the primary's side of replication for an engine, which makes its snapshots with `snapshots`. */
export function primaryOf(engine: Engine, logger: Logger, snapshots: Snapshots): Primary {
  const { platform, config, log, history, statistics } = engine;
  config.onChange(["client-output-buffer-limit", "repl-backlog-size"], () => {
    warnOfLimit(config, logger);
    return undefined;
  });
  return new Primary({
    config,
    clock: platform.clock,
    chance: platform.chance,
    disk: platform.disk,
    log,
    history,
    snapshots: new ResyncSnapshots(engine, snapshots),
    isReplica: () => engine.services.follower.isReplica,
    pid: platform.host.pid,
    counters: statistics,
    tell: (words) => engine.runUnit(() => engine.unit.tell(-1, words)),
    writeLog: logger.log,
  });
}

/** Says in the log when the output limit of replicas is at odds with the size of the backlog. */
export function warnOfLimit({ values }: Config, logger: Logger): void {
  const warning = limitWarning(values);
  if (warning !== null) logger.log("warning", warning);
}

class ResyncSnapshots implements ResyncSource {
  constructor(
    private readonly engine: Engine,
    private readonly snapshots: Snapshots,
  ) {}

  get isBusy(): boolean {
    return !this.snapshots.background.isFree;
  }

  get isSaving(): boolean {
    return this.snapshots.background.running("save") !== null;
  }

  save(): { path: string; job: RunningSnapshot } {
    const { saver, background } = this.snapshots;
    const { values } = this.engine.config;
    saver.saveInBackground();
    const job = background.running("save")?.job ?? { done: Promise.resolve(NOT_BEGUN), abort: () => {} };
    return { path: join(values.dir, values.dbfilename), job };
  }

  stream(content: Handshake, take: (bytes: Uint8Array) => Promise<void>): RunningSnapshot {
    const { saver, background, jobs } = this.snapshots;
    const { clock } = this.engine.platform;
    const startUs = clock.monotonicUs();
    const capture = Capture.take(this.engine.keyspace);
    const format = saver.format();
    if (content.excludesData) {
      capture.release();
      return { done: take(withoutKeys(capture.image, format)).then(() => DONE), abort: () => {} };
    }
    const keyDelayUs = this.engine.config.values["rdb-key-save-delay"];
    const job = jobs.start(capture, format, { kind: "stream", take }, { keyDelayUs });
    saver.tookCut(clock.monotonicUs() - startUs);
    background.begin("transfer", job, clock.now());
    return job;
  }
}

const NOT_BEGUN = { outcome: "failed", reason: "the snapshot could not be begun" } as const;
const DONE = { outcome: "done" } as const;

/** A snapshot of a dataset as if it were empty. */
function withoutKeys(image: Image, format: Format): Uint8Array {
  const parts: Buffer[] = [];
  const sink = (bytes: Uint8Array, start: number, end: number): void =>
    void parts.push(Buffer.from(bytes.subarray(start, end)));
  const output = new Output(sink, hasChecksum(format));
  const steps = encode({ ...image, databases: [] }, encoderOf(format, output));
  while (steps.next().done !== true) {}
  return Buffer.concat(parts);
}
