/** Snapshots, and the directory that holds all files. */

import { directive } from "../directive.js";
import { directory } from "../kinds/directory.js";
import { INT_MAX, INT_MIN, integer, MB } from "../kinds/number.js";
import { savePoints } from "../kinds/save-points.js";
import { flag, nameOf, oneOf } from "../kinds/scalar.js";

/** The oldest and newest version of RDB that can be written. */
const OLDEST_RDB_VERSION = 9;
const NEWEST_RDB_VERSION = 12;

export const rdb = {
  save: directive(
    savePoints,
    [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 10000 },
    ],
    "After so many seconds with at least so many changes a snapshot is saved.",
  ),
  dbfilename: directive(
    nameOf("filename", "dbfilename", true),
    "dump.rdb",
    "The snapshot's file name, inside `dir`.",
    { protected: true },
  ),
  dir: directive(directory, "./", "The directory of all data files; relative paths start from it.", {
    protected: true,
    denyLoading: true,
  }),
  "stop-writes-on-bgsave-error": directive(
    flag,
    true,
    "Whether writes are refused while the last snapshot of a save point has failed.",
  ),
  "rdb-version": directive(
    integer(BigInt(OLDEST_RDB_VERSION), BigInt(NEWEST_RDB_VERSION)),
    10,
    "The version of the format that snapshots are written in. Every Redis from 5.0 on reads 9, from 7.0 on 10, from 7.2 on 11, from 7.4 on 12.",
  ),
  rdbcompression: directive(flag, true, "Whether strings in snapshots are compressed (LZF)."),
  rdbchecksum: directive(
    flag,
    true,
    "Whether snapshots carry a checksum that is verified when they are read.",
    {
      immutable: true,
    },
  ),
  "sanitize-dump-payload": directive(
    oneOf("no", "yes", "clients"),
    "no",
    "Whose snapshots and RESTORE payloads are checked in depth: nobody's, everybody's, or those of clients.",
  ),
  "rdb-del-sync-files": directive(
    flag,
    false,
    "Whether snapshots made only for replication are removed when nothing else persists.",
  ),
  "rdb-save-incremental-fsync": directive(
    flag,
    true,
    "Whether saving a snapshot syncs its file every few megabytes instead of all at the end.",
  ),
  "rdb-key-save-delay": directive(
    integer(INT_MIN, INT_MAX),
    0,
    "Microseconds to wait after each key that a snapshot saves, for tests.",
    { hidden: true },
  ),
  "key-load-delay": directive(
    integer(INT_MIN, INT_MAX),
    0,
    "Microseconds to wait after each key that is loaded, for tests.",
    { hidden: true },
  ),
  "loading-process-events-interval-bytes": directive(
    integer(1024n, INT_MAX),
    2 * MB,
    "After how many loaded bytes clients are answered again.",
    { hidden: true },
  ),
};
