/**
 * The replica's side of replication: which primary this server follows, and how far it is in its history.
 *
 * While it follows, the server's log *is* the primary's stream (stream.ts), its offset the place in the history that
 * the dataset has reached. So nothing has to be remembered when the link breaks: the next one asks for the stream from
 * `log.offset` of `history.replid`, and so does a primary that becomes a replica, and a server that starts again from
 * an append-only file whose last mark says where it stands. Redis calls that its cached master.
 *
 *  - While the disk fails nothing is applied, unless `replica-ignore-disk-write-errors` says so: the link is down.
 *  - A link that breaks after the stream had begun is made anew at once; whatever else fails is tried again a second
 *    later.
 *  - Whoever follows this server is disconnected when the history gets another id or another dataset, and asks again.
 *  - Promotion (`lead`) goes on in the history under an id of its own and keeps the primary's as the second one, so
 *    that siblings may continue here.
 */

import type { Config } from "../../config/config.js";
import type { PrimaryAddress } from "../../config/kinds/list.js";
import type { History, Mark } from "../../log/history.js";
import type { Log } from "../../log/log.js";
import type { Primary } from "../primary/primary.js";
import type { FollowedDataset, Restoring } from "./dataset.js";
import { Link, type LinkOwner, type LinkParts, type LinkPhase, type StreamRequest } from "./link.js";

/** The link's state, by the names of ROLE. */
export type FollowerState = "none" | "connect" | "connecting" | "handshake" | "sync" | "connected";

export interface FollowerParts extends Omit<LinkParts, "stream" | "config"> {
  readonly config: Config;
  readonly history: History;
  readonly log: LinkParts["log"];
  readonly stream: Log;
  readonly primary: () => Primary;
  readonly dataset: FollowedDataset;
}

/** What the log says of an attempt, by how far the link had come that it replaces. */
const ANNOUNCED: Readonly<Record<LinkPhase, (primary: string) => string>> = {
  connecting: (primary) => `Connecting to ${primary}`,
  handshake: (primary) => `Connecting to ${primary}`,
  sync: (primary) => `Reconnecting to ${primary} after failure`,
  connected: (primary) => `Reconnecting to ${primary}`,
};

export class Follower implements LinkOwner {
  /** The current connection to the primary, or the attempt to make one. */
  link: Link | null = null;
  /** Since when the link has been down after it was up, milliseconds since 1970; null when it was not up yet. */
  downSinceMs: number | null = null;
  /** This server steps down for the one that it follows now (FAILOVER): PSYNC says so, and its answer is told here. */
  takesOver: ((accepted: boolean) => void) | null = null;
  /** Whether the dataset is at the log's offset of the history. */
  private atMark = false;
  private paused = false;
  /** The primary has asked how far we are. */
  private owesAck = false;
  /** How far the link had come that this server has lost and not made anew yet. */
  private ended: LinkPhase = "connecting";

  constructor(private readonly parts: FollowerParts) {}

  // ---- What is known ----

  /** Whom this server follows; null for a primary. */
  get address(): PrimaryAddress | null {
    return this.parts.config.values.replicaof;
  }

  get isReplica(): boolean {
    return this.parts.config.values.replicaof !== null;
  }

  get state(): FollowerState {
    if (!this.isReplica) return "none";
    return this.link?.phase ?? "connect";
  }

  get isLinked(): boolean {
    return this.link?.phase === "connected";
  }

  /** Whether a snapshot is loaded beside the dataset, which is served meanwhile. */
  get isLoadingAside(): boolean {
    return this.link?.transfer?.mode === "serve";
  }

  /** Bytes of the history that have been read, whether applied or not. */
  get readOffset(): number {
    return Math.max(this.parts.stream.offset, (this.link?.readBytes ?? 0) + this.linkOffset);
  }

  private linkOffset = 0;

  // ---- Roles ----

  /** Follows the primary that the configuration names, from the start of the server. */
  start(): void {
    if (!this.isReplica) return;
    this.becomeReplica();
    this.connect();
  }

  /** The dataset came from files and is at the mark, with that database selected in the stream. Before `start`. */
  resume(mark: Mark, database: number): void {
    const { history, stream } = this.parts;
    history.adopt(mark.replid);
    stream.follow(true);
    stream.startAt(mark.offset, database);
    this.parts.primary().follow(mark.offset);
    this.atMark = true;
  }

  /** REPLICAOF host port. */
  follow(address: PrimaryAddress): void {
    const { config, log } = this.parts;
    const wasReplica = this.isReplica;
    this.leave();
    config.assign("replicaof", address);
    if (!wasReplica) {
      log(
        "notice",
        "Before turning into a replica, using my own master parameters to synthesize a cached master: I may be able to synchronize with the new master with just a partial transfer.",
      );
      this.atMark = true;
      this.becomeReplica();
    }
    this.connect();
  }

  /** REPLICAOF NO ONE. */
  lead(): void {
    const { config, history, stream, log, dataset, primary } = this.parts;
    config.assign("replicaof", null);
    this.leave();
    if (this.atMark) {
      log("notice", "Discarding previously cached master state.");
      history.branch(stream.offset);
      log(
        "notice",
        `Setting secondary replication ID to ${history.replid2}, valid up to offset: ${history.secondReplidOffset}. New replication ID is ${history.replid}`,
      );
    } else {
      history.renew();
    }
    this.atMark = false;
    this.downSinceMs = null;
    stream.follow(false);
    primary().disconnectAll();
    primary().lead();
    dataset.roleChanged();
    dataset.resumeFile();
  }

  /** Ends the link, if there is one, because this server wants to. */
  private leave(): void {
    const { isLinked } = this;
    this.link?.end();
    this.link = null;
    this.ended = "connecting";
    if (isLinked) this.noteLoss();
  }

  private noteLoss(): void {
    const { log, clock } = this.parts;
    this.downSinceMs = clock.now();
    log("warning", "Connection with master lost.");
    log("notice", "Caching the disconnected master state.");
  }

  /** While the server ends nothing more comes from the primary: the end of what has come is to be stored. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (paused) this.leave();
  }

  /** A pause of the clients is over: what has come from the primary meanwhile is applied, at the end of the turn. */
  proceed(): void {
    if (this.isLinked) this.parts.clock.endOfTurn(() => this.link?.proceed());
  }

  private becomeReplica(): void {
    const { dataset, stream } = this.parts;
    dataset.drain();
    stream.follow(true);
    dataset.roleChanged();
  }

  // ---- What time brings ----

  /** Once a second. */
  cron(): void {
    if (!this.isReplica) return;
    if (this.link === null) this.connect();
    else this.link.checkTimeout();
    if (this.isLinked) this.acknowledge();
  }

  /** The primary wants to know how far we are, when what has been read is applied. */
  acknowledgeSoon(): void {
    this.owesAck = true;
  }

  private acknowledge(): void {
    const { stream, dataset } = this.parts;
    this.owesAck = false;
    const synced = dataset.syncedOffset;
    const file = synced === -1 ? [] : ["FACK", String(synced)];
    this.link?.send(["REPLCONF", "ACK", String(stream.offset), ...file]);
  }

  private connect(): void {
    const { log, dataset } = this.parts;
    // What comes could not be persisted: it stays with the primary until it can (`replica-ignore-disk-write-errors`).
    if (this.paused || dataset.diskFailure() !== null) return;
    const { host, port } = this.address!;
    log("notice", ANNOUNCED[this.ended](`MASTER ${host}:${port}`));
    this.ended = "connecting";
    this.link = new Link({ host, port }, this.parts, this);
    log("notice", "MASTER <-> REPLICA sync started");
  }

  // ---- What the link tells ----

  request(): StreamRequest {
    const { history, stream } = this.parts;
    const failover = this.takesOver !== null;
    if (!this.atMark) return { replid: "?", offset: -1, failover };
    // Who takes over is a replica of this server, and knows it by its own id.
    const { replid } = failover ? history : history.known(stream.offset);
    return { replid, offset: stream.offset + 1, failover };
  }

  continues(replid: string | null): number {
    const { history, stream, log, primary } = this.parts;
    this.answered(true);
    if (replid !== null && replid !== history.replid) {
      history.rename(replid, stream.offset);
      log("notice", `Master replication ID changed to ${replid}`);
      primary().disconnectAll();
    }
    primary().follow(stream.offset);
    return Math.max(0, stream.database);
  }

  resyncs({ replid }: Mark): boolean {
    this.answered(true);
    return this.atMark && replid === this.parts.history.replid;
  }

  replacing(): void {
    const { history, log, primary, dataset } = this.parts;
    if (this.atMark) log("notice", "Discarding previously cached master state.");
    this.atMark = false;
    dataset.drain();
    dataset.suspendFile();
    primary().disconnectAll();
    primary().dropBacklog();
    history.renew();
  }

  restored({ replid, offset }: Mark, { database }: Restoring): void {
    const { history, stream, primary, dataset } = this.parts;
    history.adopt(replid);
    history.forgetSecond();
    stream.startAt(offset, database);
    primary().follow(offset);
    this.atMark = true;
    dataset.resumeFile();
  }

  connected(): void {
    this.linkOffset = this.parts.stream.offset;
    this.downSinceMs = null;
    this.acknowledge();
  }

  applied(): void {
    this.parts.dataset.applied();
    if (this.owesAck) this.acknowledge();
    const failure = this.parts.dataset.diskFailure();
    if (failure !== null) this.link?.lose(`Replica was unable to write command to disk: ${failure}`);
  }

  lost(_link: Link, was: LinkPhase): void {
    this.link = null;
    this.ended = was;
    if (was !== "connected") return;
    this.noteLoss();
    this.connect();
  }

  answered(accepted: boolean): void {
    const { takesOver } = this;
    this.takesOver = null;
    takesOver?.(accepted);
  }
}
