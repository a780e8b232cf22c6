/** What is left of a quicklist whose entry has gone: freed a leaf of its directory at a time. */

import type { Arena } from "../../memory/arena.js";
import type { Ref } from "../../memory/memory.js";
import type { Remains } from "../tabled.js";
import * as row from "./row.js";

export class ListRemains implements Remains {
  done = false;
  private leaves: number;

  constructor(
    private readonly arena: Arena,
    private readonly root: Ref,
  ) {
    this.leaves = row.length(arena, root);
  }

  free(count: number): number {
    let freed = 0;
    while (freed < count && !this.done) freed += this.leaves > 0 ? this.freeLeaf() : this.freeRoot();
    return freed;
  }

  private freeLeaf(): number {
    const { arena } = this;
    const leaf = row.refAt(arena, this.root, --this.leaves);
    const nodes = row.length(arena, leaf);
    for (let at = 0; at < nodes; at++) arena.free(row.refAt(arena, leaf, at));
    arena.free(leaf);
    return nodes + 1;
  }

  private freeRoot(): number {
    this.arena.free(this.root);
    this.done = true;
    return 1;
  }
}
