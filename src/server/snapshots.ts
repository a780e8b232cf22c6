/** The server's snapshots: the jobs that make them, what runs in the background, and the file that they go to. */

import type { Engine } from "../engine/engine.js";
import { Background } from "../persistence/background.js";
import { Saver } from "../persistence/saver.js";
import { SnapshotJobs } from "../snapshot/job/job.js";
import type { RdbMark } from "../snapshot/rdb/writer.js";
import type { Logger } from "./logger.js";

/** With so much data a thread is ready before the first snapshot, since its own memory is little beside. */
const READY_BYTES = 128 * 1024 * 1024;

export class Snapshots {
  readonly jobs: SnapshotJobs;
  readonly background = new Background();
  readonly saver: Saver;

  constructor(
    private readonly engine: Engine,
    logger: Logger,
  ) {
    this.jobs = new SnapshotJobs(engine.platform.threads);
    this.saver = new Saver({
      platform: engine.platform,
      keyspace: engine.keyspace,
      values: engine.config.values,
      jobs: this.jobs,
      background: this.background,
      facts: () => ({ usedMemory: engine.memory.usedBytes, mark: markOf(engine) }),
      log: logger.log,
    });
    this.saver.onCut = (ms) => engine.latency.record("fork", ms);
  }

  /** Once a second. */
  cron(): void {
    const { keyspace, memory } = this.engine;
    this.jobs.tend(keyspace.now, memory.datasetBytes >= READY_BYTES);
  }

  /** Ends every thread; snapshots that are being made come to nothing. */
  close(): void {
    this.jobs.close();
  }
}

/** Where the dataset stands in the stream that replicas follow; null when there is no such stream. */
function markOf({ log, history }: Engine): RdbMark | null {
  if (!log.hasReplicas) return null;
  return { replicationId: history.replid, offset: log.offset, database: Math.max(0, log.database) };
}
