import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mark } from "#tidemark/log/history.js";
import { StreamTail } from "#tidemark/persistence/stream-tail.js";
import { SeededChance } from "../support/chance.js";
import { SimulatedDisk } from "../support/disk.js";

const MARK = "a".repeat(40);
const OTHER = "b".repeat(40);
const at = (offset: number, replid = MARK): Mark => ({ replid, offset });

/** Two files whose bytes tell where they are. */
function files(): SimulatedDisk {
  const disk = new SimulatedDisk(new SeededChance(1), queueMicrotask);
  disk.placeDirectory("/data");
  disk.place("/data/1", Buffer.from("0123456789"));
  disk.place("/data/2", Buffer.from("abcdefghij"));
  return disk;
}

const text = (tail: StreamTail, mark: Mark): string => tail.read(files(), mark).toString();

test("the tail is what lies between marks that are as far apart as it is long, across annotations and files", () => {
  const tail = new StreamTail(100);
  tail.reached(at(50));
  tail.add("/data/1", 2, 4);
  tail.add("/data/1", 6, 7);
  tail.reached(at(53));
  tail.add("/data/1", 9, 10);
  tail.add("/data/2", 0, 2);
  tail.reached(at(56, OTHER));
  assert.equal(text(tail, at(56, OTHER)), "2369ab");
  // It ends at its mark, and nowhere else.
  assert.equal(text(tail, at(56)), "");
  assert.equal(text(tail, at(55, OTHER)), "");
  tail.add("/data/2", 2, 3);
  assert.equal(text(tail, at(56, OTHER)), "");
});

test("bytes that are not of the stream, or a stream that is not in the file, give up what was before", () => {
  for (const distance of [2, 4]) {
    const tail = new StreamTail(100);
    tail.reached(at(0));
    tail.add("/data/1", 0, 2);
    tail.reached(at(2));
    tail.add("/data/1", 2, 5);
    tail.reached(at(2 + distance));
    assert.equal(text(tail, at(2 + distance)), "");
    tail.add("/data/1", 7, 9);
    tail.reached(at(4 + distance));
    assert.equal(text(tail, at(4 + distance)), "78");
  }
});

test("what comes before the first mark, or a place without one, does not count", () => {
  const tail = new StreamTail(100);
  tail.add("/data/1", 0, 2);
  tail.reached(at(2));
  tail.add("/data/1", 2, 4);
  tail.reached(null);
  tail.add("/data/1", 4, 6);
  tail.reached(at(6));
  assert.equal(text(tail, at(6)), "");
});

test("no more is kept than is wanted, and the stretch in which that begins", () => {
  const tail = new StreamTail(4);
  tail.reached(at(0));
  for (let i = 0; i < 10; i += 2) {
    tail.add("/data/1", i, i + 1);
    tail.add("/data/2", i, i + 2);
    tail.reached(at((i / 2 + 1) * 3));
  }
  assert.equal(text(tail, at(15)), "gh8ij");
});
