/** The dict against a Map: finding, splitting, merging, the cursor's promise, chance, and frozen roots. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { Arena } from "#tidemark/memory/arena.js";
import { Dict, DictReader } from "#tidemark/memory/dict.js";
import { Entries, EntryReader, NEVER } from "#tidemark/memory/entry.js";
import { Hasher } from "#tidemark/memory/key.js";
import { Memory } from "#tidemark/memory/memory.js";
import { SeededChance } from "../support/chance.js";

const TRAITS = { type: 0, encoding: 0, access: 0, expiry: NEVER };

/** A dict of strings with a model beside it. */
class Table {
  readonly arena = new Arena({ poison: true });
  readonly entries = new Entries(this.arena);
  readonly chance = new SeededChance(1);
  readonly hasher = new Hasher(this.chance);
  readonly model = new Map<string, string>();
  readonly dict = new Dict(this.arena);

  set(name: string, text: string): void {
    const key = this.hasher.key(Buffer.from(name));
    const value = Buffer.from(text);
    const ref = this.entries.createString(key, value, 0, value.length, TRAITS);
    const old = this.dict.find(key);
    if (old === 0) {
      this.dict.insert(key.hash, ref);
    } else {
      this.dict.replace(key.hash, old, ref);
      this.entries.freeString(old);
    }
    this.model.set(name, text);
  }

  delete(name: string): void {
    const key = this.hasher.key(Buffer.from(name));
    const ref = this.dict.find(key);
    if (ref === 0) return;
    this.dict.remove(key.hash, ref);
    this.entries.freeString(ref);
    this.model.delete(name);
  }

  get(name: string): string | null {
    const ref = this.dict.find(this.hasher.key(Buffer.from(name)));
    return ref === 0 ? null : textOf(this.entries, ref);
  }

  check(): void {
    assert.equal(this.dict.count, this.model.size);
    for (const [name, text] of this.model) assert.equal(this.get(name), text);
    assert.deepEqual(contentOf(this.dict, this.entries), this.model);
  }
}

function textOf(entries: EntryReader, ref: number): string {
  const start = entries.valueStart(ref);
  return Buffer.from(entries.valueBytes(ref).slice(start, start + entries.valueLength(ref))).toString();
}

function contentOf(dict: DictReader, entries: EntryReader): Map<string, string> {
  const content = new Map<string, string>();
  dict.forEach((ref) => {
    content.set(entries.keyBytes(ref).toString(), textOf(entries, ref));
  });
  return content;
}

function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `key:${i + from}`);
}

describe("a dict", () => {
  it("takes what it was made ready for without a split, and gives the room back", () => {
    for (const [expected, count] of [
      [0, 1000],
      [341, 1000],
      [5000, 5000],
      [5000, 20],
      [5000, 20_000],
    ] as const) {
      const table = new Table();
      table.dict.reserve(expected);
      const { segments } = table.dict;
      for (let i = 0; i < count; i++) table.set(`key:${i}`, `value ${i}`);
      if (expected === count) assert.equal(table.dict.segments, segments);
      table.dict.reserve(1_000_000);
      table.check();
      const seen = new Set<number>();
      for (let cursor = 0, first = true; first || cursor !== 0; first = false)
        cursor = table.dict.scan(cursor, 10, (ref) => void seen.add(ref));
      assert.equal(seen.size, count);
      for (let i = 0; i < count; i++) if (i !== 7) table.delete(`key:${i}`);
      table.check();
      assert.ok(table.dict.segments <= Math.max(segments, 2));
      assert.equal(table.get("key:7"), "value 7");
    }
  });

  it("finds what was put in, through splits, merges and both directions of the directory", () => {
    const table = new Table();
    for (const name of numbered(20_000)) table.set(name, `value of ${name}`);
    table.check();
    const segments = table.dict.segments;
    assert.ok(segments > 40);
    for (const name of numbered(19_900)) table.delete(name);
    table.check();
    assert.ok(table.dict.segments < segments / 10, `${table.dict.segments} segments are left of ${segments}`);
    for (const name of numbered(5_000, 100)) table.set(name, "again");
    table.check();
    for (const name of [...table.model.keys()]) table.delete(name);
    table.check();
    assert.equal(table.dict.segments, 1);
    table.dict.freeTable();
    assert.equal(table.arena.blocks, 0);
  });

  it("agrees with a Map under random changes, and frozen roots stay as they were", () => {
    const change = fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({
          kind: fc.constant("set" as const),
          at: fc.nat(3000),
          text: fc.string({ maxLength: 40 }),
        }),
      },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("delete" as const), at: fc.nat(3000) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("many" as const), at: fc.nat(3000), count: fc.nat(900) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("fewer" as const), at: fc.nat(3000), count: fc.nat(900) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("open" as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), at: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 20, maxLength: 200 }), (changes) => {
        const table = new Table();
        const cuts: { close(): void; root: number; model: Map<string, string> }[] = [];
        for (const each of changes) {
          if (each.kind === "set") table.set(`key:${each.at}`, each.text);
          if (each.kind === "delete") table.delete(`key:${each.at}`);
          if (each.kind === "many") for (const name of numbered(each.count, each.at)) table.set(name, "many");
          if (each.kind === "fewer") for (const name of numbered(each.count, each.at)) table.delete(name);
          if (each.kind === "open") {
            const cut = table.arena.openCut();
            cuts.push({ close: () => cut.close(), root: table.dict.root, model: new Map(table.model) });
          }
          if (each.kind === "close" && cuts.length > 0) cuts.splice(each.at % cuts.length, 1)[0]!.close();
          table.arena.reap(50);
        }
        table.check();
        for (const { root, model } of cuts) {
          assert.deepEqual(contentOf(new DictReader(table.arena, root), table.entries), model);
        }
        for (const cut of cuts) cut.close();
        while (table.arena.reap(1000)) {}
        for (const name of [...table.model.keys()]) table.delete(name);
        table.dict.freeTable();
        assert.equal(table.arena.blocks, 0, "every block has been freed once");
      }),
      { numRuns: 150 },
    );
  });

  it("returns by its cursor everything that was there throughout, whatever else changes", () => {
    fc.assert(
      fc.property(
        fc.nat(4000),
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.nat(6000), { maxLength: 60 }),
        (stable, count, moves) => {
          const table = new Table();
          const stay = numbered(stable, 100_000);
          for (const name of stay) table.set(name, "stays");
          const seen = new Map<string, number>();
          let cursor = 0;
          let at = 0;
          do {
            cursor = table.dict.scan(cursor, count, (ref) => {
              const name = table.entries.keyBytes(ref).toString();
              seen.set(name, (seen.get(name) ?? 0) + 1);
            });
            const move = moves[at++ % Math.max(1, moves.length)] ?? 0;
            if (at % 2 === 0) for (const name of numbered(move)) table.set(name, "comes");
            else for (const name of numbered(move)) table.delete(name);
          } while (cursor !== 0);
          for (const name of stay) assert.equal(seen.get(name), 1, `${name} is returned once`);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("ends a scan from any cursor", () => {
    const table = new Table();
    for (const name of numbered(1000)) table.set(name, "x");
    for (const start of [1, 0x7fffffff, 0x80000000, 0xffffffff]) {
      let cursor = start;
      let calls = 0;
      do {
        cursor = table.dict.scan(cursor, 100, () => {});
        calls++;
      } while (cursor !== 0 && calls < 100);
      assert.equal(cursor, 0);
    }
  });

  it("chooses each entry at random with about the same chance", () => {
    const table = new Table();
    for (const name of numbered(1500)) table.set(name, "x");
    const hits = new Map<number, number>();
    const draws = 150_000;
    for (let i = 0; i < draws; i++) {
      const ref = table.dict.random(table.chance);
      hits.set(ref, (hits.get(ref) ?? 0) + 1);
    }
    assert.equal(hits.size, 1500);
    const expected = draws / 1500;
    const chiSquare = [...hits.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 1499 degrees of freedom: a fair choice stays below this with a probability of more than 0.9999.
    assert.ok(chiSquare < 1720, `chi square is ${chiSquare}`);
    assert.equal(new Dict(table.arena).random(table.chance), 0);
  });
});

describe("a worker thread", () => {
  it("reads a frozen root while the main thread overwrites, deletes and splits", async () => {
    const table = new Table();
    for (const name of numbered(60_000)) table.set(name, `first ${name}`);
    const cut = table.arena.openCut();
    const root = table.dict.root;
    const worker = new Worker(new URL("./frozen-reader.js", import.meta.url), {
      workerData: { buffers: cut.buffers, root, rounds: 20 },
    });
    const finished = new Promise<{ digests: string[]; count: number }>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    let done = false;
    void finished.finally(() => {
      done = true;
    });
    for (let round = 0; !done && round < 200; round++) {
      for (const name of numbered(3000, (round * 3000) % 60_000)) table.set(name, `second ${round}`);
      for (const name of numbered(1000, (round * 7000) % 60_000)) table.delete(name);
      for (const name of numbered(2000, 60_000 + round * 2000)) table.set(name, "new");
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { digests, count } = await finished;
    await worker.terminate();
    assert.equal(count, 60_000);
    assert.equal(new Set(digests).size, 1, "every pass over the frozen root reads the same");
    table.check();
    cut.close();
    while (table.arena.reap(10_000)) {}
    assert.equal(table.arena.deferredBytes, 0);
  });
});

describe("a reader over handed-over buffers", () => {
  it("sees what was there at the cut", () => {
    const table = new Table();
    for (const name of numbered(500)) table.set(name, name);
    const cut = table.arena.openCut();
    const model = new Map(table.model);
    const root = table.dict.root;
    for (const name of numbered(400)) table.delete(name);
    const memory = new Memory(cut.buffers);
    assert.deepEqual(contentOf(new DictReader(memory, root), new EntryReader(memory)), model);
    cut.close();
  });
});
