/**
 * FAILOVER: a primary hands its role to one of its replicas, and loses nothing.
 *
 *  1. `waiting-for-sync`: writes are held, and nothing else is put into the stream, until the replica has acknowledged
 *     all of it.
 *  2. `failover-in-progress`: this server becomes a replica of it, and its PSYNC says FAILOVER, whereupon the other one
 *     promotes itself and answers as the primary. The held writes go on when it has answered: into the error that this
 *     server is a replica.
 *
 * If it refuses, or is called off, this server is the primary again as if nothing had happened.
 */

import type { Clock } from "../platform/clock.js";
import type { LogLine } from "../util/log-line.js";
import type { Primary } from "./primary/primary.js";
import type { Replica } from "./primary/replica.js";
import type { Follower } from "./replica/follower.js";

export type FailoverState = "no-failover" | "waiting-for-sync" | "failover-in-progress";

export interface FailoverParts {
  readonly clock: Clock;
  readonly primary: () => Primary;
  readonly follower: () => Follower;
  /** Holds the writes of clients, or lets them go on. */
  readonly holdWrites: (hold: boolean) => void;
  readonly log: LogLine;
}

export interface FailoverOptions {
  /** The replica that is to take over; null for whichever has everything first. */
  readonly target: Replica | null;
  /** After that time it takes over even without everything. */
  readonly force: boolean;
  /** Milliseconds, 0 for no limit. */
  readonly timeoutMs: number;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

export class Failover {
  state: FailoverState = "no-failover";
  private options: FailoverOptions | null = null;
  private target: Address | null = null;
  private endMs = Number.POSITIVE_INFINITY;

  constructor(private readonly parts: FailoverParts) {}

  start(options: FailoverOptions): void {
    const { clock, log, primary, holdWrites } = this.parts;
    this.options = options;
    this.target = options.target === null ? null : addressOf(options.target);
    this.endMs = options.timeoutMs === 0 ? Number.POSITIVE_INFINITY : clock.now() + options.timeoutMs;
    log(
      "notice",
      this.target === null
        ? "FAILOVER requested to any replica."
        : `FAILOVER requested to ${shown(this.target)}.`,
    );
    this.state = "waiting-for-sync";
    primary().isQuiet = true;
    holdWrites(true);
    this.check();
  }

  /** FAILOVER ABORT, and what else makes an end of it. */
  abort(why: string): void {
    const { log, follower } = this.parts;
    log("notice", `FAILOVER to ${this.target === null ? "any replica" : shown(this.target)} aborted: ${why}`);
    const hadStepped = this.state === "failover-in-progress";
    this.end();
    if (hadStepped) follower().lead();
  }

  /** The server was told to follow somebody, or nobody: whatever was under way is over. */
  end(): void {
    if (this.state === "no-failover") return;
    this.state = "no-failover";
    this.options = null;
    this.target = null;
    this.parts.follower().takesOver = null;
    this.parts.primary().isQuiet = false;
    this.parts.holdWrites(false);
  }

  /** Ten times a second. */
  check(): void {
    if (this.state !== "waiting-for-sync" || this.options === null) return;
    const { clock, primary, log } = this.parts;
    const isLate = clock.now() >= this.endMs;
    if (isLate && this.options.force) {
      log("notice", `FAILOVER to ${shown(this.target!)} time out exceeded, failing over.`);
      this.stepDown(this.target!);
      return;
    }
    if (isLate) {
      this.abort("Replica never caught up before timeout");
      return;
    }
    const synced = primary().replicas.find(
      (replica) => primary().hasEverything(replica) && (this.target === null || isAt(replica, this.target)),
    );
    if (synced === undefined) return;
    const address = addressOf(synced);
    log("notice", `Failover target ${shown(address)} is synced, failing over.`);
    this.stepDown(address);
  }

  private stepDown(address: Address): void {
    this.target = address;
    this.state = "failover-in-progress";
    const follower = this.parts.follower();
    follower.takesOver = (accepted) => {
      if (accepted) this.end();
      else this.abort("Failover target rejected psync request");
    };
    follower.follow(address);
  }
}

function addressOf(replica: Replica): Address {
  return { host: replica.address, port: replica.handshake.port };
}

export function isAt(replica: Replica, { host, port }: Address): boolean {
  return replica.address === host && replica.handshake.port === port;
}

function shown({ host, port }: Address): string {
  return `${host}:${port}`;
}
