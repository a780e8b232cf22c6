/** OBJECT: how a value is kept. */

import { key } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Declaration } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";
import type { Ref } from "../../memory/memory.js";
import { STRING } from "../../types/type.js";
import { typeOf } from "../../types/types.js";
import { parseInteger } from "../../util/integer.js";
import { helpCommand } from "../help.js";

/** Redis keeps one object for each of these integers, and reports the largest int as its number of references. */
const SHARED_INTEGERS = 10000;
const SHARED_REFERENCES = 2147483647;

const SWITCHING =
  "Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.";

/** A subcommand about the entry of a key; nil without one. */
function about(
  name: string,
  since: string,
  summary: string,
  tell: (call: Call, ref: Ref) => void,
): Declaration {
  return command({
    name,
    group: "generic",
    since,
    summary,
    complexity: "O(1)",
    flags: ["readonly"],
    args: [key("key", ["RO"])],
    tips: ["nondeterministic_output"],
    run(call) {
      // Not `inspect`: OBJECT sends no event about a key that is missing.
      const ref = call.database.peek(call.key(2));
      const { stats } = call.engine.keyspace;
      if (ref === 0) {
        stats.misses++;
        call.reply.nil();
      } else {
        stats.hits++;
        tell(call, ref);
      }
    },
  });
}

const encoding = about("encoding", "2.2.3", "Names the form in which a value is kept", (call, ref) => {
  const { entries } = call.engine.keyspace;
  call.reply.text(typeOf(entries.type(ref)).encoding(entries, ref));
});

const freq = about("freq", "4.0.0", "Tells how often a key is used, logarithmically", (call, ref) => {
  const { access, entries } = call.engine.keyspace;
  if (!access.settings.lfu) {
    throw fail(`An LFU maxmemory policy is not selected, access frequency not tracked. ${SWITCHING}`);
  }
  call.reply.integer(access.frequency(entries.access(ref)));
});

const idleTime = about("idletime", "2.2.3", "Tells since how many seconds a key is unused", (call, ref) => {
  const { access, entries } = call.engine.keyspace;
  if (access.settings.lfu) {
    throw fail(`An LFU maxmemory policy is selected, idle time not tracked. ${SWITCHING}`);
  }
  call.reply.integer(access.idleSeconds(entries.access(ref)));
});

const refCount = about("refcount", "2.2.3", "Counts the references to a value", (call, ref) => {
  call.reply.integer(isShared(call, ref) ? SHARED_REFERENCES : 1);
});

/** Whether Redis would share the object: a small integer, unless eviction needs an access clock for each key. */
function isShared(call: Call, ref: Ref): boolean {
  const { entries } = call.engine.keyspace;
  const { values } = call.engine.config;
  const clocked = values.maxmemory > 0 && /-l[rf]u$/.test(values["maxmemory-policy"]);
  if (clocked || entries.type(ref) !== STRING || typeOf(STRING).encoding(entries, ref) !== "int")
    return false;
  const start = entries.valueStart(ref);
  const value = parseInteger(entries.valueBytes(ref), start, start + entries.valueLength(ref));
  return value >= 0 && value < SHARED_INTEGERS;
}

export const object = command({
  name: "object",
  group: "generic",
  since: "2.2.3",
  summary: "A container for commands that tell how a value is kept",
  complexity: "Depends on the subcommand",
  subcommands: [encoding, freq, helpCommand("generic", "6.2.0"), idleTime, refCount],
});
