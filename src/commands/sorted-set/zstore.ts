/** ZUNIONSTORE, ZINTERSTORE and ZDIFFSTORE. */

import { key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import type { SortedSet } from "../../types/zset.js";
import { storeSet } from "./access.js";
import { differenceOf, intersectionOf, unionOf } from "./combination.js";
import { readInputs } from "./inputs.js";
import { readOptions, sourceKeys, weighting } from "./options.js";

const common = { group: "sorted-set", since: "2.0.0", flags: ["write", "denyoom"] } as const;
const destination = key("destination", ["OW", "update"]);

export const zunionstore = command({
  ...common,
  name: "zunionstore",
  summary: "Stores the members that any of the sets has",
  complexity: "O(N)+O(M*log(M)), N being the number of members in all sets together, M of those stored",
  args: [destination, ...sourceKeys, ...weighting],
  run(call) {
    const read = readInputs(call, 2);
    const { aggregate } = readOptions(call, read, { weights: true, withScores: false });
    store(call, unionOf(call, read.inputs, aggregate));
  },
});

export const zinterstore = command({
  ...common,
  name: "zinterstore",
  summary: "Stores the members that all of the sets have",
  complexity:
    "O(N*K)+O(M*log(M)), N being the number of members in the smallest set, K of sets, M of members stored",
  args: [destination, ...sourceKeys, ...weighting],
  run(call) {
    const read = readInputs(call, 2);
    const { aggregate } = readOptions(call, read, { weights: true, withScores: false });
    store(call, intersectionOf(call, read.inputs, aggregate));
  },
});

export const zdiffstore = command({
  ...common,
  name: "zdiffstore",
  since: "6.2.0",
  summary: "Stores the members that the first set has and none of the others",
  complexity:
    "O(N*K)+O(M*log(M)), N being the number of members in the first set, K of sets, M of members stored",
  args: [destination, ...sourceKeys],
  run(call) {
    const read = readInputs(call, 2);
    readOptions(call, read, { weights: false, withScores: false });
    store(call, differenceOf(call, read.inputs));
  },
});

function store(call: Call, set: SortedSet): void {
  call.reply.integer(set.count);
  storeSet(call, call.key(1), set, call.command.fullName);
}
