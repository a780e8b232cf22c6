/** What is large and no longer reachable, emptied databases and values, to be freed in slices. */

import type { Dict } from "../memory/dict.js";
import type { Entries } from "../memory/entry.js";
import type { Ref } from "../memory/memory.js";
import { DictRemains, type Remains } from "../types/tabled.js";
import { typeOf } from "../types/types.js";

interface Part {
  readonly remains: Remains;
  /** How much `entries` counts for the part as a whole: 1 for a value. Of a database each entry counts by itself. */
  readonly weight: number;
}

export class Discarded {
  private readonly queue: Part[] = [];
  /** Entries that wait. */
  entries = 0;

  /** Takes over a database. */
  add(entries: Entries, dict: Dict, expires: Dict): void {
    expires.freeTable();
    this.entries += dict.count;
    const free = (ref: Ref): void => {
      this.entries--;
      this.release(entries, ref);
    };
    this.queue.push({ remains: new DictRemains(dict, free), weight: 0 });
  }

  /** Frees an entry and its value, or takes over the value when that would take long. */
  release(entries: Entries, ref: Ref): void {
    const type = typeOf(entries.type(ref));
    const remains = type.dismantle?.(entries, ref) ?? null;
    if (remains === null) {
      type.free(entries, ref);
    } else {
      this.entries++;
      this.queue.push({ remains, weight: 1 });
    }
  }

  /** Frees about `count` blocks; false when none are left. */
  free(count: number): boolean {
    for (let left = count; left > 0; ) {
      const at = this.queue.length - 1;
      const part = this.queue[at];
      if (part === undefined) return false;
      left -= part.remains.free(left);
      if (!part.remains.done) continue;
      this.entries -= part.weight;
      // Values of a database may have been put behind it.
      this.queue.splice(at, 1);
    }
    return this.queue.length > 0;
  }

  /** The arena was reset: nothing is left to free. */
  forget(): void {
    this.queue.length = 0;
    this.entries = 0;
  }
}
