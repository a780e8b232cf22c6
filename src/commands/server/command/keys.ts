/** COMMAND GETKEYS and GETKEYSANDFLAGS: which arguments of a command line are keys. */

import { multiple, optional, string } from "../../../engine/argument.js";
import { Call } from "../../../engine/call.js";
import { type Command, command } from "../../../engine/command.js";
import { fail } from "../../../engine/errors.js";
import type { FoundKey } from "../../../engine/key-spec.js";
import { Request } from "../../../resp/request.js";
import { writeWords } from "./info.js";

const args = [string("command"), optional(multiple(string("arg")))];

export const getkeys = command({
  name: "getkeys",
  group: "server",
  since: "2.8.13",
  summary: "Returns the keys in a command line",
  complexity: "O(N), N being the number of arguments",
  flags: ["loading", "stale"],
  categories: ["connection"],
  args,
  run(call) {
    const { inner, keys } = findKeys(call);
    call.reply.array(keys.length);
    for (const { at } of keys) call.reply.bulk(inner.view(at));
  },
});

export const getkeysandflags = command({
  name: "getkeysandflags",
  group: "server",
  since: "7.0.0",
  summary: "Returns the keys in a command line and what would be done with them",
  complexity: "O(N), N being the number of arguments",
  flags: ["loading", "stale"],
  categories: ["connection"],
  args,
  run(call) {
    const { inner, keys } = findKeys(call);
    call.reply.array(keys.length);
    for (const { at, flags } of keys) {
      call.reply.array(2);
      call.reply.bulk(inner.view(at));
      writeWords(call.reply, flags);
    }
  },
});

function findKeys(call: Call): { inner: Call; keys: FoundKey[] } {
  const inner = innerCall(call);
  const named = commandOf(inner);
  if (named === undefined) throw fail("Invalid command specified");
  if (!named.keySpecs.some(({ flags }) => !flags.includes("not_key")))
    throw fail("The command has no key arguments");
  if (!named.acceptsCount(inner.argc)) throw fail("Invalid number of arguments specified for command");
  const keys = named.keysIn(inner);
  if (keys !== null && keys.length > 0) return { inner, keys };
  if (named.declaration.flags?.includes("no_mandatory_keys")) return { inner, keys: [] };
  throw fail("Invalid arguments specified for command");
}

/** The command line as a call of its own, which is never run. */
function innerCall(call: Call): Call {
  const inner = new Call(call.engine);
  const words = Array.from({ length: call.argc - 2 }, (_, at) => call.bytes(at + 2));
  inner.request = Request.of(words);
  inner.client = call.client;
  inner.database = call.database;
  return inner;
}

function commandOf(inner: Call): Command | undefined {
  const named = inner.engine.commands.find(inner.request);
  if (named === undefined || named.subcommands.size === 0 || inner.argc === 1) return named;
  return named.subcommands.get(inner.text(1).toLowerCase());
}
