/** What a replica does with the dataset, as replication sees it: the engine. */

import type { Request } from "../../resp/request.js";
import type { RdbReader } from "../../snapshot/rdb/reader.js";

/** The connection that a primary's stream comes by, as CLIENT LIST shows it and CLIENT KILL ends it. */
export interface PrimaryLink {
  /** `ip:port` of the primary and of ourselves. */
  readonly remote: string;
  readonly local: string;
  readonly fd: number;
  /** Ends the link, which is then made anew. */
  destroy(): void;
}

/** Takes the commands of a primary's stream. */
export interface StreamTarget {
  /** The database that is selected, which every command of the stream relies on. */
  readonly database: number;
  /** Whether a MULTI waits for its EXEC. */
  readonly insideTransaction: boolean;
  /** Whether the last command has no effect on the dataset and is not for the append-only file. */
  readonly wasForReplicasAlone: boolean;
  /** A stream begins, with that database selected. */
  begin(database: number, link: PrimaryLink): void;
  /** Its link is over. */
  end(): void;
  /** Whether nothing may be applied now: CLIENT PAUSE. */
  readonly isPaused: boolean;
  /** Bytes have arrived that are about to be applied. */
  beginRead(): void;
  /** Applies a command, which is valid during the call. */
  apply(request: Request): void;
  /** Whether clients wait for a key that the stream has brought. */
  readonly hasReadyKeys: boolean;
  /** Serves them. What they do is no part of the stream. */
  serveReadyKeys(): void;
  /** What has been read is applied as far as it is whole. */
  endRead(): void;
}

/** How a snapshot takes the place of the dataset. */
export type RestoreMode =
  /** What there is goes first; clients are told that the dataset is being loaded. */
  | "replace"
  /** What there is stays until the new is whole, and comes back when it never is; clients are told the same. */
  | "keep"
  /** As `keep`, and what there is is served meanwhile. */
  | "serve";

/** A snapshot on its way into the dataset. */
export interface Restoring {
  readonly reader: RdbReader;
  /** The database that the stream has selected where the snapshot was cut. */
  readonly database: number;
  /** Bytes that have been read, for INFO. */
  loadedBytes: number;
  /** The snapshot is whole, and read to its end. */
  finished(): void;
  /** It is the dataset, then. */
  complete(): void;
  /** There will be no more of it. */
  abandon(): void;
}

export interface FollowedDataset {
  readonly stream: StreamTarget;
  readonly isEmpty: boolean;
  /** Bytes of the whole snapshot, Infinity when that is not known. */
  restore(mode: RestoreMode, size: number): Restoring;
  /** Gives what the log holds to the append-only file and the replicas. */
  drain(): void;
  /** Something of the stream has been applied, and is in the log. */
  applied(): void;
  /** The server has begun or ceased to follow a primary. */
  roleChanged(): void;
  /** The append-only file is of the dataset that is about to go: it ends where it is. */
  suspendFile(): void;
  /** The dataset is another one: the append-only file, if there is to be one, is made anew. */
  resumeFile(): void;
  /** Why what is applied could not be persisted at the moment; null when it can, or need not. */
  diskFailure(): string | null;
  /** The append-only file has the stream up to here on the device; -1 without one. */
  readonly syncedOffset: number;
}
