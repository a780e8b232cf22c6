/** Wildcards in the paths of configuration files. */

import { join } from "node:path";
import type { Disk } from "../platform/disk.js";
import { bytesOf } from "../util/ascii.js";
import { globMatch } from "../util/glob.js";

/** Whether the path is a pattern. */
export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The paths that exist and match an absolute pattern, sorted. A name that begins with a dot needs one in the pattern. */
export function matchingPaths(disk: Disk, pattern: string): string[] {
  let found = ["/"];
  for (const part of pattern.split("/").filter((each) => each !== "")) {
    found = found.flatMap((folder) => namesIn(disk, folder, part).map((name) => join(folder, name)));
  }
  return found.filter((path) => disk.stat(path) !== null).sort();
}

function namesIn(disk: Disk, folder: string, part: string): string[] {
  if (!hasWildcard(part)) return [part];
  if (disk.stat(folder)?.isDirectory !== true) return [];
  const glob = bytesOf(part);
  return (disk.list(folder) ?? []).filter((name) => {
    const bytes = bytesOf(name);
    return name.startsWith(".") === part.startsWith(".") && globMatch(glob, bytes, 0, bytes.length);
  });
}
