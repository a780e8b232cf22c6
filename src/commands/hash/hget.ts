/** HGET, HMGET, HEXISTS, HSTRLEN and HLEN. */

import { key, multiple, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { readHash } from "./access.js";

export const hget = command({
  name: "hget",
  group: "hash",
  since: "2.0.0",
  summary: "Returns the value of a field of a hash",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO", "access"]), string("field")],
  run(call) {
    const { hashes } = call.engine.keyspace;
    const ref = readHash(call);
    const value = hashes.shown;
    if (ref === 0 || !hashes.get(ref, call.slice(2), value)) call.reply.nil();
    else call.reply.bulk(value.bytes, value.start, value.end);
  },
});

export const hmget = command({
  name: "hmget",
  group: "hash",
  since: "2.0.0",
  summary: "Returns the values of several fields of a hash",
  complexity: "O(N), N being the number of fields that are asked for",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO", "access"]), multiple(string("field"))],
  run(call) {
    const { hashes } = call.engine.keyspace;
    const ref = readHash(call);
    const value = hashes.shown;
    call.reply.array(call.argc - 2);
    for (let at = 2; at < call.argc; at++) {
      if (ref === 0 || !hashes.get(ref, call.slice(at), value)) call.reply.nil();
      else call.reply.bulk(value.bytes, value.start, value.end);
    }
  },
});

export const hexists = command({
  name: "hexists",
  group: "hash",
  since: "2.0.0",
  summary: "Tells whether a hash has a field",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"]), string("field")],
  run(call) {
    const ref = readHash(call);
    call.reply.integer(ref !== 0 && call.engine.keyspace.hashes.has(ref, call.slice(2)) ? 1 : 0);
  },
});

export const hstrlen = command({
  name: "hstrlen",
  group: "hash",
  since: "3.2.0",
  summary: "Tells how many bytes the value of a field of a hash has",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"]), string("field")],
  run(call) {
    const { hashes } = call.engine.keyspace;
    const ref = readHash(call);
    const value = hashes.shown;
    const found = ref !== 0 && hashes.get(ref, call.slice(2), value);
    call.reply.integer(found ? value.end - value.start : 0);
  },
});

export const hlen = command({
  name: "hlen",
  group: "hash",
  since: "2.0.0",
  summary: "Counts the fields of a hash",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  args: [key("key", ["RO"])],
  run(call) {
    const ref = readHash(call);
    call.reply.integer(ref === 0 ? 0 : call.engine.keyspace.hashes.length(ref));
  },
});
