/** Sorted sets against a plain model: both forms, the conversion between them, and frozen snapshots. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { EntryReader, NEVER } from "#tidemark/memory/entry.js";
import type { Key } from "#tidemark/memory/key.js";
import * as listpack from "#tidemark/memory/listpack.js";
import { Memory } from "#tidemark/memory/memory.js";
import { ZSET } from "#tidemark/types/type.js";
import {
  ABSENT,
  type FormReader,
  LISTPACK,
  type PackedLimits,
  readSortedSet,
  SKIPLIST,
  SortedSet,
  zsetType,
} from "#tidemark/types/zset.js";
import { SeededChance } from "../support/chance.js";

type Shown = readonly [member: string, score: number];

function compare([a, x]: Shown, [b, y]: Shown): number {
  return x !== y ? (x < y ? -1 : 1) : Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"));
}

/** A sorted set at a key, with a Map beside it. */
class Ranked {
  readonly keyspace = new Keyspace(1, new SeededChance(1), { poison: true });
  readonly arena = this.keyspace.arena;
  readonly entries = this.keyspace.entries;
  private readonly database = this.keyspace.databases[0]!;
  private readonly name = this.key("key");
  private readonly emptyBlocks = this.arena.blocks;
  readonly model = new Map<string, number>();
  readonly limits: PackedLimits;
  readonly set: SortedSet;

  constructor(entries = 16, value = 20) {
    this.limits = { "zset-max-listpack-entries": entries, "zset-max-listpack-value": value };
    this.set = this.keyspace.sortedSet.begin(this.name, { access: 0, expiry: NEVER }, this.limits);
    this.database.put(this.name, 0, this.set.entry);
    this.hold();
  }

  get ref(): number {
    return this.database.peek(this.name);
  }

  /** As a command does before it changes something. */
  private hold(): void {
    this.set.hold(this.database.hold(this.name, this.ref), this.limits);
  }

  expire(ms: number): void {
    this.database.setExpiry(this.name, this.ref, ms);
    this.hold();
  }

  /** Frees everything: no block may be left. */
  end(): void {
    this.database.remove(this.name, this.ref);
    while (this.keyspace.reclaim(1000)) {}
    assert.equal(this.arena.blocks, this.emptyBlocks);
  }

  key(member: string): Key {
    return this.keyspace.hasher.key(Buffer.from(member, "latin1"));
  }

  put(member: string, score: number): void {
    const key = this.key(member);
    const handle = this.set.find(key);
    if (handle === ABSENT) this.set.insert(key, score);
    else if (this.set.scoreOf(handle) !== score) this.set.update(key, handle, score);
    if (this.model.get(member) !== score) this.model.set(member, score);
  }

  remove(member: string): void {
    const key = this.key(member);
    const handle = this.set.find(key);
    assert.equal(handle !== ABSENT, this.model.delete(member));
    if (handle !== ABSENT) this.set.remove(key, handle);
  }

  convert(how: "index" | "settle"): void {
    if (how === "index") this.set.turnIndexed();
    else this.set.settle();
  }

  removeRange(first: number, count: number): void {
    for (const [member] of this.sorted().slice(first, first + count)) this.model.delete(member);
    this.set.removeRange(first, count);
  }

  sorted(): Shown[] {
    return [...this.model].sort(compare);
  }

  /** The set is read again from its entry, as a command does. */
  check(): void {
    const set = new SortedSet(this.entries, this.keyspace.hasher).open(this.ref, this.limits);
    const sorted = this.sorted();
    assert.equal(this.database.expires.find(this.name), this.entries.hasExpiry(this.ref) ? this.ref : 0);
    assert.equal(set.count, sorted.length);
    assert.deepEqual(contentOf(set), sorted);
    const down: Shown[] = [];
    set.rangeBackwards(set.count - 1, set.count, ({ bytes, start, end, score }) => {
      down.push([Buffer.from(bytes.slice(start, end)).toString("latin1"), score]);
    });
    assert.deepEqual(down, sorted.toReversed());
    sorted.forEach(([member, score], rank) => {
      assert.equal(set.rank(this.key(member)), rank);
      assert.equal(set.score(this.key(member)), score);
      assert.equal(set.countBelow(score, false), sorted.filter(([, other]) => other < score).length);
      assert.equal(set.countBelow(score, true), sorted.filter(([, other]) => other <= score).length);
    });
    const scanned = new Map<string, number>();
    let cursor = 0;
    do {
      cursor = set.scan(cursor, 10, ({ bytes, start, end, score }) => {
        scanned.set(Buffer.from(bytes.slice(start, end)).toString("latin1"), score);
      });
    } while (cursor !== 0);
    assert.deepEqual(scanned, this.model);
  }
}

function contentOf(set: FormReader): Shown[] {
  const content: Shown[] = [];
  set.range(0, set.count, ({ bytes, start, end, score }) => {
    content.push([Buffer.from(bytes.slice(start, end)).toString("latin1"), score]);
  });
  return content;
}

const member = fc.oneof(
  { weight: 4, arbitrary: fc.nat(60).map((n) => `m${n}`) },
  { weight: 3, arbitrary: fc.integer().map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("", "0", "-0", "007", "x".repeat(20), "x".repeat(21), "\xff\x00") },
);
const score = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8),
  // Sums with 0 lose the sign of -0, as a packed set does.
  fc.double({ noNaN: true }).map((x) => x + 0),
  fc.constantFrom(Infinity, -Infinity, 2 ** 53, -(2 ** 60), 1e15, 0.1, 5e-324, 1.7976931348623157e308),
);
const change = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("put" as const), member, score }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("remove" as const), member }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("drop" as const), at: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("range" as const), at: fc.nat(), count: fc.nat(300) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("many" as const), from: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("index" as const, "settle" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("expire" as const), ms: fc.constantFrom(1e12, 2e12, NEVER) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("open" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), at: fc.nat() }) },
);

describe("a sorted set", () => {
  it("agrees with a Map under random changes, and frozen snapshots stay as they were", () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 5, maxLength: 100 }), (changes) => {
        const ranked = new Ranked();
        const cuts: { close(): void; entries: EntryReader; ref: number; model: Shown[] }[] = [];
        for (const each of changes) {
          if (each.kind === "put") ranked.put(each.member, each.score);
          if (each.kind === "remove") ranked.remove(each.member);
          if (each.kind === "many") for (let i = 0; i < 150; i++) ranked.put(`n${each.from + i}`, i % 7);
          const size = ranked.model.size;
          if (each.kind === "drop" && size > 0) ranked.remove(ranked.sorted()[each.at % size]![0]);
          if (each.kind === "range" && size > 0) {
            const first = each.at % size;
            ranked.removeRange(first, Math.min(each.count, size - first));
          }
          if (each.kind === "index" || each.kind === "settle") ranked.convert(each.kind);
          if (each.kind === "expire") ranked.expire(each.ms);
          if (each.kind === "open") {
            const cut = ranked.arena.openCut();
            const entries = new EntryReader(new Memory(cut.buffers));
            cuts.push({ close: () => cut.close(), entries, ref: ranked.ref, model: ranked.sorted() });
          }
          if (each.kind === "close" && cuts.length > 0) cuts.splice(each.at % cuts.length, 1)[0]!.close();
          ranked.arena.reap(20);
        }
        ranked.check();
        for (const { entries, ref, model } of cuts) {
          assert.deepEqual(contentOf(readSortedSet(entries, ref)), model);
        }
        for (const cut of cuts) cut.close();
        ranked.end();
      }),
      { numRuns: 300 },
    );
  });

  it("is packed up to the limits and indexed for good beyond them", () => {
    const byCount = new Ranked(4, 10);
    for (const name of ["a", "b", "c", "d"]) byCount.put(name, 1);
    assert.equal(byCount.set.encoding, LISTPACK);
    assert.equal(zsetType.encoding(byCount.entries, byCount.ref), "listpack");
    byCount.put("e", 1);
    assert.equal(byCount.set.encoding, SKIPLIST);
    assert.equal(zsetType.encoding(byCount.entries, byCount.ref), "skiplist");
    byCount.remove("e");
    assert.equal(byCount.set.encoding, SKIPLIST);
    byCount.check();
    const byLength = new Ranked(4, 10);
    byLength.put("0123456789", 1);
    assert.equal(byLength.set.encoding, LISTPACK);
    byLength.put("0123456789a", 1);
    assert.equal(byLength.set.encoding, SKIPLIST);
    assert.equal(new Ranked(0, 10).set.encoding, SKIPLIST);
  });

  it("holds members and scores in Redis's order and form while it is packed", () => {
    const ranked = new Ranked();
    ranked.put("b", 1.5);
    ranked.put("a", 1.5);
    ranked.put("17", -3);
    const bytes = ranked.entries.valueBytes(ranked.ref);
    const base = ranked.entries.valueStart(ranked.ref);
    assert.ok(listpack.isValid(bytes, base, listpack.totalBytes(bytes, base), true));
    const expected =
      "1c000000" + "0600" + "1101" + "dffd02" + "816102" + "83312e3504" + "816202" + "83312e3504" + "ff";
    const held = Buffer.from(bytes.slice(base, base + listpack.totalBytes(bytes, base)));
    assert.equal(held.toString("hex"), expected);
  });

  it("keeps the sign of a zero only when it is indexed, as Redis does", () => {
    for (const [entries, expected] of [
      [4, 0],
      [0, -0],
    ] as const) {
      const ranked = new Ranked(entries, 10);
      ranked.set.insert(ranked.key("a"), -0);
      assert.ok(Object.is(ranked.set.score(ranked.key("a")), expected));
    }
  });

  it("counts members among equal scores", () => {
    for (const count of [10, 1000]) {
      const ranked = new Ranked();
      for (let i = 0; i < count; i++) ranked.put(`m${String(i).padStart(4, "0")}`, 0);
      const below = (text: string, orEqual: boolean): number =>
        ranked.set.countMembersBelow(Buffer.from(text), orEqual);
      assert.equal(below("", true), 0);
      assert.equal(below("m0005", false), 5);
      assert.equal(below("m0005", true), 6);
      assert.equal(below("m00055", true), 6);
      assert.equal(below("n", false), count);
    }
  });

  it("comes out in order when its elements are gathered in any, also where scores are equal", () => {
    const scores = [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5];
    for (const count of [0, 1, 100, 1000]) {
      const ranked = new Ranked();
      const before = ranked.arena.usedBytes;
      const result = new SortedSet(ranked.entries, ranked.keyspace.hasher);
      result.beginResult(ranked.key("result"), { access: 0, expiry: NEVER }, ranked.limits);
      const model = new Map<string, number>();
      for (let i = 0; i < count; i++) {
        const name = `m${(i * 7919) % count}`;
        model.set(name, scores[i % scores.length]!);
        result.insert(ranked.key(name), 77);
        result.update(ranked.key(name), result.find(ranked.key(name)), scores[i % scores.length]!);
      }
      assert.equal(result.count, count);
      const sorted = [...model].sort(compare);
      assert.deepEqual(contentOf(result.complete()), sorted);
      sorted.forEach(([name], rank) => {
        assert.equal(result.rank(ranked.key(name)), rank);
      });
      result.settle();
      assert.equal(result.count, count);
      zsetType.free(ranked.entries, result.entry);
      assert.equal(ranked.arena.usedBytes, before);
    }
  });

  it("is copied to another key, and tells what it takes", () => {
    for (const count of [5, 500]) {
      const ranked = new Ranked();
      for (let i = 0; i < count; i++) ranked.put(`m${i}`, i / 3);
      const traits = { type: ZSET, encoding: ranked.set.encoding, access: 0, expiry: NEVER };
      const before = ranked.arena.usedBytes;
      const copied = zsetType.copy(
        ranked.entries,
        ranked.ref,
        ranked.key("other"),
        traits,
        ranked.keyspace.hasher,
      );
      assert.deepEqual(contentOf(readSortedSet(ranked.entries, copied)), ranked.sorted());
      assert.equal(zsetType.bytes(ranked.entries, copied, 0), ranked.arena.usedBytes - before);
      zsetType.free(ranked.entries, copied);
      assert.equal(ranked.arena.usedBytes, before);
      ranked.check();
    }
  });

  it("copies little for a change of a big set while a snapshot is open", () => {
    const ranked = new Ranked();
    for (let i = 0; i < 30_000; i++) ranked.put(`m${i}`, i);
    const cut = ranked.arena.openCut();
    ranked.put("m15000", 2.5);
    assert.ok(ranked.arena.copiedBytes < 20_000, `${ranked.arena.copiedBytes} bytes are copied`);
    cut.close();
  });
});
