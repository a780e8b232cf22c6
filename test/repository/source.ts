/** The source files of the repository, as the tests of its rules read them. */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the insides of strings blanked out; lines stay where they are. */
  readonly code: string;
}

/** The TypeScript files under a folder of the root, sorted. */
export function sourcesIn(folder: string): SourceFile[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => {
      const text = readFileSync(join(ROOT, folder, name), "utf8");
      return { path: `${folder}/${name}`, text, code: codeOf(text) };
    });
}

/** The text of a file of the repository, or null. */
export function textOf(path: string): string | null {
  const full = join(ROOT, path);
  return existsSync(full) ? readFileSync(full, "utf8") : null;
}

/** Files under version control, or about to be: what `git add` would take. */
export function trackedFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  return listed
    .toString()
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(ROOT, path)))
    .map((path) => relative(ROOT, join(ROOT, path)));
}

/** Comments, strings, templates without what they interpolate, and regular expressions. */
const BLANKED =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*|return\s+)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;

function codeOf(text: string): string {
  return text.replace(BLANKED, (piece) => {
    const blank = piece.slice(1, -1).replace(/[^\n]/g, " ");
    return piece.startsWith("/") ? piece.replace(/[^\n]/g, " ") : `${piece[0]}${blank}${piece.at(-1)}`;
  });
}

/** Each line of the code that is at the top level of its module. */
export function topLevelLines(file: SourceFile): { line: number; text: string }[] {
  const found: { line: number; text: string }[] = [];
  let depth = 0;
  for (const [index, text] of file.code.split("\n").entries()) {
    if (depth === 0 && text.trim() !== "") found.push({ line: index + 1, text });
    for (const character of text) {
      if ("{([".includes(character)) depth++;
      else if ("})]".includes(character)) depth--;
    }
  }
  if (depth !== 0)
    throw new Error(`${file.path}: the brackets do not match, so its strings were not understood`);
  return found;
}

/** `path:line: text` of every line of the code that matches. */
export function linesMatching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text, code }) => {
    const lines = text.split("\n");
    return code
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${lines[index]?.trim()}`] : [],
      );
  });
}

/** What a file imports or exports from elsewhere, with the names it takes. */
export function importsOf(file: SourceFile): { specifier: string; clause: string }[] {
  const statement = /^(?:import|export)\s+([^"';]*?\s+from\s+)?["']([^"']+)["']/gm;
  const dynamic = /\bimport\(\s*["']([^"']+)["']/g;
  const found = [...file.text.matchAll(statement)].map((match) => ({
    specifier: match[2] as string,
    clause: match[1] ?? "",
  }));
  for (const match of file.text.matchAll(dynamic)) found.push({ specifier: match[1] as string, clause: "" });
  return found;
}
