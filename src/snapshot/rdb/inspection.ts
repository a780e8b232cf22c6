/** Reading a snapshot without keeping it: to check a file, to count what is in it. */

import { Keyspace } from "../../keyspace/keyspace.js";
import type { Ref } from "../../memory/memory.js";
import type { Chance } from "../../platform/chance.js";
import { typeOf } from "../../types/types.js";
import type { ValueLimits } from "./builder.js";
import { type RdbListener, RdbReader } from "./reader.js";

/** Nothing depends on which encoding a value gets: the one that it comes in, whatever its size. */
const AS_THEY_COME: ValueLimits = {
  "hash-max-listpack-entries": Number.POSITIVE_INFINITY,
  "hash-max-listpack-value": Number.POSITIVE_INFINITY,
  "list-max-listpack-size": -2,
  "list-compress-depth": 0,
  "set-max-intset-entries": Number.POSITIVE_INFINITY,
  "set-max-listpack-entries": 0,
  "set-max-listpack-value": 0,
  "zset-max-listpack-entries": Number.POSITIVE_INFINITY,
  "zset-max-listpack-value": Number.POSITIVE_INFINITY,
};

/** What there is to know about an entry. */
export interface InspectedEntry {
  /** Number of its type (types/type.ts). */
  readonly type: number;
  readonly database: number;
  /** Milliseconds since 1970, or NEVER. */
  readonly expiry: number;
}

/** Options of an inspection. */
export interface InspectionOptions {
  /** Bytes of the file. */
  readonly size: number;
  /** For the hashes of the values that are built for a moment. */
  readonly chance: Chance;
  /** Whether compact encodings are searched for elements that are there twice. */
  readonly sanitize: boolean;
}

/** A reader that goes through a snapshot with all checks and frees each entry when it has told of it. */
export function inspect(
  { size, chance, sanitize }: InspectionOptions,
  listener: Omit<RdbListener, "entry"> & { entry?(entry: InspectedEntry): void },
): RdbReader {
  const space = new Keyspace(1, chance);
  const { entries } = space;
  const entry = (ref: Ref, database: number): void => {
    const type = entries.type(ref);
    listener.entry?.({ type, database, expiry: entries.expiry(ref) });
    typeOf(type).free(entries, ref);
  };
  const options = { limits: AS_THEY_COME, sanitize, verify: true, now: 0, skipExpired: false, size };
  return new RdbReader(space, options, { ...bound(listener), entry });
}

/** Whether the bytes are a whole snapshot, intact and without a key. */
export function isEmptySnapshot(bytes: Uint8Array): boolean {
  // Nobody can choose keys for so short a life.
  const chance: Chance = { real: () => 0.5, bytes: (count) => new Uint8Array(count) };
  const reader = inspect({ size: bytes.length, chance, sanitize: false }, {});
  try {
    const end = reader.read(bytes, 0, bytes.length);
    return reader.done && end === bytes.length && reader.keysLoaded === 0;
  } catch {
    return false;
  } finally {
    reader.close();
  }
}

function bound(listener: Omit<RdbListener, "entry">): Omit<RdbListener, "entry"> {
  return {
    version: (version) => listener.version?.(version),
    field: (name, value) => listener.field?.(name, value),
    database: (index) => listener.database?.(index),
  };
}
