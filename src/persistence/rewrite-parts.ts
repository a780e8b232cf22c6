/**
 * The rewrite of the append-only file: the dataset as it is, in as few bytes as it takes, instead of its history.
 *
 * **Where do writes go that arrive during the rewrite?** Into the next incr file, from the cut on, and nowhere else.
 * The cut is one moment between two turns of the loop, and in it, without a gap, three things happen:
 *
 *  1. everything that the log holds is written to the running file, which ends here;
 *  2. the capture is taken (snapshot/capture.ts);
 *  3. from now on nothing is written: what comes in waits in memory, and its replies with it.
 *
 * Then, off the loop, the running file is synced and the manifest names the next incr file behind it; what has waited
 * is the first that it gets. So reads never wait for the device, and writes do for the time of these syncs. If one of
 * them fails, what has waited goes into the file that was running, and the capture is given up.
 *
 * So each write is before the cut, and then in the old files and in the capture, or behind it, and then in the new
 * incr file alone. Nothing is written twice, and no file is ever written from two sides: the base is a file of its own
 * that a thread writes from the capture. The order of writes is the order of the files in the manifest, at every moment:
 *
 *     before the cut       base 1, incr 1                      incr 1 grows
 *     from the cut on      base 1, incr 1, incr 2              incr 2 grows; base 2 is written under a temporary name
 *     base 2 is complete   base 1, incr 1, incr 2              base 2 is synced and has its name; nobody counts it yet
 *     the manifest changes base 2, incr 2; base 1, incr 1 (h)  one rename: this is the moment of the rewrite
 *     afterwards           base 2, incr 2                      the history is removed, then forgotten
 *
 * Each row is a complete log, and each is on the device (the file, its name, the manifest, its name) before the next
 * one begins; a crash between any two leaves one of them, and besides a file that does not count. A rewrite that fails
 * leaves the second row, which is a complete log as well. What the manifest names is never removed, and when a change
 * of the manifest fails so badly that nobody knows which one the disk has, the files of both stay.
 *
 * Before the cut the next incr file is made and the running one synced, so that its end finds little to sync. **An incr
 * file that has a successor is therefore complete and on the device**; only the last one can end in the middle of a
 * command.
 *
 * **When it is switched on while the server runs**, what is on the disk (if anything) is the log of another time. The
 * new incr file then is provisional: it has a temporary name, and together with the first base it takes the place of
 * everything, in the same way. Until then the old files stay what they are. If the rewrite fails, both are begun anew.
 *
 * **In the single-file layout** there is no next file; where writes go then, single-rewrite.ts says.
 */

import type { Values } from "../config/table.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { Platform } from "../platform/platform.js";
import type { Format } from "../snapshot/job/formats.js";
import type { SnapshotJob, SnapshotJobs } from "../snapshot/job/job.js";
import type { LogLine } from "../util/log-line.js";
import type { AofLatencyEvent } from "./aof-parts.js";
import type { AppendOnlyFile } from "./append-only-file.js";
import type { Background } from "./background.js";
import type { AofDirectory } from "./directory.js";
import type { ManifestFile } from "./manifest.js";
import type { NextIncr } from "./next-incr.js";
import type { SingleChange } from "./single-rewrite.js";

export interface RewriterParts {
  readonly platform: Platform;
  readonly keyspace: Keyspace;
  /** Read at each use. */
  readonly values: Readonly<Values>;
  readonly jobs: SnapshotJobs;
  readonly background: Background;
  /** The directory with its manifest, made if need be. Throws what the disk throws. */
  readonly directory: () => AofDirectory;
  /** The running file, null while there is none. */
  readonly aof: () => AppendOnlyFile | null;
  /** Settles when a file that was switched off is complete: until then it may still change the manifest. */
  readonly closed: () => Promise<void>;
  /** Gives the log's bytes to the running file: ends the turn. */
  readonly drain: () => void;
  /** Makes the provisional file the running one. Throws when the append-only file was switched off meanwhile. */
  readonly begin: (incr: NextIncr) => void;
  /** The format of a base in RDB. */
  readonly rdb: () => Format;
  /** The capture has been taken, in so many microseconds. */
  readonly onCut: (us: number) => void;
  readonly onLatency: (event: AofLatencyEvent, milliseconds: number) => void;
  readonly log: LogLine;
}

/** A rewrite from its cut on. */
export interface Cut {
  readonly directory: AofDirectory;
  readonly job: SnapshotJob;
  readonly base: ManifestFile;
  readonly temporary: string;
  /** The incr file that begins at the cut; null when the append-only file is off, and in the single-file layout. */
  readonly incr: ManifestFile | null;
  /** In the single-file layout: where the thread leaves the new file, and what goes behind it. */
  readonly single: Pick<SingleChange, "directory" | "running" | "path"> | null;
  /** What took the log at the cut. */
  readonly running: AppendOnlyFile | null;
  readonly isProvisional: boolean;
  readonly startedMs: number;
}
