/** The side of loading that applies commands: the engine, as the recovery sees it. */

import type { Request } from "../resp/request.js";
import type { RdbListener, RdbReader } from "../snapshot/rdb/reader.js";

/** What takes the commands: the engine. */
export interface Replay {
  /** A new file begins: database 0 is selected, and no transaction is open. */
  beginFile(): void;
  /** Drops everything that has been applied: loading begins again. */
  forget(): void;
  /** A reader for the snapshot that a file of `size` bytes begins with, into the dataset. */
  readSnapshot(size: number, listener: RdbListener): RdbReader;
  /** Applies a command, which is valid during the call. Throws UnknownCommand. */
  apply(request: Request): void;
  /** Whether a MULTI waits for its EXEC. */
  insideTransaction(): boolean;
}

/** Thrown by `apply` for a command that this server does not have. */
export class UnknownCommand extends Error {
  constructor(readonly command: string) {
    super(`Unknown command '${command}'`);
  }
}
