/** Going on in a new file when the one in use could not be synced: how depends on the layout. */

import type { Clock } from "../platform/clock.js";
import { Annotation } from "./annotation.js";
import type { AofDirectory } from "./directory.js";
import { FileReplacement } from "./file-replacement.js";
import { SingleDirectory } from "./single-directory.js";
import { SingleReplacement } from "./single-replacement.js";
import type { Tail } from "./tail.js";

/** Makes the tail go on in the new file; gives back by how much the files before it have grown. */
export type GoOn = (tail: Tail) => number;

export interface Replacement {
  /** Does what is left to do. Rejects with the disk's error; then it is called again. */
  run(): Promise<GoOn>;
  /** It is not called again. What there is of the new file stays: the next start may need it. */
  giveUp(): void;
}

export function replacementOf(directory: AofDirectory, tail: Tail, clock: Clock): Replacement {
  const pieces = tail.retained.toArray();
  const position = tail.settledBytes;
  if (directory instanceof SingleDirectory) return new SingleReplacement({ directory, position, pieces });
  return new FileReplacement({
    directory,
    old: tail.file,
    position,
    safe: tail.syncedBytes,
    clock,
    // In the new file they would be in other places than they say.
    pieces: pieces.filter((piece) => !(piece instanceof Annotation && piece.isSeal)),
    database: tail.databaseBefore,
  });
}

/** The file has taken its place, but nobody knows whether its name is on the device. */
export function retryOfName(directory: AofDirectory): Replacement {
  return new SingleReplacement({ directory: directory as SingleDirectory, position: 0, pieces: [] }, "name");
}
