/** The one place where an entry of a database that has moved is hung in. */

import { Held } from "../memory/held.js";
import type { Ref } from "../memory/memory.js";
import type { Database } from "./database.js";

/** An entry at a key, as a command changes it. One object serves a database for one key after the other. */
export class Hung extends Held {
  private hash = 0;

  constructor(private readonly database: Database) {
    super(database.space.entries);
  }

  /** Turns to the entry of a key with that hash. */
  at(hash: number, ref: Ref): this {
    this.hash = hash;
    this.ref = ref;
    return this;
  }

  protected override moveTo(ref: Ref): void {
    const { dict, expires } = this.database;
    dict.replace(this.hash, this.ref, ref);
    if (this.entries.hasExpiry(ref)) expires.replace(this.hash, this.ref, ref);
    this.ref = ref;
  }
}
