/**
 * The capture: the keyspace at a moment, for as long as somebody reads it, while it goes on changing.
 *
 * Taking one opens a cut of the arena (memory/arena.ts has the essay) and copies the roots of the databases, nothing
 * else. Whoever reads it retains it: several readers, here or in other threads, may share one. When the last has
 * released it, what only the capture could see is freed in slices by the cron.
 *
 * A thread reads from an `Image`, which is plain data and shared memory. A reader that was told to stop must have
 * stopped before its hold is released: the memory is used again.
 */

import type { Database } from "../keyspace/database.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { Cut } from "../memory/arena.js";
import type { Ref } from "../memory/memory.js";

/** A database that has keys. */
export interface DatabaseImage {
  readonly index: number;
  /** Root of the dict of its entries. */
  readonly root: Ref;
  readonly keys: number;
  /** How many of the keys have an expiry. */
  readonly expiring: number;
}

/** What the access clock of each entry means: see keyspace/access.ts. `minutes` and `seconds` are the clock at the cut. */
export interface AccessImage {
  readonly lfu: boolean;
  readonly seconds: number;
  readonly minutes: number;
  /** `lfu-decay-time`. */
  readonly decayMinutes: number;
}

/** All that is needed to read a capture, also in another thread: it can be posted. */
export interface Image {
  readonly buffers: readonly (SharedArrayBuffer | null)[];
  readonly databases: readonly DatabaseImage[];
  readonly access: AccessImage;
  /** Wall clock at the cut, milliseconds since 1970. */
  readonly now: number;
}

export class Capture {
  private readers = 1;

  private constructor(
    readonly image: Image,
    private readonly cut: Cut,
  ) {}

  /** Takes the keyspace as it is. Not inside of a transaction. The caller is the first reader. */
  static take(keyspace: Keyspace): Capture {
    const databases = keyspace.databases.filter(({ count }) => count > 0).map(imageOf);
    const { access, now } = keyspace;
    const cut = keyspace.arena.openCut();
    return new Capture({ buffers: cut.buffers, databases, access: access.image(), now }, cut);
  }

  /** Keys of all databases. */
  get keys(): number {
    return this.image.databases.reduce((sum, { keys }) => sum + keys, 0);
  }

  /** Bytes of memory that exist only because of the capture, as they have grown since the cut. */
  get heldBytes(): number {
    return this.cut.heldBytes;
  }

  /** One more reader. */
  retain(): this {
    if (this.readers === 0) throw new Error("the capture has been released");
    this.readers++;
    return this;
  }

  /** One reader less; the last one ends the capture. */
  release(): void {
    if (this.readers === 0) throw new Error("the capture has been released more often than retained");
    if (--this.readers === 0) this.cut.close();
  }
}

function imageOf({ index, dict, expires }: Database): DatabaseImage {
  return { index, root: dict.root, keys: dict.count, expiring: expires.count };
}
