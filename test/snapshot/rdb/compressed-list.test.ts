/** Lists with compressed nodes in snapshots: copied as they are, and read by redis-server. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { EntryReader, NEVER } from "#tidemark/memory/entry.js";
import { Memory } from "#tidemark/memory/memory.js";
import { Serializer } from "#tidemark/snapshot/rdb/serialize.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { emptyKeyspace } from "../keyspaces.js";

const NAME = Buffer.from("list");
const ELEMENTS = Array.from({ length: 4000 }, (_, i) => `the element of the list with the number ${i}`);

/** A keyspace with a list of all the elements, compressed but for so many nodes at each end. */
function keyspaceWithList(depth: number) {
  const keyspace = emptyKeyspace();
  const limits = { "list-max-listpack-size": -2, "list-compress-depth": depth };
  const list = keyspace.list.create(keyspace.key(NAME), { access: 0, expiry: NEVER }, limits);
  list.expectMany();
  for (const text of ELEMENTS) list.push(false, Buffer.from(text), 0, text.length);
  keyspace.databases[0]!.put(keyspace.key(NAME), 0, list.entry);
  return { keyspace, list, ref: list.entry };
}

const payload = (entries: EntryReader, ref: number, compress: boolean): Buffer =>
  new Serializer().payload(entries, ref, { version: 10, compress });

test("compressed nodes are written as they are, without compression as well", () => {
  const plain = keyspaceWithList(0);
  const packed = keyspaceWithList(1);
  const [large, small] = [plain, packed].map(({ keyspace, ref }) => payload(keyspace.entries, ref, false));
  assert.ok(small!.length < large!.length / 2, `${small!.length} of ${large!.length} bytes`);
});

test("a frozen list stays compressed while it changes", () => {
  const { keyspace, list, ref } = keyspaceWithList(1);
  const before = payload(keyspace.entries, ref, false);
  const cut = keyspace.arena.openCut();
  const database = keyspace.databases[0]!;
  const limits = { "list-max-listpack-size": -2, "list-compress-depth": 3 };
  list.open(database.own(keyspace.key(NAME), ref), limits);
  for (const index of [10, 1000, 2000, 3990]) {
    list.cursor.seek(index);
    list.replace(Buffer.from("another"), 0, 7);
  }
  list.removeRange(0, 500);
  const frozen = new EntryReader(new Memory(cut.buffers));
  assert.ok(payload(frozen, ref, false).equals(before));
  cut.close();
});

oracleTest("redis-server restores them", async () => {
  await using oracle = await startOracle();
  using client = await oracle.client();
  for (const depth of [0, 1, 2]) {
    const { keyspace, ref } = keyspaceWithList(depth);
    for (const compress of [false, true]) {
      await client.call("RESTORE", "list", "0", payload(keyspace.entries, ref, compress), "REPLACE");
      assert.deepEqual(await client.call("LRANGE", "list", "0", "-1"), ELEMENTS);
    }
  }
});
