/**
 * The append-only file while the server runs: when the log's bytes reach the kernel and the device, who waits for
 * that, and what happens when the disk fails.
 *
 * **Two watermarks**, as offsets of the log. `writtenOffset`: the kernel has the bytes, so that the death of the
 * process costs nothing before it. `syncedOffset`: the device has them, so that a power loss costs nothing. Both move
 * by whole blocks, that is by whole atomic units. A reply waits for `ackOffset`, which is the one that the policy
 * promises: `always` the synced one, `everysec` and `no` the written one. Blocks that are not for the file (log.ts) are
 * passed over in their place, and the watermarks move beyond them. A reply that would tell of a write waits for
 * that write's offset, so nothing is acknowledged that the policy's failure can take back.
 *
 * **The way of a block.** At the end of a turn it joins `unwritten`. Once written it moves to `retained`, where it
 * stays until it is synced, since a failed sync means that it must be written again elsewhere. (Under `no` nobody
 * promises anything about the device, and a written block is done.) While no sync runs, a turn's bytes are written at
 * once, in one call. While one runs, a write may have to wait for the device, and the loop must not:
 *
 *  - `everysec`: the write goes to the thread pool, later ones queue behind it, and their replies wait; each such
 *    wait is counted (`delayedFsync`). Meanwhile reads are served. If the device is so slow that `RETAINED_MAX` bytes
 *    wait for it, nothing more is written until the sync ends; that holds the writing clients and so bounds memory.
 *  - `always`: replies wait for a later sync anyhow, so the bytes stay in the queue until this one has ended. All
 *    that came in meanwhile is one write and one sync (group commit; when exactly it begins: group-commit.ts).
 *
 * **States.** `open`: all is well. From there:
 *
 *  - `full`: a write has failed (no space, an I/O error). The file is cut back to the end of its last whole block; the
 *    bytes stay queued. Tried again every second on the same file.
 *  - `broken`: a sync has failed. The file's tail is indeterminate and no later sync of it means anything. Its good
 *    part is kept, all after that goes on in a new file (file-replacement.ts), tried every second.
 *
 * In both, `canWrite` is false and the engine refuses writes with MISCONF; what it executed before is still in the
 * queue, and its replies go on waiting. When the disk works again everything queued is written, in order, and the
 * state is `open`: nothing was forgotten, nothing acknowledged was missing from the file at any time.
 */

import type { Log } from "../log/log.js";
import type { Clock } from "../platform/clock.js";
import type { DiskFile } from "../platform/disk.js";
import type { LogLine } from "../util/log-line.js";
import type { AofDirectory } from "./directory.js";
import type { ManifestFile } from "./manifest.js";
import type { SealingParts } from "./sealing.js";

export type FsyncPolicy = "always" | "everysec" | "no";

export type AofLatencyEvent =
  | "aof-write"
  | "aof-write-alone"
  | "aof-write-active-child"
  | "aof-write-pending-fsync"
  | "aof-fsync-always"
  | "aof-fstat"
  | "aof-rename"
  | "aof-rewrite-diff-write";

export interface AofParts {
  readonly directory: AofDirectory;
  /** The incr file to append to: `lastIncr` of opening.ts. */
  readonly incr: ManifestFile;
  readonly log: Log;
  readonly clock: Clock;
  readonly policy: FsyncPolicy;
  readonly writeLog: LogLine;
  readonly annotations: Omit<SealingParts, "clock">;
  /** Where in the file the last seal ends; all of the file is on the device. */
  readonly sealedBytes: number;
  /** The manifest does not name the file yet: `appendonly yes` was set while the server ran (rewrite-parts.ts). */
  readonly isProvisional?: boolean;
  /** Whether a snapshot is being written at present. Default: never. */
  readonly isSharing?: () => boolean;
}

/** A file that takes another one's place. */
export interface Successor {
  readonly file: DiskFile;
  readonly bytes: number;
  /** No seal covers the last so many bytes, and this is their CRC-32. */
  readonly unsealed: number;
  readonly crc: number;
  /** What its name has met on the way to the device, or null. */
  readonly doubt: unknown;
}
