/**
 * Keys of one database to which clients of a writable replica have given an expiry. A replica waits for its primary to
 * delete what has expired; of these keys the primary may know nothing, so the replica deletes them itself.
 *
 * They are looked at in turn. One that has no expiry any longer, or is gone, is forgotten, so it does no harm that
 * nobody tells of it.
 */

import { bytesOfLatin1, latin1 } from "../util/ascii.js";

export class OwnExpiries {
  /** As Latin-1 text, the one that was looked at longest ago first. */
  private readonly keys = new Set<string>();

  get count(): number {
    return this.keys.size;
  }

  add(key: Uint8Array): void {
    this.keys.add(latin1(key));
  }

  /** Gives the next keys to `look`, no more than so many, which says whether to keep them. */
  visit(most: number, look: (key: Uint8Array) => boolean): void {
    let left = Math.min(most, this.keys.size);
    for (const key of this.keys) {
      if (left-- === 0) return;
      this.keys.delete(key);
      if (look(bytesOfLatin1(key))) this.keys.add(key);
    }
  }
}
