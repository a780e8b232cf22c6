/**
 * The compression of nodes inside a long list, as list-compress-depth asks for it: so many nodes at each end stay as they
 * are, for these are the ones in use. The format is in node.ts. Readers decompress into memory of their own; whoever
 * changes a node decompresses it first.
 */

import type { Arena } from "../../memory/arena.js";
import * as listpack from "../../memory/listpack.js";
import type { Memory, Ref } from "../../memory/memory.js";
import { copy, viewed } from "../../util/copy.js";
import { LzfCompressor, lzfDecompress } from "../../util/lzf.js";
import type { Slice } from "../../util/slice.js";
import {
  baseOf,
  bytesIn,
  COMPRESSED_START,
  COUNT,
  countIn,
  INCOMPRESSIBLE,
  isCompressed,
  nodeFrom,
  START,
  UNCOMPRESSED_BYTES,
} from "./node.js";

/** Redis's: a smaller listpack is not compressed, and one that would not become so much smaller. */
const COMPRESSED_FROM = 48;
const SAVED_MIN = 9;
/** Room for a larger node is let go when another one is next. */
const KEPT_ROOM = 64 * 1024;
const NO_ROOM = new Uint8Array(0);

/** What a compressed node holds, as it is. */
export function compressedIn(memory: Memory, node: Ref): Slice {
  const start = memory.offset(node) + COMPRESSED_START;
  return { bytes: memory.bytesOf(node), start, end: start - memory.read(node, START) };
}

/** Decompresses nodes one after another. */
export class Decompressor {
  /** The listpack of the node that was read last, from 0 on. */
  bytes = NO_ROOM;

  read(memory: Memory, node: Ref): void {
    const length = memory.read(node, UNCOMPRESSED_BYTES);
    if (length > this.bytes.length || this.bytes.length > KEPT_ROOM) {
      this.bytes = viewed(new Uint8Array(Math.max(length, KEPT_ROOM)));
    }
    const { bytes, start, end } = compressedIn(memory, node);
    if (!lzfDecompress(bytes, start, end, this.bytes, 0, length))
      throw new Error("A compressed node is damaged");
  }
}

/** Compresses nodes and decompresses them. Each method gives back what is to be hung in the place of the node. */
export class NodeCompression {
  private readonly decompressor = new Decompressor();
  private compressor: LzfCompressor | null = null;
  private room = NO_ROOM;

  constructor(private readonly arena: Arena) {}

  /** Whether it may be worth while to compress the node. */
  isUntried(node: Ref): boolean {
    const start = this.arena.read(node, START);
    return start >= 0 && (start & INCOMPRESSIBLE) === 0;
  }

  compress(node: Ref): Ref {
    const { arena } = this;
    const length = bytesIn(arena, node);
    const compressed = length < COMPRESSED_FROM ? 0 : this.compressIntoRoom(node, length);
    if (compressed === 0) return this.mark(node, true);
    const made = arena.allocate(COMPRESSED_START + compressed);
    const words = arena.wordsOf(made);
    const head = arena.word(made);
    words[head + START] = -compressed;
    words[head + UNCOMPRESSED_BYTES] = length;
    words[head + COUNT] = countIn(arena, node);
    copy(this.room, 0, compressed, arena.bytesOf(made), arena.offset(made) + COMPRESSED_START);
    if (this.room.length > KEPT_ROOM) this.room = NO_ROOM;
    arena.free(node);
    return made;
  }

  /** The node ready to be changed: not compressed, nor marked as one that cannot be. */
  restore(node: Ref): Ref {
    const { arena } = this;
    if (!isCompressed(arena, node)) return this.isUntried(node) ? node : this.mark(node, false);
    this.decompressor.read(arena, node);
    const { bytes } = this.decompressor;
    const restored = nodeFrom(arena, { bytes, start: 0, end: listpack.totalBytes(bytes, 0) });
    arena.free(node);
    return restored;
  }

  private compressIntoRoom(node: Ref, length: number): number {
    this.compressor ??= new LzfCompressor();
    if (this.room.length < length) this.room = new Uint8Array(Math.max(length, KEPT_ROOM));
    const bytes = this.arena.bytesOf(node);
    const base = baseOf(this.arena, node);
    return this.compressor.compress(bytes, base, base + length, this.room, 0, length - SAVED_MIN);
  }

  private mark(node: Ref, incompressible: boolean): Ref {
    const owned = this.arena.own(node);
    const words = this.arena.wordsOf(owned);
    const at = this.arena.word(owned) + START;
    words[at] = incompressible ? words[at]! | INCOMPRESSIBLE : words[at]! & ~INCOMPRESSIBLE;
    return owned;
  }
}
