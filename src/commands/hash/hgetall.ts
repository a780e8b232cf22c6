/** HGETALL, HKEYS and HVALS. */

import { key } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { readHash } from "./access.js";

const tips = ["nondeterministic_output_order"];

export const hgetall = command({
  name: "hgetall",
  group: "hash",
  since: "2.0.0",
  summary: "Returns all fields of a hash with their values",
  complexity: "O(N), N being the number of fields",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"])],
  tips,
  run(call) {
    const { hashes } = call.engine.keyspace;
    const ref = readHash(call);
    call.reply.map(ref === 0 ? 0 : hashes.length(ref));
    if (ref !== 0) hashes.replyAll(ref, call.reply);
  },
});

export const hkeys = command({
  name: "hkeys",
  group: "hash",
  since: "2.0.0",
  summary: "Returns the names of all fields of a hash",
  complexity: "O(N), N being the number of fields",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"])],
  tips,
  run(call) {
    const { hashes } = call.engine.keyspace;
    const ref = readHash(call);
    call.reply.array(ref === 0 ? 0 : hashes.length(ref));
    if (ref === 0) return;
    hashes.forEach(ref, ({ bytes, start, end }) => call.reply.bulk(bytes, start, end));
  },
});

export const hvals = command({
  name: "hvals",
  group: "hash",
  since: "2.0.0",
  summary: "Returns the values of all fields of a hash",
  complexity: "O(N), N being the number of fields",
  flags: ["readonly"],
  args: [key("key", ["RO", "access"])],
  tips,
  run(call) {
    const { hashes } = call.engine.keyspace;
    const ref = readHash(call);
    call.reply.array(ref === 0 ? 0 : hashes.length(ref));
    if (ref === 0) return;
    hashes.forEach(ref, (_, { bytes, start, end }) => call.reply.bulk(bytes, start, end));
  },
});
