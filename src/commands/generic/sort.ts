/** SORT and SORT_RO. */

import {
  type Argument,
  block,
  integer,
  type KeySpec,
  key,
  multiple,
  oneOf,
  optional,
  pattern,
  token,
} from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import type { FoundKey } from "../../engine/key-spec.js";
import { loadElements } from "./sort/elements.js";
import { readOptions, type SortOptions } from "./sort/options.js";
import { orderOf } from "./sort/order.js";
import { replyWith, storeAs } from "./sort/result.js";

const shared = {
  group: "generic",
  complexity:
    "O(N+M*log(M)), N being the number of elements, M of those returned; O(N) when they are not to be sorted",
  // They read more than their arguments name, and belong to the types whose elements they sort.
  categories: ["set", "sortedset", "list", "dangerous"],
  category: null,
} as const;

const args: readonly Argument[] = [
  key("key", ["RO", "access"], { keySpecIndex: 0 }),
  optional(pattern("by-pattern", { token: "BY", displayText: "pattern", keySpecIndex: 1 })),
  optional(block("limit", [integer("offset"), integer("count")], { token: "LIMIT" })),
  optional(
    multiple(
      pattern("get-pattern", { token: "GET", displayText: "pattern", keySpecIndex: 1, multipleToken: true }),
    ),
  ),
  optional(oneOf("order", [token("asc", "ASC"), token("desc", "DESC")])),
  optional(token("sorting", "ALPHA")),
];

const UNKNOWN = { begin: { type: "unknown" }, find: { type: "unknown" } } as const;
const keySpecs: readonly KeySpec[] = [
  {
    flags: ["RO", "access"],
    begin: { type: "index", index: 1 },
    find: { type: "range", lastKey: 0, step: 1, limit: 0 },
  },
  {
    flags: ["RO", "access"],
    notes: "What BY and GET read depends on the elements",
    ...UNKNOWN,
  },
];

export const sort = command({
  ...shared,
  name: "sort",
  since: "1.0.0",
  summary: "Returns or stores the elements of a list, a set or a sorted set in order",
  flags: ["write", "denyoom"],
  args: [...args, optional(key("destination", ["OW", "update"], { token: "STORE", keySpecIndex: 2 }))],
  keySpecs: [
    ...keySpecs,
    {
      flags: ["OW", "update"],
      notes: "STORE may stand anywhere behind the key",
      ...UNKNOWN,
    },
  ],
  findKeys,
  run: (call) => run(call, readOptions(call, true)),
});

export const sortRo = command({
  ...shared,
  name: "sort_ro",
  since: "7.0.0",
  summary: "Returns the elements of a list, a set or a sorted set in order",
  flags: ["readonly"],
  args,
  keySpecs,
  findKeys: () => [{ at: 1, flags: ["RO", "access"] }],
  run: (call) => run(call, readOptions(call, false)),
});

function run(call: Call, options: SortOptions): void {
  const elements = loadElements(call, options);
  const order = orderOf(call, options, elements);
  if (options.storeAt > 0) storeAs(call, options, elements, order);
  else replyWith(call, options, elements, order);
}

/** The key that is sorted and, of several destinations, the last. */
function findKeys(call: Call): FoundKey[] {
  let storeAt = 0;
  for (let at = 2; at < call.argc; at++) {
    if (call.is(at, "limit")) at += 2;
    else if (call.is(at, "get") || call.is(at, "by")) at++;
    else if (at + 1 < call.argc && call.is(at, "store")) storeAt = at + 1;
  }
  const source: FoundKey = { at: 1, flags: ["RO", "access"] };
  return storeAt === 0 ? [source] : [source, { at: storeAt, flags: ["OW", "update"] }];
}
