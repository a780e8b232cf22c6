/** The format of snapshots as the configuration wants them. */

import type { Values } from "../../config/table.js";
import { REDIS_VERSION } from "../../config/version.js";
import type { RdbMark, RdbOptions } from "../rdb/writer.js";
import type { Format } from "./formats.js";

/** What the configuration does not say. */
export interface RdbFacts {
  /** Bytes that the dataset takes. */
  readonly usedMemory: number;
  /** Where in the replication stream the snapshot stands; null when nobody could go on from there. */
  readonly mark: RdbMark | null;
  /** Whether it is the base of an append-only file. */
  readonly aofBase: boolean;
}

export type RdbSettings = Pick<Values, "rdb-version" | "rdbcompression" | "rdbchecksum" | "maxmemory-policy">;

/** RDB, of the version and with the compression, the checksum and the opcodes that the settings ask for. */
export function rdbFormat(settings: RdbSettings, facts: RdbFacts): Format {
  const options: RdbOptions = {
    version: settings["rdb-version"],
    compress: settings.rdbcompression,
    checksum: settings.rdbchecksum,
    serverVersion: REDIS_VERSION,
    access: accessOf(settings["maxmemory-policy"]),
    ...facts,
  };
  return { kind: "rdb", options };
}

function accessOf(policy: string): RdbOptions["access"] {
  if (policy.endsWith("-lru")) return "idle";
  return policy.endsWith("-lfu") ? "frequency" : "none";
}
