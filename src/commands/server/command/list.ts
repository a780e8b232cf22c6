/** COMMAND COUNT and LIST. */

import { oneOf, optional, pattern, string } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import { type Command, command } from "../../../engine/command.js";
import { syntaxError } from "../../../engine/errors.js";
import { bytesOf } from "../../../util/ascii.js";
import { globMatch } from "../../../util/glob.js";

export const count = command({
  name: "count",
  group: "server",
  since: "2.8.13",
  summary: "Returns how many commands there are",
  complexity: "O(1)",
  flags: ["loading", "stale"],
  categories: ["connection"],
  run(call) {
    call.reply.integer(call.engine.commands.size);
  },
});

export const list = command({
  name: "list",
  group: "server",
  since: "7.0.0",
  summary: "Returns the names of commands",
  complexity: "O(N), N being the number of commands",
  flags: ["loading", "stale"],
  categories: ["connection"],
  args: [
    optional(
      oneOf(
        "filterby",
        [
          string("module-name", { token: "MODULE" }),
          string("category", { token: "ACLCAT" }),
          pattern("pattern", { token: "PATTERN" }),
        ],
        { token: "FILTERBY" },
      ),
    ),
  ],
  tips: ["nondeterministic_output_order"],
  run(call) {
    call.reply.texts(select(call).map((one) => one.fullName));
  },
});

function select(call: Call): Command[] {
  const { commands } = call.engine;
  const all = commands.whole();
  if (call.argc === 2) return all;
  if (call.argc !== 5 || !call.is(2, "filterby")) throw syntaxError();
  // There are no modules, so none of the commands comes from one.
  if (call.is(3, "module")) return [];
  if (call.is(3, "aclcat")) return all.filter((one) => one.categories.includes(call.text(4).toLowerCase()));
  if (call.is(3, "pattern")) return all.filter((one) => matches(call.view(4), one.fullName));
  throw syntaxError();
}

function matches(glob: Buffer, name: string): boolean {
  const bytes = bytesOf(name);
  return globMatch(glob, bytes, 0, bytes.length, true);
}
