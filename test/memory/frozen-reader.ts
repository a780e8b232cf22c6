/** The worker of the dict's test: reads a frozen root again and again and reports a digest of each pass. */

import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { DictReader } from "#tidemark/memory/dict.js";
import { EntryReader } from "#tidemark/memory/entry.js";
import { Memory } from "#tidemark/memory/memory.js";

const { buffers, root, rounds } = workerData as {
  buffers: (SharedArrayBuffer | null)[];
  root: number;
  rounds: number;
};
const memory = new Memory(buffers);
const entries = new EntryReader(memory);
const dict = new DictReader(memory, root);
const digests: string[] = [];
for (let round = 0; round < rounds; round++) {
  const hash = createHash("sha1");
  dict.forEach((ref) => {
    const start = entries.valueStart(ref);
    hash.update(entries.keyBytes(ref));
    hash.update(entries.valueBytes(ref).slice(start, start + entries.valueLength(ref)));
  });
  digests.push(hash.digest("hex"));
}
parentPort!.postMessage({ digests, count: dict.count });
