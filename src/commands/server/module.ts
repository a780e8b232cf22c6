/** MODULE, for those who ask which modules there are: none. */

import { command } from "../../engine/command.js";
import { helpCommand } from "../help.js";

const list = command({
  name: "list",
  group: "server",
  since: "4.0.0",
  summary: "Lists the modules that are loaded: there are none",
  complexity: "O(1)",
  flags: ["admin", "noscript"],
  tips: ["nondeterministic_output_order"],
  run: (call) => call.reply.array(0),
});

export const module = command({
  name: "module",
  group: "server",
  since: "4.0.0",
  summary: "Tells of modules",
  complexity: "Depends on the subcommand",
  subcommands: [helpCommand("server", "5.0.0"), list],
});
