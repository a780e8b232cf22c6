/** SWAPDB. */

import { integer } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

export const swapDb = command({
  name: "swapdb",
  group: "server",
  since: "4.0.0",
  summary: "Exchanges the content of two databases, at once for all clients",
  complexity: "O(N), N being the number of clients that watch or wait for keys of the two databases",
  flags: ["write", "fast"],
  categories: ["keyspace", "dangerous"],
  args: [integer("index1"), integer("index2")],
  run(call) {
    const { keyspace } = call.engine;
    const first = readIndex(call, 1, "first");
    const second = readIndex(call, 2, "second");
    const a = keyspace.databases[first];
    const b = keyspace.databases[second];
    if (a === undefined || b === undefined) throw fail("DB index is out of range");
    if (a !== b) {
      a.touchAllWatched(b);
      b.touchAllWatched(a);
      keyspace.swap(a, b);
    }
    keyspace.dirty++;
    call.reply.ok();
  },
});

function readIndex(call: Call, at: number, which: string): number {
  return call.integer(at, () => fail(`invalid ${which} DB index`), INT_MIN, INT_MAX);
}
