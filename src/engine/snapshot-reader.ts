/** Readers of snapshots that go into the engine's dataset, as its directives want it. */

import { type RdbListener, RdbReader } from "../snapshot/rdb/reader.js";
import type { ValueOptions } from "../snapshot/rdb/values.js";
import type { Engine } from "./engine.js";

/** Where a snapshot comes from decides what is done with it. */
export interface SnapshotUse {
  /** Bytes of the whole, of which the snapshot may be only the beginning; Infinity when that is not known. */
  readonly size: number;
  /** Whether entries whose time is over are left out: of a dump on a primary, and of nothing else. */
  readonly skipExpired: boolean;
  /** Whether a value takes the place of one that is there at its key, instead of being an error. */
  readonly replace?: boolean;
}

/** How values from outside are read; `sanitize` as `sanitize-dump-payload` says for whoever they come from. */
export function valueOptions(engine: Engine, sanitize: boolean): ValueOptions {
  return { limits: engine.config.values, sanitize, now: engine.platform.clock.now() };
}

/** What a snapshot has brought. */
export interface LoadedKeys {
  readonly keysLoaded: number;
  readonly keysExpired: number;
}

/** A reader that loads a snapshot into the dataset, which nobody else changes meanwhile. INFO tells what it brings. */
export function snapshotReader(engine: Engine, use: SnapshotUse, listener: RdbListener): RdbReader {
  const { values } = engine.config;
  const reader = new RdbReader(
    engine.keyspace,
    {
      ...use,
      ...valueOptions(engine, values["sanitize-dump-payload"] === "yes"),
      verify: values.rdbchecksum && engine.verifiesChecksums,
    },
    listener,
  );
  engine.lastLoad = reader;
  return reader;
}
