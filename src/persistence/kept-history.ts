/**
 * What rewrites have replaced, kept for going back (`aof-history-retention`, `tidemark restore`).
 *
 * A rewrite leaves a generation behind: the base of before and the incr files that follow it up to the rewrite's cut,
 * a complete log that ends where the new base begins. Redis removes whatever its manifest lists as history (type h), so
 * generations are kept where it does not look: in the directory `history` beside the files, under names that begin with
 * the moment of the rewrite, milliseconds since 1970, and with a manifest of their own:
 *
 *     appendonlydir/history/1700000000000.manifest
 *     appendonlydir/history/1700000000000.appendonly.aof.1.base.rdb
 *     appendonlydir/history/1700000000000.appendonly.aof.1.incr.aof
 *
 * So each is a multi-part log that a server would load (`appenddirname history`, `appendfilename 1700000000000`). The
 * generation's manifest is made first; then the files move; then the running manifest forgets them. A crash between
 * any two is mended at the next start or rewrite: what the running manifest still lists as history moves after.
 */

import { basename, join } from "node:path";
import type { Retention } from "../config/kinds/retention.js";
import type { Disk } from "../platform/disk.js";
import type { LogLine } from "../util/log-line.js";
import type { AofDirectory } from "./directory.js";
import { isCopy } from "./dump-import.js";
import { removeQuietly, writeDurablyAside } from "./durable-file.js";
import { isIncr, Manifest, type ManifestFile } from "./manifest.js";

const DIRECTORY = "history";

/** A base and the incr files that follow it, with nothing missing in between. */
export interface Generation {
  /** Where its files are. */
  readonly path: string;
  readonly base: ManifestFile | null;
  readonly incrs: readonly ManifestFile[];
}

/** One that is kept. */
export interface KeptGeneration extends Generation {
  /** When it was replaced, milliseconds since 1970; its files' names begin with it. */
  readonly replacedMs: number;
}

/** The directory in which the generations of a log are kept. */
export function historyPath(aofPath: string): string {
  return join(aofPath, DIRECTORY);
}

/** What is kept in the directory, oldest first. Throws what the disk throws, and ManifestError. */
export function keptGenerations(disk: Disk, path: string): KeptGeneration[] {
  const found: KeptGeneration[] = [];
  for (const name of disk.list(path) ?? []) {
    const moment = /^(\d{1,16})\.manifest$/.exec(name)?.[1];
    if (moment === undefined) continue;
    const { base, incrs } = Manifest.parse(disk.readFile(join(path, name)) ?? Buffer.alloc(0));
    found.push({ path, base, incrs, replacedMs: Number(moment) });
  }
  return found.sort((one, other) => one.replacedMs - other.replacedMs);
}

/** The generations that a manifest lists as history, oldest first. */
export function replacedGenerations(path: string, manifest: Manifest): Generation[] {
  const found: Generation[] = [];
  let files: ManifestFile[] = [];
  // The newest file comes first, so a base ends its generation.
  for (const file of manifest.history) {
    files.unshift(file);
    if (isIncr(file)) continue;
    found.unshift(generationOf(path, files));
    files = [];
  }
  if (files.length > 0) found.unshift(generationOf(path, files));
  return found;
}

function generationOf(path: string, files: readonly ManifestFile[]): Generation {
  const base = files.find((file) => !isIncr(file)) ?? null;
  const incrs = files.filter((file) => file !== base).map((file): ManifestFile => ({ ...file, type: "i" }));
  return { path, base: base === null ? null : { ...base, type: "b" }, incrs };
}

/**
 * Moves to the directory `history` what the manifest lists as history, off the loop; the manifest is not changed. Rejects
 * with the disk's error; then it is gone on with the next time.
 */
export async function keepHistory(directory: AofDirectory, now: number, log: LogLine): Promise<void> {
  const { disk } = directory;
  const path = historyPath(directory.path);
  if (disk.stat(path) === null) {
    disk.makeDirectory(path);
    await disk.syncDirectoryAside(path);
  }
  let moment = now;
  for (const generation of replacedGenerations(directory.path, directory.manifest)) {
    const { base, incrs } = generation;
    const files = base === null ? incrs : [base, ...incrs];
    const left = files.filter(({ name }) => disk.stat(directory.pathOf(name)) !== null);
    if (left.length === 0) continue;
    const begun = keptGenerations(disk, path).find((kept) => expects(directory, kept, left));
    while (begun === undefined && disk.stat(join(path, `${moment}.manifest`)) !== null) moment++;
    const prefix = begun?.replacedMs ?? moment;
    const renamed = (file: ManifestFile): ManifestFile => ({ ...file, name: `${prefix}.${file.name}` });
    if (begun === undefined) {
      const manifest = new Manifest(base === null ? null : renamed(base), incrs.map(renamed));
      const bytes = Buffer.from(manifest.format(), "latin1");
      await writeDurablyAside(disk, join(path, `${prefix}.manifest`), bytes);
    }
    for (const file of left) {
      log("notice", `Keeping the history file ${file.name} as ${DIRECTORY}/${renamed(file).name}`);
      disk.rename(directory.pathOf(file.name), join(path, renamed(file).name));
    }
    await disk.syncDirectoryAside(join(path, `${prefix}.manifest`));
    await disk.syncDirectoryAside(directory.manifestPath);
  }
}

/**
 * Whether the generation names these files, and has none of them yet or a copy: after a power loss a file may have both
 * of its names.
 */
function expects(
  { disk, path }: AofDirectory,
  kept: KeptGeneration,
  files: readonly ManifestFile[],
): boolean {
  const names = new Set([kept.base, ...kept.incrs].map((file) => file?.name));
  return files.every(({ name }) => {
    const own = join(kept.path, `${kept.replacedMs}.${name}`);
    if (!names.has(basename(own))) return false;
    return disk.stat(own) === null || isCopy(disk, own, join(path, name));
  });
}

/** What the limits say of the generations that are kept. */
export interface Verdict {
  readonly excess: readonly KeptGeneration[];
  /** From then on the oldest one of the others has been kept for too long; Infinity if never. */
  readonly nextMs: number;
}

/** The oldest generations do not count any more, until the rest is within the limits. */
export function judgeHistory({ disk, path }: AofDirectory, retention: Retention, now: number): Verdict {
  const excess: KeptGeneration[] = [];
  const { count, ageMs, bytes: most } = retention;
  let bytes = 0;
  let nextMs = Number.POSITIVE_INFINITY;
  for (const [index, generation] of keptGenerations(disk, historyPath(path)).reverse().entries()) {
    const tooOldMs = generation.replacedMs + ageMs + 1;
    bytes += pathsOf(generation).reduce((sum, file) => sum + (disk.stat(file)?.bytes ?? 0), 0);
    if (index < count && now < tooOldMs && bytes <= most) nextMs = tooOldMs;
    else excess.push(generation);
  }
  return { excess, nextMs };
}

/** Removes these generations. */
export async function removeKept(
  disk: Disk,
  removed: readonly KeptGeneration[],
  log: LogLine,
): Promise<void> {
  for (const generation of removed) {
    const { path, replacedMs } = generation;
    log(
      "notice",
      `Removing the history of ${new Date(replacedMs).toISOString()}: it is beyond aof-history-retention`,
    );
    // Without its manifest it does not count any more.
    removeQuietly(disk, join(path, `${replacedMs}.manifest`));
    for (const file of pathsOf(generation)) await disk.removeAside(file);
  }
}

function pathsOf({ path, base, incrs }: Generation): string[] {
  return [base, ...incrs].flatMap((file) => (file === null ? [] : [join(path, file.name)]));
}
