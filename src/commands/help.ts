/** The HELP subcommand of a container: its subcommands, as they are declared. */

import { command, type Declaration, type Group } from "../engine/command.js";
import { synopsisOf } from "../engine/synopsis.js";

/** Declares HELP for a container of that group. */
export function helpCommand(group: Group, since: string, extra: Partial<Declaration> = {}): Declaration {
  return command({
    name: "help",
    group,
    since,
    summary: "Lists the subcommands with their arguments",
    complexity: "O(1)",
    flags: ["loading", "stale"],
    ...extra,
    run(call) {
      call.reply.lines(helpLines(call.command.parent!.declaration));
    },
  });
}

function helpLines(container: Declaration): string[] {
  const name = container.name.toUpperCase();
  const lines = [`${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`];
  if (container.run !== undefined) lines.push("(no subcommand)", `    ${container.summary}.`);
  for (const { name: word, args = [], summary } of container.subcommands ?? []) {
    if (word === "help") continue;
    lines.push(`${word.toUpperCase()} ${synopsisOf(args)}`.trimEnd(), `    ${summary}.`);
  }
  return [...lines, "HELP", "    Prints this help."];
}
