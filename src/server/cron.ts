/** What is done in the background, `hz` times a second: expiry, eviction, timeouts, statistics. */

import { evictClients } from "../engine/client-eviction.js";
import type { Engine } from "../engine/engine.js";
import type { Timer } from "../platform/clock.js";
import type { AppendOnly } from "./append-only.js";
import { checkOutput } from "./output-limit.js";
import type { Snapshots } from "./snapshots.js";
import type { Turn } from "./turn.js";

/** Blocks of emptied databases and closed snapshots that are freed at a time: well below a millisecond's work. */
const RECLAIM_BLOCKS = 2000;
/** `dynamic-hz`: the work is done more often when there are more clients than this for each run of a second. */
const CLIENTS_PER_RUN = 200;
const HZ_MAX = 500;
/** Milliseconds that may go into freeing without a pause, and how long the pause is: short, so that nobody waits long. */
const RECLAIM_MS = 1;
const RECLAIM_PAUSE_MS = 15;

/** So much given back, and this part of what is still in use, is worth a garbage collection. */
const COLLECT_BYTES = 32 * 1024 * 1024;
const COLLECT_SHARE = 0.25;

export class Cron {
  private timer: Timer | null = null;
  /** Set while there is more to free. */
  private reclaimTimer: Timer | null = null;
  /** Whether eviction goes on at the end of the turn. */
  private evicting = false;
  private runs = 0;
  /** What had been given back when garbage was last collected. */
  private collectedBytes = 0;
  /** Runs a second, at present. */
  hz = 10;
  /** DEBUG PAUSE-CRON. */
  paused = false;

  constructor(
    private readonly engine: Engine,
    private readonly turn: Turn,
    private readonly appendOnly: AppendOnly,
    private readonly snapshots: Snapshots,
  ) {
    engine.eviction.onUnfinished = () => this.evictOn();
  }

  start(): void {
    this.hz = this.wantedHz();
    this.timer?.stop();
    this.timer = this.engine.platform.clock.every(1000 / this.hz, () => {
      if (!this.paused) this.run();
    });
  }

  stop(): void {
    this.timer?.stop();
    this.timer = null;
    this.reclaimTimer?.stop();
    this.reclaimTimer = null;
  }

  private wantedHz(): number {
    const { values } = this.engine.config;
    let hz = values.hz;
    if (values["dynamic-hz"]) {
      while (hz < HZ_MAX && this.engine.clients.count / hz > CLIENTS_PER_RUN) hz = Math.min(HZ_MAX, hz * 2);
    }
    return hz;
  }

  private run(): void {
    const { engine } = this;
    const { clock } = engine.platform;
    const startUs = clock.monotonicUs();
    engine.statistics.turnIsUnderWay(startUs);
    engine.refreshTime();
    engine.clients.endPauses();
    engine.memory.cron();
    engine.services.failover.check();
    evictClients(engine);
    engine.statistics.sample(engine.keyspace.now);
    if (engine.services.loading === null) this.expireAndEvict();
    if (engine.services.loading === null) {
      this.appendOnly.cron();
      engine.services.saver.cron();
    }
    if (this.runs++ % this.hz === 0) this.everySecond();
    this.reclaim();
    engine.statistics.cronUs += clock.monotonicUs() - startUs;
    // What expired is in the log, and the log is written at the end of a turn.
    this.turn.request();
  }

  private expireAndEvict(): void {
    const { engine } = this;
    const { values } = engine.config;
    if (engine.expiry.enabled) {
      const startUs = engine.platform.clock.monotonicUs();
      const result = engine.expiry.run(values["active-expire-effort"], this.hz, (action) =>
        engine.runUnit(action),
      );
      const ms = (engine.platform.clock.monotonicUs() - startUs) / 1000;
      engine.statistics.expired(result, ms);
      engine.latency.record("expire-cycle", ms);
    }
    engine.eviction.makeRoom();
  }

  /** Evicts turn by turn until memory is within its limit: between two of them clients are served. */
  private evictOn(): void {
    const { clock } = this.engine.platform;
    if (this.evicting) return;
    this.evicting = true;
    clock.endOfTurn(() => {
      this.evicting = false;
      if (this.timer === null || this.engine.services.loading !== null) return;
      this.engine.refreshTime();
      this.engine.eviction.makeRoom();
      this.turn.request();
    });
  }

  private everySecond(): void {
    this.engine.log.trim();
    this.engine.services.primary.cron();
    this.engine.services.follower.cron();
    this.snapshots.cron();
    this.closeIdle();
    this.collect();
    for (const client of this.engine.clients.all()) checkOutput(client, this.engine);
    if (this.wantedHz() !== this.hz) this.start();
  }

  /** What the arena and the log have given back stays with the process until a garbage collection. */
  private collect(): void {
    const { log, keyspace } = this.engine;
    const { mappedBytes } = keyspace.arena;
    const droppedBytes = keyspace.arena.droppedBytes + log.droppedBytes;
    const waiting = droppedBytes - this.collectedBytes;
    if (waiting < Math.max(COLLECT_BYTES, mappedBytes * COLLECT_SHARE)) return;
    this.collectedBytes = droppedBytes;
    this.engine.platform.host.collectGarbage();
  }

  /** `timeout`: clients that have been silent for so long are disconnected. */
  private closeIdle(): void {
    const { engine } = this;
    const seconds = engine.config.values.timeout;
    if (seconds === 0) return;
    const since = engine.keyspace.now - seconds * 1000;
    for (const client of engine.clients.all()) {
      const waits = client.monitor || client.replica !== null || client.subscribed || client.blocked !== null;
      if (waits || client.lastActiveMs > since) continue;
      engine.services.log("verbose", "Closing idle client");
      client.link.destroy();
    }
  }

  private reclaim(): void {
    const { clock } = this.engine.platform;
    const deadline = clock.monotonicUs() + RECLAIM_MS * 1000;
    let more = true;
    while (more && clock.monotonicUs() < deadline) more = this.engine.keyspace.reclaim(RECLAIM_BLOCKS);
    this.reclaimTimer?.stop();
    this.reclaimTimer = more ? clock.after(RECLAIM_PAUSE_MS, () => this.reclaim()) : null;
  }
}
