/** SINTER, SUNION, SDIFF, and the commands that store what these give. */

import { key, multiple } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import {
  difference,
  intersection,
  replyCombination,
  replyUnion,
  storeCombination,
  union,
} from "./algebra.js";

const sources = multiple(key("key", ["RO", "access"]));
const tips = ["nondeterministic_output_order"];
const ALL = "O(N), N being the number of members of all the sets";
const SMALLEST = "O(N*M), N being the size of the smallest set and M the number of sets";

export const sinter = command({
  name: "sinter",
  group: "set",
  since: "1.0.0",
  summary: "Returns what is in all of the sets",
  complexity: SMALLEST,
  flags: ["readonly"],
  args: [sources],
  tips,
  run: (call) => replyCombination(call, intersection),
});

export const sunion = command({
  name: "sunion",
  group: "set",
  since: "1.0.0",
  summary: "Returns what is in any of the sets",
  complexity: ALL,
  flags: ["readonly"],
  args: [sources],
  tips,
  run: replyUnion,
});

export const sdiff = command({
  name: "sdiff",
  group: "set",
  since: "1.0.0",
  summary: "Returns what is in the first set and in none of the others",
  complexity: ALL,
  flags: ["readonly"],
  args: [sources],
  tips,
  run: (call) => replyCombination(call, difference),
});

export const sinterstore = command({
  name: "sinterstore",
  group: "set",
  since: "1.0.0",
  summary: "Stores what is in all of the sets as another set",
  complexity: SMALLEST,
  flags: ["write", "denyoom"],
  args: [key("destination", ["RW", "update"]), sources],
  run: (call) => storeCombination(call, intersection, "sinterstore"),
});

export const sunionstore = command({
  name: "sunionstore",
  group: "set",
  since: "1.0.0",
  summary: "Stores what is in any of the sets as another set",
  complexity: ALL,
  flags: ["write", "denyoom"],
  args: [key("destination", ["OW", "update"]), sources],
  run: (call) => storeCombination(call, union, "sunionstore"),
});

export const sdiffstore = command({
  name: "sdiffstore",
  group: "set",
  since: "1.0.0",
  summary: "Stores what is in the first set and in none of the others as another set",
  complexity: ALL,
  flags: ["write", "denyoom"],
  args: [key("destination", ["OW", "update"]), sources],
  run: (call) => storeCombination(call, difference, "sdiffstore"),
});
