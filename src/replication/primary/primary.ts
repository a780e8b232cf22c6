/**
 * The primary's side of replication: who follows, from where, and how far they are.
 *
 *  - A replica asks for the stream from an offset of a history (PSYNC). If the history is ours and the backlog still
 *    has the offset it goes on from there; else it gets a snapshot first (full-resync.ts).
 *  - At the end of each turn of the loop the log's blocks go to the backlog, and from there to every replica.
 *  - Replicas acknowledge once a second, and when asked to (REPLCONF GETACK): that is what WAIT,
 *    `min-replicas-to-write` and `repl-timeout` go by.
 *
 * The backlog exists from the first replica on, or from the start when the files told the position (`recall`). As long as
 * it does the log's offset moves with every write (log.ts), and it is given up after `repl-backlog-ttl` without replicas.
 */

import type { LogBlock } from "../../log/block.js";
import type { Mark } from "../../log/history.js";
import { type AckWaiter, AckWaiters } from "./ack-waiters.js";
import { Backlog } from "./backlog.js";
import { type FullResyncParts, FullResyncs } from "./full-resync.js";
import type { Handshake } from "./handshake.js";
import { Replica, type ReplicaLink, SHOWN_STATES } from "./replica.js";
import { type LossCause, type Refused, Resyncs } from "./resyncs.js";

/** Counters that INFO shows and CONFIG RESETSTAT clears. */
export interface SyncCounters {
  fullSyncs: number;
  partialSyncs: number;
  refusedPartialSyncs: number;
}

export interface PrimaryParts extends Omit<FullResyncParts, "replicas" | "online"> {
  readonly counters: SyncCounters;
  /** Puts a command into the stream that is for replicas alone. */
  readonly tell: (words: readonly string[]) => void;
}

/** PSYNC's two arguments, or null for SYNC. */
export interface SyncRequest {
  readonly replid: string;
  /** The first byte wanted, counted from 1. */
  readonly offset: number;
}

export class Primary {
  /** In the order of their coming. */
  readonly replicas: Replica[] = [];
  readonly resyncs = new Resyncs();
  backlog: Backlog | null = null;
  /** Replicas that are online and were heard of within `min-replicas-max-lag` seconds. */
  goodReplicas = 0;
  /** Somebody waits for acknowledgements: the replicas are asked for them at the end of the turn. */
  wantsAcks = false;
  /** The server is about to end: nothing may be put into the stream any more. */
  isQuiet = false;
  readonly waiters = new AckWaiters();
  private readonly fullResyncs: FullResyncs;
  /** When the last replica left, milliseconds since 1970. */
  private aloneSinceMs = 0;
  private seconds = 1;
  /** Why the connection of a replica is being closed. */
  private readonly causes = new Map<Replica, LossCause>();

  constructor(private readonly parts: PrimaryParts) {
    this.fullResyncs = new FullResyncs({
      ...parts,
      replicas: this.replicas,
      online: (replica) => this.transferred(replica),
    });
  }

  // ---- Who follows ----

  /**
   * A connection asks to be a replica; it is one from now on, which `become` is told before anything is sent.
   */
  attach(
    link: ReplicaLink,
    handshake: Handshake,
    request: SyncRequest | null,
    become: (replica: Replica) => void,
  ): void {
    const { config, clock, counters, writeLog } = this.parts;
    const replica = new Replica(link, handshake, clock.now());
    replica.usesSync = request === null;
    become(replica);
    writeLog("notice", `Replica ${replica.name} asks for synchronization`);
    if (request !== null && this.canContinue(replica, request)) {
      counters.partialSyncs++;
      this.continueFrom(replica, request.offset);
      return;
    }
    if (request !== null && request.replid !== "?") counters.refusedPartialSyncs++;
    counters.fullSyncs++;
    this.recordResync({
      replica: replica.name,
      replid: request?.replid ?? null,
      offset: request?.offset ?? 0,
    });
    this.replicas.push(replica);
    if (config.values["repl-disable-tcp-nodelay"]) link.setNoDelay(false);
    this.ensureBacklog();
    this.fullResyncs.attach(replica);
  }

  /** The connection of a replica is gone. */
  detach(replica: Replica): void {
    const at = this.replicas.indexOf(replica);
    if (at === -1) return;
    const { clock, writeLog } = this.parts;
    const now = clock.now();
    this.replicas.splice(at, 1);
    writeLog("notice", `Connection with replica ${replica.name} lost.`);
    this.resyncs.lost(replica.name, this.causes.get(replica) ?? "other", now);
    this.causes.delete(replica);
    replica.lost();
    this.fullResyncs.detach();
    if (this.replicas.length === 0) this.aloneSinceMs = now;
    this.countGood();
  }

  /** The connection of the replica is about to be closed, and this is why. */
  blame(replica: Replica, cause: LossCause): void {
    this.causes.set(replica, cause);
  }

  /** REPLCONF ACK: the replica has applied everything up to the offset. */
  acknowledged(replica: Replica, offset: number, fileOffset: number | null): void {
    const { ackOffset, ackFileOffset } = replica;
    replica.ackOffset = Math.max(ackOffset, offset);
    replica.ackFileOffset = Math.max(ackFileOffset, fileOffset ?? 0);
    replica.ackMs = this.parts.clock.now();
    if (replica.awaitsAck && !replica.handshake.rdbOnly) {
      replica.stream();
      this.feedOne(replica);
    }
    if (replica.ackOffset > ackOffset || replica.ackFileOffset > ackFileOffset) this.waiters.serve();
  }

  /** How many replicas have everything up to the offset. */
  countAcknowledged(offset: number): number {
    return this.replicas.filter(({ state, ackOffset }) => state === "online" && ackOffset >= offset).length;
  }

  /** How many replicas have everything up to the offset in their append-only files, on the device. */
  countStored(offset: number): number {
    const stored = ({ state, ackFileOffset }: Replica): boolean =>
      state === "online" && ackFileOffset >= offset;
    return this.replicas.filter(stored).length;
  }

  /** Asks the replicas how far they are, and looks whenever somebody has come further, until the waiter is forgotten. */
  waitFor(waiter: AckWaiter): void {
    this.waiters.add(waiter);
    this.wantsAcks = true;
  }

  /** Seconds since the replica was heard of; 0 before it is online. */
  lagOf({ state, ackMs }: Replica): number {
    const seconds = (ms: number): number => Math.floor(ms / 1000);
    return state === "online" ? seconds(this.parts.clock.now()) - seconds(ackMs) : 0;
  }

  /** Whether `min-replicas-to-write` lets writes through. */
  get hasEnoughReplicas(): boolean {
    const { values } = this.parts.config;
    const least = values["min-replicas-to-write"];
    return least === 0 || values["min-replicas-max-lag"] === 0 || this.goodReplicas >= least;
  }

  /** Whether the replica has acknowledged everything. */
  hasEverything({ state, ackOffset }: Replica): boolean {
    return state === "online" && ackOffset === this.parts.log.offset;
  }

  /** Whether every replica has acknowledged everything; who wants only a snapshot does not count. */
  get isCaughtUp(): boolean {
    return this.lagging.length === 0;
  }

  private get lagging(): readonly Replica[] {
    const { offset } = this.parts.log;
    return this.replicas.filter(({ ackOffset, handshake }) => ackOffset !== offset && !handshake.rdbOnly);
  }

  /** The server ends: tells who does not have everything. */
  reportFarewell(): void {
    const { log, writeLog } = this.parts;
    const { lagging, replicas } = this;
    for (const replica of lagging) {
      const behind = log.offset - replica.ackOffset;
      const state = SHOWN_STATES[replica.state];
      writeLog(
        "notice",
        `Lagging replica ${replica.name} reported offset ${behind} behind master, lag=${this.lagOf(replica)}, state=${state}.`,
      );
    }
    if (replicas.length === 0) return;
    writeLog(
      "notice",
      `${replicas.length - lagging.length} of ${replicas.length} replicas are in sync when shutting down.`,
    );
  }

  // ---- The history ----

  /** The dataset was loaded and is at the offset, of a history whose stream ends with these bytes there. */
  recall(offset: number, tail: Uint8Array): void {
    this.backlog = Backlog.recalled(this.parts.log, offset, tail);
  }

  /**
   * What was recalled ends at the mark: the stream goes on from there, under a new id, and replicas that are not before
   * what was recalled may continue. Before anything is written.
   */
  resume(mark: Mark): void {
    const { history, log, clock } = this.parts;
    history.branchFrom(mark);
    log.startAt(mark.offset);
    log.listen("replicas", true);
    this.aloneSinceMs = clock.now();
  }

  /**
   * The server follows a primary itself, whose stream goes on at the offset: it is kept for replicas from here on, or
   * from where it is kept already.
   */
  follow(offset: number): void {
    const { log } = this.parts;
    log.listen("replicas", true);
    this.backlog ??= new Backlog(log, offset);
  }

  /** The server ceases to follow a primary. */
  lead(): void {
    this.aloneSinceMs = this.parts.clock.now();
  }

  /** Disconnects all replicas: the data they follow has been replaced. */
  disconnectAll(): void {
    for (const replica of [...this.replicas]) replica.link.destroy();
  }

  /** Gives the backlog up, and with it the history unless somebody else has kept its offset moving. */
  dropBacklog(): void {
    const { log, history } = this.parts;
    this.backlog?.clear();
    this.backlog = null;
    log.listen("replicas", false);
    // The file goes on counting; without it the offset stands still from now on.
    if (!log.enabled) history.renew();
  }

  /** The backlog from here on, if there is none. */
  private ensureBacklog(): void {
    if (this.backlog !== null) return;
    const { log, history, writeLog } = this.parts;
    if (log.listen("replicas", true)) history.renew();
    this.backlog = new Backlog(log, log.offset);
    writeLog(
      "notice",
      `Replication backlog created, my new replication IDs are '${history.replid}' and '${history.replid2}'`,
    );
  }

  // ---- The feed ----

  /** A block of the log, whose hold goes over. Called at the end of the turn, only while replicas are listened for. */
  take(block: LogBlock): void {
    if (this.backlog === null) this.parts.log.release(block);
    else this.backlog.add(block);
  }

  /** Sends the replicas what the turn has brought, and gives up what is no longer needed. */
  feed(): void {
    const { backlog } = this;
    if (backlog === null) return;
    // Backwards, since some may be disconnected.
    for (let at = this.replicas.length - 1; at >= 0; at--) {
      const replica = this.replicas[at]!;
      replica.feed(backlog);
      if (replica.pendingBytes(backlog.endOffset) > 0) replica.link.checkOutput();
    }
    this.trim(backlog);
  }

  private feedOne(replica: Replica): void {
    if (this.backlog !== null) replica.feed(this.backlog);
  }

  private trim(backlog: Backlog): void {
    const size = this.parts.config.values["repl-backlog-size"];
    if (backlog.length <= size) return;
    let needed = Number.POSITIVE_INFINITY;
    for (const replica of this.replicas) needed = Math.min(needed, replica.neededOffset);
    backlog.trim(size, needed);
  }

  // ---- What time brings ----

  /** Once a second. */
  cron(): void {
    const { config } = this.parts;
    const pings = this.seconds++ % config.values["repl-ping-replica-period"] === 0;
    if (pings && this.replicas.length > 0 && !this.isQuiet) this.parts.tell(["ping"]);
    for (const replica of [...this.replicas]) this.checkTimeout(replica);
    this.expireBacklog();
    this.fullResyncs.cron();
    this.countGood();
  }

  private checkTimeout(replica: Replica): void {
    const { config, clock, writeLog } = this.parts;
    const limit = config.values["repl-timeout"] * 1000;
    const now = clock.now();
    const silent = replica.state === "online" && !replica.usesSync && now - replica.ackMs > limit;
    const stuck = replica.stuckSinceMs !== 0 && now - replica.stuckSinceMs > limit;
    if (!silent && !stuck) return;
    writeLog(
      "warning",
      `Disconnecting timedout replica (${silent ? "streaming sync" : "full sync"}): ${replica.name}`,
    );
    this.blame(replica, "timeout");
    replica.link.destroy();
  }

  private expireBacklog(): void {
    const { config, clock, writeLog, history } = this.parts;
    const ttl = config.values["repl-backlog-ttl"];
    if (this.backlog === null || this.replicas.length > 0 || ttl === 0 || this.parts.isReplica()) return;
    const now = clock.now();
    if (now - this.aloneSinceMs <= ttl * 1000) return;
    this.resyncs.backlogExpired(history.replid, this.aloneSinceMs, now, ttl);
    this.dropBacklog();
    writeLog("notice", `Replication backlog freed after ${ttl} seconds without connected replicas.`);
  }

  private countGood(): void {
    const most = this.parts.config.values["min-replicas-max-lag"];
    this.goodReplicas = this.replicas.filter(
      (replica) => replica.state === "online" && this.lagOf(replica) <= most,
    ).length;
  }

  // ---- Asking for the stream ----

  private canContinue(replica: Replica, { replid, offset }: SyncRequest): boolean {
    const { history, log, writeLog } = this.parts;
    if (!history.includes(replid, offset)) {
      writeLog("notice", this.mismatch(replica, replid, offset));
      return false;
    }
    const { backlog } = this;
    if (backlog !== null && offset > backlog.startOffset && offset <= log.offset + 1) return true;
    writeLog(
      "notice",
      `Unable to partial resync with replica ${replica.name} for lack of backlog (Replica request was: ${offset}).`,
    );
    if (offset > log.offset)
      writeLog(
        "warning",
        `Warning: replica ${replica.name} tried to PSYNC with an offset that is greater than the master replication offset.`,
      );
    return false;
  }

  private mismatch(replica: Replica, replid: string, offset: number): string {
    const { history } = this.parts;
    if (replid === "?") return `Full resync requested by replica ${replica.name}`;
    if (replid.toLowerCase() === history.replid2)
      return `Partial resynchronization not accepted: Requested offset for second ID was ${offset}, but I can reply up to ${history.secondReplidOffset}`;
    return `Partial resynchronization not accepted: Replication ID mismatch (Replica asked for '${replid}', my replication IDs are '${history.replid}' and '${history.replid2}')`;
  }

  private continueFrom(replica: Replica, offset: number): void {
    const { history, log, writeLog } = this.parts;
    const id = replica.handshake.psync2 ? ` ${history.replid}` : "";
    replica.link.write(Buffer.from(`+CONTINUE${id}\r\n`), () => {});
    replica.state = "online";
    replica.startAt(offset - 1);
    replica.stream();
    this.replicas.push(replica);
    writeLog(
      "notice",
      `Partial resynchronization request from ${replica.name} accepted. Sending ${log.offset - offset + 1} bytes of backlog starting from offset ${offset}.`,
    );
    this.countGood();
    this.feedOne(replica);
  }

  /** A replica has its snapshot. */
  private transferred(replica: Replica): void {
    const { clock, writeLog } = this.parts;
    if (replica.handshake.rdbOnly) {
      writeLog(
        "notice",
        `RDB transfer completed, rdb only replica (${replica.name}) should be disconnected asap`,
      );
      replica.link.destroy();
      return;
    }
    replica.state = "online";
    replica.ackMs = clock.now();
    this.countGood();
    writeLog("notice", `Synchronization with replica ${replica.name} succeeded`);
    if (replica.awaitsAck) return;
    replica.stream();
    this.feedOne(replica);
  }

  private recordResync(refused: Refused): void {
    const { history, log, config, clock, writeLog } = this.parts;
    const { values } = config;
    const resync = this.resyncs.record(
      refused,
      {
        history,
        endOffset: log.offset,
        backlog: this.backlog,
        backlogBytes: values["repl-backlog-size"],
        outputLimitBytes: values["client-output-buffer-limit"].replica.hard,
      },
      clock.now(),
    );
    const advice = resync.advice === "" ? "" : `. To avoid it: ${resync.advice}`;
    const level = resync.setting === null ? "notice" : "warning";
    writeLog(level, `Full resync of replica ${resync.replica}: ${resync.explanation}${advice}.`);
  }
}
