/** Keys that clients WATCH, of one database. */

import type { Key } from "../memory/key.js";
import { bytesOfLatin1, latin1 } from "../util/ascii.js";
import type { Database } from "./database.js";

/** Who watches: told once when a watched key changes. */
export interface Watcher {
  /** A watched key has changed: EXEC must fail. */
  dirty: boolean;
}

/** One key, watched by one client. */
export interface Watch {
  readonly watcher: Watcher;
  readonly database: Database;
  /** Its bytes, one character each. */
  readonly key: string;
  /** The key was there, but its time was over, when WATCH looked: that it goes is no change. */
  expired: boolean;
}

export class WatchedKeys {
  private readonly watches = new Map<string, Set<Watch>>();

  /** Number of keys that somebody watches. */
  get size(): number {
    return this.watches.size;
  }

  add(watch: Watch): void {
    const all = this.watches.get(watch.key);
    if (all === undefined) this.watches.set(watch.key, new Set([watch]));
    else all.add(watch);
  }

  remove(watch: Watch): void {
    const all = this.watches.get(watch.key);
    all?.delete(watch);
    if (all?.size === 0) this.watches.delete(watch.key);
  }

  /** The key has changed. */
  touch(key: Key): void {
    const all = this.watches.get(latin1(key.bytes, key.start, key.end));
    if (all === undefined) return;
    for (const watch of all) {
      if (watch.expired && watch.database.dict.find(key) === 0) watch.expired = false;
      else watch.watcher.dirty = true;
    }
  }

  /**
   * All keys of `database` are about to go, and those of `successor` to take their place (null: none). A key that is in
   * neither does not change, and neither does one whose time is over before and after.
   */
  touchAll(database: Database, successor: Database | null): void {
    for (const [name, all] of this.watches) {
      const key = database.space.key(bytesOfLatin1(name));
      const before = database.dict.find(key);
      const after = successor?.dict.find(key) ?? 0;
      if (before === 0 && after === 0) continue;
      const over = after !== 0 && database.space.isExpired(after);
      for (const watch of all) {
        if (watch.expired && after === 0) watch.expired = false;
        else if (over && before === 0) watch.expired = true;
        else if (!(over && watch.expired)) watch.watcher.dirty = true;
      }
    }
  }
}
