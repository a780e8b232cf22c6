/**
 * Why replicas had to be sent the whole dataset, and what would have avoided it.
 *
 * A full resync costs the primary a snapshot and the network the dataset; mostly a setting is too small, and Redis's log
 * does not say which or by how much. Here each one is recorded with its reason and an advice that can be carried out.
 */

import type { History } from "../../log/history.js";
import type { Backlog } from "./backlog.js";

/** What made the stream impossible to continue. */
export type ResyncReason =
  /** The replica has nothing that it could continue from. */
  | "new-replica"
  /** It asked for a full resync although it was here before. */
  | "replica-lost-state"
  /** It speaks the protocol before PSYNC. */
  | "old-protocol"
  /** The bytes that it lacks are no longer kept. */
  | "backlog-too-small"
  /** There was no backlog: given up after `repl-backlog-ttl`, or not begun. */
  | "no-backlog"
  /** It has bytes that this server does not have. */
  | "replica-ahead"
  /** Its history is not ours. */
  | "other-history";

export interface Resync {
  /** Counts from 0. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** `ip:port` as the log names it. */
  readonly replica: string;
  readonly reason: ResyncReason;
  /** The reason in a sentence. */
  readonly explanation: string;
  /** What avoids the next one; empty when nothing does. */
  readonly advice: string;
  /** The setting to change and the least value that would have done; null when it is not about a setting. */
  readonly setting: { readonly name: string; readonly value: string } | null;
  /** Bytes that were missing; 0 when it is not about bytes. */
  readonly missingBytes: number;
}

/** A request for the stream that cannot be met. */
export interface Refused {
  readonly replica: string;
  /** Null for SYNC, "?" when a full resync is asked for. */
  readonly replid: string | null;
  /** The first byte wanted, counted from 1. */
  readonly offset: number;
}

/** What the reasons are found in. */
export interface Circumstances {
  readonly history: History;
  /** The stream's end. */
  readonly endOffset: number;
  readonly backlog: Backlog | null;
  readonly backlogBytes: number;
  readonly outputLimitBytes: number;
}

/** Why the connection of a replica has ended, as far as it was our doing. */
export type LossCause = "output-limit" | "timeout" | "other";

interface Loss {
  readonly cause: LossCause;
  readonly atMs: number;
}

type Finding = Omit<Resync, "id" | "atMs" | "replica">;

/** Records that are kept. */
const KEPT = 128;
/** Replicas whose last connection is remembered. */
const REPLICAS_MAX = 1024;

export class Resyncs {
  private readonly records: Resync[] = [];
  private nextId = 0;
  private readonly losses = new Map<string, Loss>();
  /** A history that was given up with its backlog: its id, when the last replica left, when it was given up. */
  private expired: { replid: string; leftMs: number; atMs: number; ttlSeconds: number } | null = null;

  /** How many there were. */
  get count(): number {
    return this.nextId;
  }

  /** The last one. */
  get last(): Resync | undefined {
    return this.records[this.records.length - 1];
  }

  /** The latest first. */
  list(most: number): readonly Resync[] {
    return this.records.slice(-most).reverse();
  }

  /** The connection of a replica has ended. */
  lost(replica: string, cause: LossCause, nowMs: number): void {
    this.losses.delete(replica);
    this.losses.set(replica, { cause, atMs: nowMs });
    if (this.losses.size > REPLICAS_MAX) this.losses.delete(this.losses.keys().next().value!);
  }

  /** The backlog of the history is given up after so many seconds without replicas. */
  backlogExpired(replid: string, leftMs: number, nowMs: number, ttlSeconds: number): void {
    this.expired = { replid, leftMs, atMs: nowMs, ttlSeconds };
  }

  /** Records a full resync. */
  record(refused: Refused, circumstances: Circumstances, nowMs: number): Resync {
    const finding = this.explain(refused, circumstances, nowMs);
    const resync = { id: this.nextId++, atMs: nowMs, replica: refused.replica, ...finding };
    this.records.push(resync);
    if (this.records.length > KEPT) this.records.shift();
    return resync;
  }

  private explain(refused: Refused, circumstances: Circumstances, nowMs: number): Finding {
    const { replid, offset, replica } = refused;
    const { history, endOffset } = circumstances;
    if (replid === null)
      return plain(
        "old-protocol",
        "it asked with SYNC, which knows no positions",
        "a replica of Redis 2.8 or later can continue where it was",
      );
    if (replid === "?") return this.explainFresh(replica);
    const id = replid.toLowerCase();
    if (this.expired?.replid === id) return this.explainExpired(nowMs);
    if (id === history.replid2 && offset > history.secondReplidOffset) {
      const ahead = offset - history.secondReplidOffset;
      return {
        ...plain(
          "replica-ahead",
          `it has ${ahead} bytes of the history before the last change of its id that this server does not have`,
          "these bytes were sent to it and lost here: appendfsync always keeps a primary's tail over a crash, " +
            "and of several replicas the one with the highest offset is to be promoted",
        ),
        missingBytes: ahead,
      };
    }
    if (id !== history.replid && id !== history.replid2)
      return plain(
        "other-history",
        `it follows the history ${id}, which is not one of ours`,
        "appendonly yes keeps the history of a server over its restarts; " +
          "a replica that had another primary, or a primary that was started anew, has to be sent everything once",
      );
    if (offset > endOffset + 1) {
      const ahead = offset - endOffset - 1;
      return {
        ...plain(
          "replica-ahead",
          `it is ${ahead} bytes ahead of this server in the same history`,
          "these bytes were lost here: appendfsync always keeps a primary's tail over a crash",
        ),
        missingBytes: ahead,
      };
    }
    return this.explainLack(refused, circumstances);
  }

  private explainFresh(replica: string): Finding {
    if (!this.losses.has(replica)) return plain("new-replica", "it has no data to continue from", "");
    return plain(
      "replica-lost-state",
      "it was connected before and has come back without its position",
      "let it keep its data over a restart: save points, or appendonly yes with a Tidemark replica",
    );
  }

  private explainExpired(nowMs: number): Finding {
    const { leftMs, ttlSeconds } = this.expired!;
    const away = Math.ceil((nowMs - leftMs) / 1000);
    return {
      ...plain(
        "no-backlog",
        `the backlog was given up after ${ttlSeconds} seconds without replicas, and it came back after ${away}`,
        `repl-backlog-ttl ${away} would have kept it`,
      ),
      setting: { name: "repl-backlog-ttl", value: String(away) },
    };
  }

  private explainLack({ offset, replica }: Refused, circumstances: Circumstances): Finding {
    const { backlog, endOffset, backlogBytes, outputLimitBytes } = circumstances;
    const needed = endOffset - offset + 1;
    if (backlog === null)
      return plain(
        "no-backlog",
        "there was no backlog to continue from",
        "appendonly yes keeps the position of a primary over a restart, so that the backlog begins where it ended",
      );
    const missing = backlog.startOffset + 1 - offset;
    if (needed <= backlogBytes)
      return {
        ...plain(
          "no-backlog",
          `it lacks ${needed} bytes, and the backlog has begun ${missing} bytes later: with the first replica, or at the ` +
            "start behind the last place where the append-only file lacks something of the stream (PING, PUBLISH)",
          "",
        ),
        missingBytes: missing,
      };
    const cutOff = this.losses.get(replica)?.cause === "output-limit";
    const limit = cutOff
      ? `; it had been disconnected because more than ${outputLimitBytes} bytes waited to be sent (client-output-buffer-limit replica)`
      : "";
    return {
      ...plain(
        "backlog-too-small",
        `it lacks ${needed} bytes, of which the first ${missing} are no longer kept${limit}`,
        `repl-backlog-size ${needed} would have been enough, it is ${backlogBytes}`,
      ),
      setting: { name: "repl-backlog-size", value: String(needed) },
      missingBytes: missing,
    };
  }
}

function plain(reason: ResyncReason, explanation: string, advice: string): Finding {
  return { reason, explanation, advice, setting: null, missingBytes: 0 };
}
