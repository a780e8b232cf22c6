/**
 * Keeps those nodes of a list compressed that list-compress-depth wants compressed: the ones with so many nodes between
 * them and either end. A change notes in which leaf of the directory it was, and `tidy` looks there and at the ends for
 * what is otherwise than it should be.
 */

import type { Arena } from "../../memory/arena.js";
import type { Ref } from "../../memory/memory.js";
import { NodeCompression } from "./compression.js";
import type { Directory } from "./directory.js";
import { isCompressed } from "./node.js";
import * as row from "./row.js";

/** More nodes are not compressed at once: of a list that was made before the directive was changed there may be many. */
const COMPRESSED_AT_ONCE = 8;

export class CompressDepth {
  private depth = 0;
  /** The leaf that has to be tidied; negative when there is none. */
  private untidy = -1;
  private readonly compression: NodeCompression;

  constructor(
    private readonly arena: Arena,
    private readonly directory: Directory,
  ) {
    this.compression = new NodeCompression(arena);
  }

  /** For the list that is attached next. */
  set(depth: number): void {
    this.depth = depth;
    this.untidy = -1;
  }

  /** In this leaf nodes have come or gone. */
  note(leafAt: number): void {
    this.untidy = leafAt;
  }

  /** A node of a mutable leaf, ready to be changed. */
  nodeToChange(leaf: Ref, leafAt: number, nodeAt: number): Ref {
    const node = row.refAt(this.arena, leaf, nodeAt);
    if (this.compression.isUntried(node)) return node;
    const restored = this.compression.restore(node);
    row.setRef(this.arena, leaf, nodeAt, restored);
    this.untidy = leafAt;
    return restored;
  }

  /** A node that is leaving the directory, ready to be changed. */
  restore(node: Ref): Ref {
    return this.compression.restore(node);
  }

  /** Compresses and restores what the last change has left otherwise than list-compress-depth says. */
  tidy(): void {
    const touched = this.untidy;
    if (touched < 0) return;
    this.untidy = -1;
    if (this.depth === 0) return;
    const { directory } = this;
    const { leaves } = directory;
    let left = COMPRESSED_AT_ONCE;
    for (let at = Math.max(touched - 1, 0); at <= touched + 1 && at < leaves; at++)
      left = this.tidyLeaf(at, left);
    for (let at = 0, passed = 0; at < leaves && passed <= this.depth; at++) {
      left = this.tidyLeaf(at, left);
      passed += directory.nodesIn(at);
    }
    for (let at = leaves - 1, passed = 0; at >= 0 && passed <= this.depth; at--) {
      left = this.tidyLeaf(at, left);
      passed += directory.nodesIn(at);
    }
  }

  /** Compresses up to `most` nodes of a leaf, and restores those near the ends; returns how many are left of `most`. */
  private tidyLeaf(leafAt: number, most: number): number {
    const { arena, depth, directory } = this;
    const nodes = directory.nodesIn(leafAt);
    const before = this.nodesBefore(leafAt);
    const behind = this.nodesBehind(leafAt);
    let left = most;
    for (let at = 0; at < nodes; at++) {
      const node = directory.node(leafAt, at);
      if (before + at < depth || behind + nodes - 1 - at < depth) {
        if (isCompressed(arena, node)) this.hang(leafAt, at, this.compression.restore(node));
      } else if (left > 0 && this.compression.isUntried(node)) {
        this.hang(leafAt, at, this.compression.compress(node));
        left--;
      }
    }
    return left;
  }

  private hang(leafAt: number, nodeAt: number, node: Ref): void {
    row.setRef(this.arena, this.directory.ownLeaf(leafAt), nodeAt, node);
  }

  /** Nodes before a leaf, all of them or at least `depth`. */
  private nodesBefore(leafAt: number): number {
    let nodes = 0;
    for (let at = leafAt - 1; at >= 0 && nodes < this.depth; at--) nodes += this.directory.nodesIn(at);
    return nodes;
  }

  private nodesBehind(leafAt: number): number {
    const { leaves } = this.directory;
    let nodes = 0;
    for (let at = leafAt + 1; at < leaves && nodes < this.depth; at++) nodes += this.directory.nodesIn(at);
    return nodes;
  }
}
