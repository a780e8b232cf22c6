/** A keyspace with one collection, its plain model, and snapshots of the past that must stay as they were. */

import assert from "node:assert/strict";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Cut } from "#tidemark/memory/arena.js";
import { EntryReader } from "#tidemark/memory/entry.js";
import type { Held } from "#tidemark/memory/held.js";
import type { Key } from "#tidemark/memory/key.js";
import { Memory } from "#tidemark/memory/memory.js";
import type { Slice } from "#tidemark/util/slice.js";
import { SeededChance } from "../support/chance.js";

interface Frozen<Model> {
  readonly cut: Cut;
  readonly ref: number;
  readonly model: Model;
}

export abstract class CollectionWorld<Model> {
  readonly keyspace = new Keyspace(1, new SeededChance(3), { poison: true });
  readonly database = this.keyspace.databases[0]!;
  readonly key = this.keyspace.key(Buffer.from("key"));
  private readonly frozen: Frozen<Model>[] = [];

  /** `create` makes the collection, empty. */
  constructor(
    readonly model: Model,
    create: (keyspace: Keyspace, key: Key) => number,
  ) {
    this.database.put(this.key, 0, create(this.keyspace, this.key));
  }

  protected abstract copyOf(model: Model): Model;
  /** What an entry has, each element once. */
  protected abstract contentOf(entries: EntryReader, ref: number): Model;

  get ref(): number {
    return this.database.peek(this.key);
  }

  /** As a command does before it changes something. */
  hold(): Held {
    return this.database.hold(this.key, this.ref);
  }

  expire(ms: number): void {
    this.database.setExpiry(this.key, this.ref, ms);
  }

  /** Goes on with a copy; the original is freed. */
  copy(): void {
    const other = this.keyspace.key(Buffer.from("other"));
    this.database.copy(this.ref, this.database, other);
    this.database.remove(this.key, this.ref);
    this.database.rename(other, this.database.peek(other), this.database, this.key);
    this.reclaim();
  }

  freeze(): void {
    const cut = this.keyspace.arena.openCut();
    this.frozen.push({ cut, ref: this.ref, model: this.copyOf(this.model) });
  }

  thaw(): void {
    this.frozen.shift()?.cut.close();
    this.reclaim();
  }

  /** The collection and every snapshot of it are what their models say. */
  check(): void {
    const { entries } = this.keyspace;
    assert.deepEqual(this.contentOf(entries, this.ref), this.model);
    assert.equal(this.database.expires.count, entries.hasExpiry(this.ref) ? 1 : 0);
    assert.equal(this.database.expires.find(this.key), entries.hasExpiry(this.ref) ? this.ref : 0);
    for (const { cut, ref, model } of this.frozen)
      assert.deepEqual(this.contentOf(new EntryReader(new Memory(cut.buffers)), ref), model);
  }

  /** Frees everything: no block may be left. */
  end(empty: number): void {
    this.database.remove(this.key, this.ref);
    while (this.frozen.length > 0) this.thaw();
    this.reclaim();
    assert.equal(this.keyspace.arena.blocks, empty);
  }

  private reclaim(): void {
    while (this.keyspace.reclaim(1000)) {}
  }
}

/** Text with something else around it. */
export function slice(text: string): Slice {
  const bytes = Buffer.from(`<${text}>`, "latin1");
  return { bytes, start: 1, end: bytes.length - 1 };
}
