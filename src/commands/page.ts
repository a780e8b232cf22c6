/** docs/commands.md, made from the declarations. */

import type { Declaration, Group } from "../engine/command.js";
import { synopsisOf } from "../engine/synopsis.js";
import { commandTable } from "./table.js";

/** The groups in the order of the page, with what they are about. */
const GROUPS: Readonly<Record<Group, string>> = {
  generic: "Keys",
  string: "Strings",
  bitmap: "Bitmaps",
  hash: "Hashes",
  list: "Lists",
  set: "Sets",
  "sorted-set": "Sorted sets",
  stream: "Streams",
  hyperloglog: "HyperLogLog",
  geo: "Geospatial indexes",
  pubsub: "Publish and subscribe",
  scripting: "Scripts and functions",
  transactions: "Transactions",
  connection: "Connection",
  server: "Server",
  cluster: "Cluster",
};

/** The whole page. */
export function renderCommandsPage(): string {
  const groups = Object.keys(GROUPS) as Group[];
  const isThere = (group: Group): boolean => commandTable.some((one) => one.group === group);
  const sections = groups.filter(isThere).map(section);
  const missing = groups.filter((group) => !isThere(group));
  return [introduction(), ...sections, missingSection(missing)].join("\n");
}

function introduction(): string {
  const subcommands = commandTable.reduce((sum, { subcommands = [] }) => sum + subcommands.length, 0);
  return `# Commands

<!-- Generated from src/commands: change the declarations, then run \`npm run build && node scripts/pages.mjs\`. -->

Tidemark has ${commandTable.length} commands of Redis 7.2, with ${subcommands} subcommands. Each behaves as it does there; \`COMMAND DOCS\` and
\`COMMAND INFO\` say the same of it. "Since" is the version of Redis that has it first. Words in capitals are typed as
they stand, in any case; \`[...]\` may be left out, of \`<a | b>\` one is chosen, and \`...\` means again as often as one
likes.
`;
}

function section(group: Group): string {
  const rows = commandTable
    .filter((one) => one.group === group)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => rowsOf(one));
  return `## ${GROUPS[group]}\n\n| Command | Since | What it does |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/** A row for the command, or one for each of its subcommands; a container that answers itself has both. */
function rowsOf(one: Declaration): string[] {
  const subcommands = (one.subcommands ?? []).map((sub) => row(sub, `${one.name} ${sub.name}`));
  return one.run === undefined ? subcommands : [row(one, one.name), ...subcommands];
}

function row({ args = [], since, summary, deprecated }: Declaration, name: string): string {
  const line = `${name.toUpperCase()} ${synopsisOf(args)}`.trimEnd();
  const note =
    deprecated === undefined ? "" : `. Deprecated since ${deprecated.since}: ${deprecated.replacedBy}`;
  return `| \`${escaped(line)}\` | ${since} | ${escaped(summary + note)} |`;
}

/** A bar would end the cell. */
function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

function missingSection(missing: readonly Group[]): string {
  if (missing.length === 0) return "";
  const names = missing.map((group) => `- ${GROUPS[group]}`).join("\n");
  return `## Not there yet\n\nOf these groups there is no command so far:\n\n${names}\n`;
}
