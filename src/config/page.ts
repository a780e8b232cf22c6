/** docs/configuration.md, made from the tables. */

import type { Directive } from "./directive.js";
import { inapplicable } from "./directives/inapplicable.js";
import { topics } from "./table.js";

/** The whole page. */
export function renderConfigurationPage(): string {
  const sections = Object.entries(topics).map(([heading, table]) => section(heading, table));
  return [INTRODUCTION, NOT_YET, ...sections, LINES, inapplicableSection()].join("\n");
}

const INTRODUCTION = `# Configuration

<!-- Generated from src/config/directives: change those, then run \`npm run build && node scripts/pages.mjs\`. -->

Tidemark reads redis.conf files and takes the same directives on the command line (\`--port 7000\`), from CONFIG SET and
as options of \`Tidemark.start\`. Sizes are in bytes and may have a unit: \`kb\`, \`mb\`, \`gb\` are powers of 1024, \`k\`, \`m\`,
\`g\` powers of 1000.

"Changed" says when a directive takes a new value: with CONFIG SET at any time, or at the start only. *Protected* ones
need \`enable-protected-configs\`; *not while loading* ones are refused until the data has been read; *hidden* ones are
shown by CONFIG GET only under their full name. A name in parentheses is an older one that means the same.
`;

const NOT_YET = `## Not supported yet

Some directives are read, checked and kept, so that a configuration need not be changed when what they are for comes; until
then they do nothing: those of scripts, of streams (\`stream-node-*\`), of HyperLogLog (\`hll-sparse-max-bytes\`), of client-side
caching (\`tracking-table-max-keys\`) and of ACL users (\`acllog-max-len\`, \`acl-pubsub-default\`).
\`lazyfree-lazy-user-del\` and \`replica-lazy-flush\` make no difference: large values and emptied databases are always freed in
the background.
Where silence would promise too much, the server refuses instead, at start and in CONFIG SET: a \`locale-collate\` other than C.
`;

const LINES = `## Lines that are no directive

| Line | What it does |
|---|---|
| \`include path\` | Reads another file in this place; the path may have wildcards, which may match nothing. |
| \`rename-command name new-name\` | Gives a command another name; \`""\` removes it. |
| \`user default rules...\` | The rules of the default user, the only one there is. |
`;

function section(heading: string, table: Readonly<Record<string, Directive<unknown>>>): string {
  const rows = Object.entries(table).map(([name, directive]) => row(name, directive));
  const header = "| Directive | Values | Default | Changed | What it does |\n|---|---|---|---|---|";
  return `## ${heading}\n\n${header}\n${rows.join("\n")}\n`;
}

function row(name: string, directive: Directive<unknown>): string {
  const names = directive.alias === undefined ? `\`${name}\`` : `\`${name}\` (\`${directive.alias}\`)`;
  const initial = directive.kind.format(directive.default);
  const cells = [
    names,
    directive.kind.accepts,
    `\`${initial || '""'}\``,
    changed(directive),
    directive.summary,
  ];
  return `| ${cells.join(" | ")} |`;
}

function changed(directive: Directive<unknown>): string {
  const traits = [
    directive.immutable ? "at start" : "any time",
    directive.protected && "protected",
    directive.denyLoading && "not while loading",
    directive.hidden && "hidden",
  ];
  return traits.filter((trait) => typeof trait === "string").join(", ");
}

function code(text: string): string {
  return `\`${text}\``;
}

function inapplicableSection(): string {
  const groups = inapplicable.map(
    ({ because, names }) => `- Because ${because}: ${names.map(code).join(", ")}.`,
  );
  return `## Accepted, but without effect

These directives of Redis cannot apply here. A configuration may contain them: the log then has one warning that names
them. CONFIG GET does not show them, and CONFIG SET does not know them. \`tls-port\` other than 0, \`tls-replication yes\`
and \`cluster-enabled yes\` are errors, and so are \`loadmodule\` and \`sentinel\`.

${groups.join("\n")}
`;
}
