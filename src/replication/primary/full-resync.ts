/**
 * Full resyncs: a snapshot for replicas that cannot continue, then the stream from where it was cut.
 *
 * There is one transfer at a time, for all replicas that waited when it began. Its cut is an offset of the log, so a
 * replica that has loaded the snapshot is at that offset, and the backlog keeps everything behind it until the replica
 * has got it.
 *
 *  - **Disk**: the snapshot becomes the RDB file. A replica that comes while it is written joins: it gets the same file,
 *    and the stream from the same cut. When the file is there each gets `$<length>` and its bytes, at its own pace,
 *    and then the stream at once.
 *  - **Sockets** (`repl-diskless-sync`): the pieces go to all replicas as they are made, and the slowest sets the pace.
 *    Since that cannot be joined, the start waits `repl-diskless-sync-delay` seconds for others to come. The length is
 *    not known, so the snapshot is framed: `$EOF:<40 random bytes>`, and the same 40 bytes behind it. For the replica's
 *    sake nothing follows these until it has acknowledged that it has loaded the snapshot.
 *
 * Every second a replica that waits gets a line end, so that it does not take the silence for a broken link.
 */

import type { Values } from "../../config/table.js";
import type { History } from "../../log/history.js";
import type { Log } from "../../log/log.js";
import { type Chance, randomId } from "../../platform/chance.js";
import type { Clock } from "../../platform/clock.js";
import type { Disk } from "../../platform/disk.js";
import type { LogLine } from "../../util/log-line.js";
import type { Handshake } from "./handshake.js";
import type { Replica } from "./replica.js";

/** How the making of a snapshot ended. */
export interface SnapshotEnd {
  readonly outcome: "done" | "aborted" | "failed";
  readonly reason?: string;
}

/** A snapshot that is being made. */
export interface RunningSnapshot {
  /** Never rejects. */
  readonly done: Promise<SnapshotEnd>;
  abort(): void;
}

/**
 * What full resyncs ask of the makers of snapshots. Each cuts the dataset as it is in the moment of the call, and names
 * the place where the log is then.
 */
export interface ResyncSource {
  /** Whether something is under way that a new snapshot has to wait for, and whether that is a BGSAVE. */
  readonly isBusy: boolean;
  readonly isSaving: boolean;
  /** Writes the RDB file. `path` is where it will be. */
  save(): { readonly path: string; readonly job: RunningSnapshot };
  /** Gives the snapshot in pieces, the next one when what `take` returns has settled. */
  stream(content: Handshake, take: (bytes: Uint8Array) => Promise<void>): RunningSnapshot;
}

export interface FullResyncParts {
  readonly config: { readonly values: Readonly<Values> };
  readonly clock: Clock;
  readonly chance: Chance;
  readonly disk: Disk;
  readonly log: Log;
  readonly history: History;
  readonly snapshots: ResyncSource;
  /** Whether the stream is that of a primary of our own, into which nothing can be put. */
  readonly isReplica: () => boolean;
  readonly pid: number;
  /** All replicas that are connected. */
  readonly replicas: readonly Replica[];
  /** The replica has everything and goes on with the stream. */
  readonly online: (replica: Replica) => void;
  readonly writeLog: LogLine;
}

interface Transfer {
  readonly target: "disk" | "sockets";
  readonly offset: number;
  readonly job: RunningSnapshot;
}

/** A file is sent in pieces of this size. */
const PIECE_BYTES = 256 * 1024;
const LINE_END = Buffer.from("\n");

export class FullResyncs {
  private transfer: Transfer | null = null;
  /** A file that was made for replicas alone and that nobody else wants (`rdb-del-sync-files`). */
  private leftover: string | null = null;

  constructor(private readonly parts: FullResyncParts) {}

  /** Whether a snapshot is streamed to replicas. */
  get isStreaming(): boolean {
    return this.transfer?.target === "sockets";
  }

  /** A replica asks for a full resync. */
  attach(replica: Replica): void {
    const { config, writeLog, snapshots } = this.parts;
    if (this.transfer?.target === "disk") {
      this.join(replica, this.transfer);
    } else if (this.transfer !== null) {
      writeLog("notice", "Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC");
    } else if (snapshots.isSaving) {
      writeLog("notice", "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC");
    } else if (this.isDiskless(replica) && config.values["repl-diskless-sync-delay"] > 0) {
      writeLog("notice", "Delay next BGSAVE for diskless SYNC");
    } else if (snapshots.isBusy) {
      writeLog(
        "notice",
        "No BGSAVE in progress, but another BG operation is active. BGSAVE for replication delayed",
      );
    } else {
      this.start();
    }
  }

  /** Every second: begins what waits, keeps those alive that wait. */
  cron(): void {
    for (const replica of this.parts.replicas) {
      const waits = replica.state === "wait_start" || (replica.state === "wait_end" && !this.isStreaming);
      if (waits) replica.link.write(LINE_END, () => {});
    }
    this.removeLeftover();
    if (this.isDue) this.start();
  }

  /** A replica is gone; nobody may be left who wants what is being made. A file is of use where there are save points. */
  detach(): void {
    const { transfer } = this;
    if (transfer === null || this.receivers("wait_end").length > 0) return;
    if (transfer.target === "sockets")
      this.parts.writeLog("warning", "Diskless rdb transfer, last replica dropped, stopping the snapshot.");
    else if (this.parts.config.values.save.length > 0) return;
    transfer.job.abort();
  }

  /** The dataset must not be on a disk when nothing persists it on purpose. */
  private removeLeftover(): void {
    const { config, disk, replicas, writeLog } = this.parts;
    const { appendonly, save, "rdb-del-sync-files": wanted } = config.values;
    if (this.leftover === null || !wanted || appendonly || save.length > 0) return;
    if (replicas.some(({ state }) => state !== "online")) return;
    writeLog("notice", "Removing the RDB file used to feed replicas in a persistence-less instance");
    try {
      disk.remove(this.leftover);
    } catch (error) {
      writeLog("warning", `The file could not be removed: ${(error as Error).message}`);
    }
    this.leftover = null;
  }

  private get isDue(): boolean {
    const { config, clock, snapshots } = this.parts;
    const waiting = this.receivers("wait_start");
    if (this.transfer !== null || waiting.length === 0 || snapshots.isBusy) return false;
    const { values } = config;
    if (!values["repl-diskless-sync"]) return true;
    const enough = values["repl-diskless-sync-max-replicas"];
    if (enough > 0 && waiting.length >= enough) return true;
    const longest = Math.max(...waiting.map(({ sinceMs }) => clock.now() - sinceMs));
    return longest >= values["repl-diskless-sync-delay"] * 1000;
  }

  private isDiskless({ handshake }: Replica): boolean {
    return (this.parts.config.values["repl-diskless-sync"] || handshake.isFiltered) && handshake.eof;
  }

  private receivers(state: "wait_start" | "wait_end"): Replica[] {
    return this.parts.replicas.filter((replica) => replica.state === state && !replica.gone);
  }

  /** Begins a transfer for those who wait and want the same as the first of them. */
  private start(): void {
    const { config, log, writeLog, snapshots } = this.parts;
    const waiting = this.receivers("wait_start");
    const first = waiting[0]!;
    const group = waiting.filter(({ handshake }) => handshake.wants(first.handshake));
    const target = group.every((replica) => this.isDiskless(replica)) ? "sockets" : "disk";
    writeLog(
      "notice",
      `Starting BGSAVE for SYNC with target: ${target === "disk" ? "disk" : "replicas sockets"}`,
    );
    // A replica begins with the database that the snapshot names; one of before 2.8 does not know that and needs SELECT.
    if (!this.parts.isReplica()) log.forgetDatabase();
    const { offset } = log;
    for (const replica of group) this.setUp(replica, offset);
    if (target === "disk") {
      const { path, job } = snapshots.save();
      this.transfer = { target, offset, job };
      this.leftover = config.values["rdb-del-sync-files"] ? path : null;
      void job.done.then((end) => this.saved(end, path));
    } else {
      this.startStream(offset, group);
    }
  }

  private startStream(offset: number, group: readonly Replica[]): void {
    const { snapshots, writeLog, pid, chance } = this.parts;
    const frame = Buffer.from(randomId(chance));
    const head = Buffer.concat([Buffer.from("$EOF:"), frame, Buffer.from("\r\n")]);
    for (const replica of group) void replica.send(head);
    const job = snapshots.stream(group[0]!.handshake, (bytes) => this.sendToAll(group, bytes));
    this.transfer = { target: "sockets", offset, job };
    writeLog("notice", `Background RDB transfer started by pid ${pid}`);
    void job.done.then(async (end) => {
      if (end.outcome === "done") {
        // Its acknowledgement may come before it is known here that all has been sent.
        for (const replica of group) replica.awaitsAck = true;
        await this.sendToAll(group, frame);
      }
      this.streamed(end, group);
    });
  }

  /** Tells the replica where its snapshot stands. */
  private setUp(replica: Replica, offset: number): void {
    replica.state = "wait_end";
    replica.startAt(offset);
    if (replica.usesSync) return;
    const reply = `+FULLRESYNC ${this.parts.history.replid} ${offset}\r\n`;
    replica.link.write(Buffer.from(reply), () => {});
  }

  private join(replica: Replica, transfer: Transfer): void {
    const { writeLog } = this.parts;
    const other = this.receivers("wait_end").find(
      ({ handshake }) => !handshake.rdbOnly || replica.handshake.rdbOnly,
    );
    if (other !== undefined && replica.handshake.accepts(other.handshake)) {
      this.setUp(replica, transfer.offset);
      writeLog("notice", "Waiting for end of BGSAVE for SYNC");
    } else {
      writeLog("notice", "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC");
    }
  }

  private async sendToAll(group: readonly Replica[], bytes: Uint8Array): Promise<void> {
    const { clock } = this.parts;
    await Promise.all(
      group.map(async (replica) => {
        replica.stuckSinceMs = clock.now();
        await replica.send(bytes);
        replica.stuckSinceMs = 0;
      }),
    );
  }

  private streamed(end: SnapshotEnd, group: readonly Replica[]): void {
    const { writeLog, online } = this.parts;
    this.transfer = null;
    const receivers = group.filter(({ gone }) => !gone);
    if (end.outcome !== "done") {
      this.failed(end, receivers);
    } else {
      writeLog(
        "warning",
        `Diskless rdb transfer, done reading from pipe, ${receivers.length} replicas still up.`,
      );
      writeLog("notice", "Background RDB transfer terminated with success");
      for (const replica of receivers) {
        writeLog(
          "notice",
          `Streamed RDB transfer with replica ${replica.name} succeeded (socket). Waiting for REPLCONF ACK from slave to enable streaming`,
        );
        online(replica);
      }
    }
    if (this.isDue) this.start();
  }

  private saved(end: SnapshotEnd, path: string): void {
    this.transfer = null;
    const receivers = this.receivers("wait_end");
    if (end.outcome !== "done") this.failed(end, receivers);
    else for (const replica of receivers) void this.sendFile(replica, path);
    if (this.isDue) this.start();
  }

  private failed(end: SnapshotEnd, receivers: readonly Replica[]): void {
    if (end.outcome === "failed")
      this.parts.writeLog("warning", `SYNC failed. The snapshot could not be made: ${end.reason}`);
    for (const replica of receivers) replica.link.destroy();
  }

  private async sendFile(replica: Replica, path: string): Promise<void> {
    const { disk, writeLog, online } = this.parts;
    replica.state = "send_bulk";
    try {
      const length = disk.stat(path)!.bytes;
      const file = disk.open(path, "read");
      try {
        await replica.send(Buffer.from(`$${length}\r\n`));
        for (let at = 0; at < length && !replica.gone; ) {
          const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, length - at));
          const read = file.read(piece, at);
          if (read === 0) throw new Error("the file has become shorter");
          at += read;
          await replica.send(piece.subarray(0, read));
        }
      } finally {
        file.close();
      }
    } catch (error) {
      writeLog("warning", `SYNC failed. Can't open/stat DB after BGSAVE: ${(error as Error).message}`);
      replica.link.destroy();
      return;
    }
    if (!replica.gone) online(replica);
  }
}
