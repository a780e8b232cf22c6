/** Damaged snapshots: whatever the bytes are, reading them ends, with an error or with data that can be used. */

import assert from "node:assert/strict";
import type { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Held } from "#tidemark/memory/held.js";
import { Key } from "#tidemark/memory/key.js";
import type { Ref } from "#tidemark/memory/memory.js";
import { RdbError } from "#tidemark/snapshot/rdb/error.js";
import type { RdbReader } from "#tidemark/snapshot/rdb/reader.js";
import { Digest } from "#tidemark/types/digest.js";
import { HASH, LIST, SET, ZSET } from "#tidemark/types/type.js";
import { typeOf } from "#tidemark/types/types.js";
import type { SeededChance } from "../../support/chance.js";
import { contents, readerFor } from "./contents.js";
import { LIMITS } from "./limits.js";

/** Limits so low that values are spread out, now and then. */
const LOW_LIMITS = {
  ...LIMITS,
  "hash-max-listpack-entries": 3,
  "list-max-listpack-size": 3,
  "set-max-intset-entries": 3,
  "set-max-listpack-entries": 3,
  "zset-max-listpack-entries": 3,
};

/** Changes a few bytes, takes pieces out, doubles others, cuts the end off. */
export function mutated(bytes: Buffer, chance: SeededChance): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + chance.below(4); left > 0 && result.length > 0; left--) {
    const at = chance.below(result.length);
    const kind = chance.below(10);
    if (kind < 5) result[at] = chance.below(256);
    else if (kind < 7) result[at]! ^= 1 << chance.below(8);
    else if (kind === 7)
      result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + chance.below(20))]);
    else if (kind === 8) {
      const piece = result.subarray(at, at + 1 + chance.below(20));
      result = Buffer.concat([result.subarray(0, at), piece, result.subarray(at)]);
    } else if (chance.happens(0.3)) result = result.subarray(0, at);
  }
  return result;
}

/** Reads the bytes in pieces of random size; whether they were a whole snapshot. Throws what the reader throws. */
export function readInPieces(reader: RdbReader, bytes: Buffer, chance: SeededChance): boolean {
  const most = chance.pick([1, 7, 100, 5000, bytes.length + 1]);
  let start = 0;
  let end = 0;
  while (!reader.done && end < bytes.length) {
    end = Math.min(bytes.length, end + 1 + chance.below(most));
    // As a caller does that has a buffer of its own: what is behind the end is somebody else's.
    if (end - start < reader.needed) continue;
    const window = Buffer.concat([Buffer.from("before"), bytes.subarray(start, end), Buffer.alloc(9, 0xaa)]);
    start += reader.read(window, 6, 6 + end - start) - 6;
    window.fill(0xdb);
  }
  return reader.done;
}

/**
 * One damaged snapshot: read, used in every way, thrown away. Throws when anything is not as it should be. The keyspace
 * is empty before and afterwards.
 */
export function attack(original: Buffer, chance: SeededChance, space: Keyspace): "loaded" | "refused" {
  const bytes = mutated(original, chance);
  const empty = space.arena.usedBytes;
  const options = {
    limits: chance.happens(0.5) ? LIMITS : LOW_LIMITS,
    sanitize: chance.happens(0.5),
    verify: chance.happens(0.2),
    size: chance.happens(0.5) ? bytes.length : Number.POSITIVE_INFINITY,
  };
  const reader = readerFor(space, options.size, options);
  let outcome: "loaded" | "refused" = "loaded";
  try {
    if (!readInPieces(reader, bytes, chance)) outcome = "refused";
  } catch (error) {
    if (!(error instanceof RdbError)) throw error;
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, error.message);
    outcome = "refused";
  } finally {
    reader.close();
  }
  assert.ok(space.arena.mappedBytes < 512 * 1024 * 1024, `${space.arena.mappedBytes} bytes of memory`);
  // Tables may have been made ready for entries that never came.
  const used = space.databases.filter(
    ({ dict, expires }) => dict.count + dict.segments + expires.segments > 2,
  );
  for (const database of used) {
    contents(space, database.index);
    use(space, database.index, chance);
    database.clear(false);
  }
  assert.equal(space.arena.usedBytes, empty, "memory was lost");
  return outcome;
}

/** What a server may do with what it has loaded: none of it may fail or leave the structures. */
function use(space: Keyspace, index: number, chance: SeededChance): void {
  const refs: Ref[] = [];
  space.databases[index]!.dict.forEach((ref) => void refs.push(ref));
  for (const ref of refs) {
    const held = space.databases[index]!.hold(space.borrowKey(ref), ref);
    typeOf(space.entries.type(ref)).digest(space.entries, ref, new Digest());
    switch (space.entries.type(ref)) {
      case HASH:
        changeHash(space, held);
        break;
      case SET:
        changeSet(space, held);
        break;
      case ZSET:
        changeSortedSet(space, held, chance);
        break;
      case LIST:
        changeList(space, ref, chance);
    }
  }
}

function changeHash({ hashes }: Keyspace, held: Held): void {
  const fields: Buffer[] = [];
  hashes.forEach(held.ref, (field) => fields.push(field.copy()));
  hashes.set(held, slice("new field"), slice("v"), LIMITS);
  if (fields.length % 2 === 0) hashes.turnIntoTable(held);
  for (const field of fields) hashes.remove(held, slice(field));
  assert.ok(hashes.length(held.ref) <= fields.length);
}

function changeSet({ sets }: Keyspace, held: Held): void {
  const members: Buffer[] = [];
  sets.forEach(held.ref, ({ bytes, start, end }) => members.push(Buffer.from(bytes.slice(start, end))));
  sets.add(held, slice("new member"), LIMITS);
  for (const member of members) sets.remove(held, slice(member));
}

function changeSortedSet({ hasher, sortedSet }: Keyspace, held: Held, chance: SeededChance): void {
  const most = { "zset-max-listpack-entries": chance.pick([0, 128]), "zset-max-listpack-value": 64 };
  const set = sortedSet.hold(held, most);
  const members: Buffer[] = [];
  set.visitAll(({ bytes, start, end }) => members.push(Buffer.from(bytes.slice(start, end))));
  set.insert(hasher.set(new Key(), Buffer.from("\0new"), 0, 4), 3);
  for (const member of members) {
    const key = hasher.key(member);
    const handle = set.find(key);
    if (handle === -1) continue;
    if (chance.happens(0.3)) set.update(key, handle, chance.below(100));
    else set.remove(key, handle);
  }
}

function changeList({ list }: Keyspace, ref: Ref, chance: SeededChance): void {
  list.open(ref, LIMITS);
  const value = Buffer.from("new element");
  list.expect(value.length, 1);
  list.push(chance.happens(0.5), value, 0, value.length);
  const at = chance.below(list.length);
  list.removeRange(at, chance.below(list.length - at));
  list.shrink();
}

function slice(text: string | Buffer): { bytes: Buffer; start: number; end: number } {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, end: bytes.length };
}
