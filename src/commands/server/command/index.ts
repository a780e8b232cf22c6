/** COMMAND: the container, which also answers by itself. */

import { command } from "../../../engine/command.js";
import { helpCommand } from "../../help.js";
import { docs } from "./docs.js";
import { info, writeAll } from "./info.js";
import { getkeys, getkeysandflags } from "./keys.js";
import { count, list } from "./list.js";

export const commandCommand = command({
  name: "command",
  group: "server",
  since: "2.8.13",
  summary: "Returns arity, flags, keys and categories of all commands",
  complexity: "O(N), N being the number of commands",
  flags: ["loading", "stale"],
  categories: ["connection"],
  arity: -1,
  tips: ["nondeterministic_output_order"],
  subcommands: [
    count,
    docs,
    getkeys,
    getkeysandflags,
    helpCommand("server", "5.0.0", { categories: ["connection"] }),
    info,
    list,
  ],
  run: writeAll,
});
