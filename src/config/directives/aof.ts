/** The append-only file. */

import { directive } from "../directive.js";
import { INT_MAX, integer, LONG_MAX, MB, memory } from "../kinds/number.js";
import { retention } from "../kinds/retention.js";
import { flag, nameOf, oneOf } from "../kinds/scalar.js";

export const aof = {
  appendonly: directive(flag, false, "Whether every write is appended to a file that is replayed at start.", {
    denyLoading: true,
  }),
  appendfilename: directive(
    nameOf("filename", "appendfilename", false),
    "appendonly.aof",
    "What the names of the append-only files begin with.",
    { immutable: true },
  ),
  appenddirname: directive(
    nameOf("dirname", "appenddirname", false),
    "appendonlydir",
    "The directory of the append-only files, inside `dir`.",
    { immutable: true },
  ),
  appendfsync: directive(
    oneOf("everysec", "always", "no"),
    "everysec",
    "When appended writes are synced to the device: once a second, before their replies leave, or when the system likes.",
  ),
  "no-appendfsync-on-rewrite": directive(
    flag,
    false,
    "Whether syncing pauses while a snapshot is saved or the append-only file is rewritten.",
  ),
  "auto-aof-rewrite-percentage": directive(
    integer(0n, INT_MAX),
    100,
    "By how many percent the append-only file grows before it is rewritten by itself; 0 is never.",
  ),
  "auto-aof-rewrite-min-size": directive(
    memory(0n, LONG_MAX),
    64 * MB,
    "Below this size the append-only file is not rewritten by itself.",
  ),
  "aof-load-truncated": directive(
    flag,
    true,
    "Whether a file that ends in the middle of a command is cut back to the last whole one at start, or refused.",
  ),
  "aof-load-corrupt-tail-max-size": directive(
    memory(0n, LONG_MAX),
    0,
    "Up to how many bytes at the end of the append-only file may be no commands and are cut off at start, if `aof-load-truncated` is on.",
  ),
  "aof-layout": directive(
    oneOf("multi-part", "single"),
    "multi-part",
    "Whether the append-only file is a directory of files with a manifest, or one file as Redis kept it before version 7.",
    { immutable: true },
  ),
  "aof-annotations": directive(
    oneOf("auto", "yes", "no"),
    "auto",
    "Whether the append-only file has checksums and marks, as lines that Redis skips; `auto` is yes unless `aof-layout` is `single`, since Redis before version 7 does not skip them.",
    { immutable: true },
  ),
  "aof-use-rdb-preamble": directive(
    flag,
    true,
    "Whether the base file that a rewrite makes is a snapshot (RDB) or commands.",
  ),
  "aof-timestamp-enabled": directive(
    flag,
    false,
    "Whether the append-only file notes the time of its writes, for restoring to a moment.",
  ),
  "aof-rewrite-incremental-fsync": directive(
    flag,
    true,
    "Whether a rewrite syncs its file every few megabytes instead of all at the end.",
  ),
  "aof-history-retention": directive(
    retention,
    null,
    "How much of what rewrites have replaced is kept in the directory `history` beside the append-only files, for `tidemark restore`; all limits hold together, at any time.",
  ),
  "aof-disable-auto-gc": directive(
    flag,
    false,
    "Whether append-only files that are no longer needed stay on the disk.",
    { hidden: true },
  ),
};
