/** The rules of the repository that a program can check. ARCHITECTURE.md says what each is good for. */

import assert from "node:assert/strict";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import {
  importsOf,
  linesMatching,
  type SourceFile,
  sourcesIn,
  textOf,
  topLevelLines,
  trackedFiles,
} from "./source.js";

/** A folder imports only from itself and from folders before it. */
const ORDER = [
  "util",
  "platform",
  "config",
  "resp",
  "memory",
  "types",
  "keyspace",
  "log",
  "snapshot",
  "persistence",
  "replication",
  "engine",
  "scripting",
  "commands",
  "server",
];
const LONGEST_FILE = 450;

const sources = sourcesIn("src");
const outsidePlatform = sources.filter(({ path }) => folderOf(path) !== "platform");

/** The folder of src that a file belongs to; the entries at the root of src belong to the composition root. */
function folderOf(path: string): string {
  const [, folder, rest] = path.split("/");
  return rest === undefined ? "server" : (folder as string);
}

function none(found: readonly string[], rule: string): void {
  if (found.length > 0) throw new Error(`${rule}:\n${found.join("\n")}`);
}

test("folders import only from folders before them", () => {
  const wrong = sources.flatMap((file) => {
    const rank = ORDER.indexOf(folderOf(file.path));
    assert.notEqual(rank, -1, `${file.path} is in a folder that has no place in the order`);
    return importsOf(file)
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => posix.join(dirname(file.path), specifier))
      .filter((target) => ORDER.indexOf(folderOf(target)) > rank)
      .map((target) => `${file.path} imports ${target}`);
  });
  none(wrong, `The order is ${ORDER.join(" → ")}`);
});

test("only src/platform touches the machine", () => {
  const machine =
    /^node:(fs|net|dgram|dns|tls|http|https|timers|perf_hooks|worker_threads|child_process|cluster|os)\b/;
  const imports = outsidePlatform.flatMap((file) =>
    importsOf(file)
      .filter(
        ({ specifier, clause }) =>
          machine.test(specifier) || (specifier === "node:crypto" && /random/i.test(clause)),
      )
      .map(({ specifier }) => `${file.path} imports ${specifier}`),
  );
  const names =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|(?<![.\w])(performance|setTimeout|setInterval|setImmediate|fetch)\s*[.(]|\bprocess\.(hrtime|uptime|memoryUsage|cpuUsage|nextTick|pid|cwd|stdout|stderr)\b/;
  none(
    [...imports, ...linesMatching(outsidePlatform, names)],
    "Disk, network, clock and chance are platform's",
  );
});

test("modules have no mutable state", () => {
  const changing =
    /^(export )?(let|var)\b|^(export )?const \w+(: (?!readonly)[^=]+)? = (new (Map|Set|WeakMap|WeakSet|Array)\b[^(]*\(\)|\[\]|\{\});/;
  const topLevel = sources.flatMap((file) =>
    topLevelLines(file)
      .filter(({ text }) => changing.test(text))
      .map(({ line, text }) => `${file.path}:${line}: ${text.trim()}`),
  );
  const statics = linesMatching(
    sources,
    /^\s+((private|protected|public) )?static (?!readonly|async)\w+\s*[=:;]/,
  );
  none([...topLevel, ...statics], "Several servers run in one process");
});

test(`no source file is longer than ${LONGEST_FILE} lines`, () => {
  const long = sources
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > LONGEST_FILE)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  none(long, "Cut them at their nouns");
});

test("types are not switched off", () => {
  none(linesMatching(sources, /[:<,(|&]\s*any\b(?!\s*[:(])|\bas any\b/), "`any` is not used");
  const directives = new RegExp(["@ts-(ignore|nocheck|expect-error)", "biome-ignore"].join("|"));
  none(
    sources.filter(({ text }) => directives.test(text)).map(({ path }) => path),
    "No checker is told to look away",
  );
});

test("every source file begins with what it is", () => {
  const begins = ({ text }: SourceFile): boolean => /^(#![^\n]*\n)?\/\*\*/.test(text);
  none(
    sources.filter((file) => !begins(file)).map(({ path }) => path),
    "A doc comment comes first",
  );
});

test("no tracked file names a place on one machine, or where packages came from", () => {
  const places = new RegExp(
    ["/(work|root|home|Users)/[A-Za-z]", "\\bregistry\\.[a-z]+\\.[a-z]+", '"resolved": "http'].join("|"),
  );
  const wrong = trackedFiles().flatMap((path) => {
    if (path === "test/repository/rules.test.ts") return [];
    const lines = (textOf(path) ?? "").split("\n");
    return lines.flatMap((line, index) =>
      places.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
    );
  });
  none(wrong, "Absolute paths and registry hosts");
});

test("ARCHITECTURE.md names every runtime dependency", () => {
  const manifest = JSON.parse(textOf("package.json") ?? "{}") as { dependencies?: Record<string, string> };
  const page = textOf("ARCHITECTURE.md") ?? "";
  none(
    Object.keys(manifest.dependencies ?? {}).filter((name) => !page.includes(name)),
    "Say why each is there",
  );
});

test("the README begins with the two commands that matter", () => {
  const readme = textOf("README.md") ?? "";
  const [, block = ""] = /^```\w*\n([\s\S]*?)^```/m.exec(readme.split("\n").slice(0, 20).join("\n")) ?? [];
  const lines = block.split("\n").filter((line) => line.trim() !== "");
  assert.equal(lines.length, 2, "README.md has a block of two command lines within its first 20 lines");
  assert.match(lines[0] ?? "", /npm start/);
  assert.match(lines[1] ?? "", /npm test/);
});

// ---- Commands ----

interface Declared {
  readonly name: string;
  readonly subcommands?: readonly Declared[];
}

/** `GET`, `CONFIG GET`, ...: as documentation writes them. */
async function commandNames(): Promise<string[]> {
  const { commandTable } = (await import("#tidemark/commands/table.js")) as {
    commandTable: readonly Declared[];
  };
  return commandTable.flatMap(({ name, subcommands = [] }) => [
    name.toUpperCase(),
    ...subcommands.map((sub) => `${name} ${sub.name}`.toUpperCase()),
  ]);
}

test("every command is in a test", async () => {
  const tests = sourcesIn("test")
    .map(({ text }) => text)
    .join("\n");
  const named = (command: string): boolean => {
    const words = command.split(" ").map((word) => word.replace(/[^A-Z0-9]/g, "\\$&"));
    return new RegExp(`(?<![A-Z-])${words.join(`["', ]+`)}(?![A-Z-])`).test(tests);
  };
  none(
    (await commandNames()).filter((command) => !named(command)),
    "Commands that no test names",
  );
});

test("every command is on docs/commands.md", async () => {
  const page = textOf(join("docs", "commands.md")) ?? "";
  none(
    (await commandNames()).filter((command) => !new RegExp(`(?<![A-Z-])${command}(?![A-Z-])`).test(page)),
    "Commands that docs/commands.md does not name",
  );
});
