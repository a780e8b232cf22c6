/** `tidemark restore`: the data set as it was at a moment, as a new directory that a server starts on. */

import { basename, dirname, join, relative, resolve } from "node:path";
import { systemFailure } from "../../config/kinds/directory.js";
import { removeQuietly, temporaryName, writeAll, writeDurably } from "../../persistence/durable-file.js";
import { isSnapshot } from "../../persistence/empty-snapshot.js";
import {
  type Generation,
  historyPath,
  keptGenerations,
  replacedGenerations,
} from "../../persistence/kept-history.js";
import { Manifest, ManifestError, type ManifestFile } from "../../persistence/manifest.js";
import { countedBytes, type Moment, NotCovered, Past, type Place } from "../../persistence/past.js";
import { loadSnapshot } from "../../persistence/snapshot-load.js";
import type { Platform } from "../../platform/platform.js";
import { RdbError } from "../../snapshot/rdb/error.js";
import { inspect } from "../../snapshot/rdb/inspection.js";
import { Progress } from "./progress.js";

const USAGE = `Usage: tidemark restore --dir DIR --to MOMENT [--occurrence N] --out NEWDIR

Writes into NEWDIR the data set that the append-only files in DIR (the server's directive "dir") held at a
moment. Start a server with "dir NEWDIR" and "appendonly yes" to have it. DIR is only read. How far back one can go
depends on what rewrites have left: see the directive aof-history-retention.

  --to 2024-05-01T12:00:00Z   everything up to the end of that second; also as seconds or milliseconds since
                              1970. Needs files that were written with aof-timestamp-enabled.
  --to offset:N               up to the last mark in the files that is not beyond replication offset N.
  --to before:COMMAND         up to before the first command of that name, as in before:FLUSHALL.
  --occurrence N              ... before the N-th one; -1 is the last one.

Exit status: 0 it is there; 1 it is not, and NEWDIR has nothing that a server would load.
`;

const APPEND_DIRECTORY = "appendonlydir";
const BLOCK_BYTES = 1024 * 1024;
/** A number of so many digits counts milliseconds. */
const MS_DIGITS = 12;

interface Asked {
  readonly dir: string;
  readonly moment: Moment;
  readonly out: string;
}

/** A reason to stop, which has been put into words. */
class RestoreFailed extends Error {}

/** What is to be restored from. */
interface Source {
  /** Of its files. */
  readonly path: string;
  readonly appendfilename: string;
  /** Oldest first; the last one is the running log. */
  readonly generations: readonly Generation[];
}

/** The first `bytes` of a file, under another name. */
interface Copy {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
}

interface Plan {
  readonly copies: readonly Copy[];
  readonly manifest: Manifest;
}

export async function restore(args: readonly string[], platform: Platform): Promise<number> {
  const { host } = platform;
  if (args.includes("--help")) {
    host.write("stdout", USAGE);
    return 0;
  }
  try {
    const asked = parse(args);
    if (asked === null) {
      host.write("stderr", USAGE);
      return 1;
    }
    await new Restoring(asked, platform).run();
    return 0;
  } catch (error) {
    const isKnown =
      error instanceof RestoreFailed || error instanceof NotCovered || error instanceof ManifestError;
    if (!isKnown && (error as NodeJS.ErrnoException).code === undefined) throw error;
    host.write("stderr", `${isKnown ? (error as Error).message : systemFailure(error)}\n`);
    return 1;
  }
}

function parse(args: readonly string[]): Asked | null {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at]!, args[at + 1]];
    if (!["--dir", "--to", "--out", "--occurrence"].includes(name) || value === undefined) return null;
    given.set(name, value);
  }
  const [dir, to, out] = [given.get("--dir"), given.get("--to"), given.get("--out")];
  if (dir === undefined || to === undefined || out === undefined) return null;
  const occurrence = Number(given.get("--occurrence") ?? 1);
  if (!Number.isSafeInteger(occurrence) || occurrence === 0)
    throw new RestoreFailed("--occurrence is a number: 1 is the first one, -1 the last one.");
  return { dir, moment: parseMoment(to, occurrence), out };
}

function parseMoment(text: string, occurrence: number): Moment {
  const [, kind, rest = ""] = /^(offset|before):(.+)$/i.exec(text) ?? [];
  if (kind?.toLowerCase() === "before") return { kind: "before", command: rest, occurrence };
  if (kind !== undefined && /^\d{1,15}$/.test(rest)) return { kind: "offset", offset: Number(rest) };
  if (/^\d{1,15}$/.test(text)) {
    const value = Number(text);
    return { kind: "time", seconds: text.length >= MS_DIGITS ? Math.floor(value / 1000) : value };
  }
  const ms = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new RestoreFailed(
      `"${text}" is no moment: give a time as 2024-05-01T12:00:00Z or in seconds since 1970, offset:N or before:COMMAND.`,
    );
  return { kind: "time", seconds: Math.floor(ms / 1000) };
}

class Restoring {
  private readonly progress: Progress;
  /** Of the generations that are a single file and begin with a snapshot: where it ends. */
  private readonly snapshotEnds = new Map<Generation, number>();

  constructor(
    private readonly asked: Asked,
    private readonly platform: Platform,
  ) {
    this.progress = new Progress(platform, "bytes");
  }

  async run(): Promise<void> {
    const { disk, host } = this.platform;
    const source = this.findSource();
    this.checkTarget(source);
    await this.readSnapshotOf(source);
    const total = source.generations.reduce((sum, { path, incrs }) => {
      return sum + incrs.reduce((bytes, { name }) => bytes + (disk.stat(join(path, name))?.bytes ?? 0), 0);
    }, 0);
    const past = new Past(
      disk,
      source.generations,
      (generation) => this.snapshotEnds.get(generation) ?? 0,
      (bytes) => this.progress.update(bytes, total),
    );
    let found: ReturnType<Past["find"]>;
    try {
      found = past.find(this.asked.moment);
    } finally {
      this.progress.clear();
    }
    await this.write(source, found.place);
    const named =
      source.appendfilename === "appendonly.aof" ? "" : ` --appendfilename ${source.appendfilename}`;
    const start = `--dir ${resolve(this.asked.out)} --appendonly yes${named}`;
    host.write("stdout", `Restored ${found.text}.\nStart a server with: ${start}\n`);
  }

  // ---- The source ----

  private findSource(): Source {
    const { disk } = this.platform;
    const { dir } = this.asked;
    if (disk.stat(dir)?.isDirectory !== true) throw new RestoreFailed(`${dir} is not a directory.`);
    const inside = (disk.list(dir) ?? []).map((name) => join(dir, name));
    const directories = [dir, ...inside.filter((path) => disk.stat(path)?.isDirectory === true)];
    const manifests = directories.flatMap((path) =>
      (disk.list(path) ?? []).filter(isManifest).map((name) => join(path, name)),
    );
    // The directory of the append-only files itself may be given; what is in its history is part of it.
    const [manifest, ...others] = manifests.filter((path) => dirname(path) !== historyPath(dir));
    if (others.length > 0)
      throw new RestoreFailed(
        `There are several append-only files in ${dir}: ${[manifest, ...others].join(", ")}.`,
      );
    if (manifest === undefined) return this.singleSource(inside);
    const path = dirname(manifest);
    const running = Manifest.parse(disk.readFile(manifest) ?? Buffer.alloc(0));
    const generations = [
      ...keptGenerations(disk, historyPath(path)),
      ...replacedGenerations(path, running),
      { path, base: running.base, incrs: running.incrs },
    ];
    const isThere = ({ path: at, base, incrs }: Generation): boolean =>
      [base, ...incrs].every((file) => file === null || disk.stat(join(at, file.name)) !== null);
    if (!isThere(generations.at(-1)!)) throw new RestoreFailed(`${manifest} names files that are not there.`);
    return {
      path,
      appendfilename: basename(manifest, ".manifest"),
      generations: generations.filter(isThere),
    };
  }

  private singleSource(paths: readonly string[]): Source {
    const { dir } = this.asked;
    const [single, ...others] = paths.filter(
      (path) => path.endsWith(".aof") && !basename(path).startsWith("temp-"),
    );
    if (single === undefined || others.length > 0)
      throw new RestoreFailed(
        `There is no append-only file in ${dir}: neither a manifest nor one file *.aof.`,
      );
    const file: ManifestFile = { name: basename(single), seq: 1, type: "i" };
    return { path: dir, appendfilename: file.name, generations: [{ path: dir, base: null, incrs: [file] }] };
  }

  /** A single file may begin with a snapshot, whose end is known when it has been read. */
  private async readSnapshotOf({ generations }: Source): Promise<void> {
    const { disk, chance } = this.platform;
    for (const generation of generations) {
      const { path, base, incrs } = generation;
      const [first] = incrs;
      if (base !== null || first === undefined) continue;
      const file = join(path, first.name);
      const handle = disk.open(file, "read");
      const size = disk.stat(file)!.bytes;
      const head = Buffer.alloc(16);
      try {
        if (!isSnapshot(head, handle.read(head, 0))) continue;
        const reader = inspect({ size, chance, sanitize: false }, {});
        const end = await loadSnapshot(handle, size, reader, async (bytes) =>
          this.progress.update(bytes, size),
        );
        this.snapshotEnds.set(generation, end);
      } catch (error) {
        if (!(error instanceof RdbError)) throw error;
        throw new RestoreFailed(`The snapshot at the beginning of ${file} is damaged: ${error.message}.`);
      } finally {
        this.progress.clear();
        handle.close();
      }
    }
  }

  // ---- The result ----

  private checkTarget({ path }: Source): void {
    const { disk } = this.platform;
    const out = resolve(this.asked.out);
    const isInside = !relative(resolve(path), out).startsWith("..");
    if (out === resolve(this.asked.dir) || isInside)
      throw new RestoreFailed(
        `${out} is part of what is restored from, which is only read. Name another directory.`,
      );
    const info = disk.stat(out);
    if (info === null) return;
    if (!info.isDirectory) throw new RestoreFailed(`${out} is not a directory.`);
    // A restore that has failed leaves its empty directories.
    const names = [...(disk.list(out) ?? []), ...(disk.list(join(out, APPEND_DIRECTORY)) ?? [])];
    if (names.some((name) => name !== APPEND_DIRECTORY))
      throw new RestoreFailed(`${out} is not empty. Name a directory that is empty or not there yet.`);
  }

  /** Writes the result, or leaves nothing of it behind. */
  private async write({ appendfilename }: Source, place: Place): Promise<void> {
    const { disk } = this.platform;
    const { copies, manifest } = this.plan(appendfilename, place);
    const target = join(this.asked.out, APPEND_DIRECTORY);
    const manifestPath = join(target, `${appendfilename}.manifest`);
    try {
      for (const path of [this.asked.out, target]) {
        if (disk.stat(path) === null) disk.makeDirectory(path);
        disk.syncDirectoryOf(path);
      }
      await this.copyAll(copies, target);
      // Without it there is nothing to load.
      writeDurably(disk, manifestPath, Buffer.from(manifest.format(), "latin1"));
    } catch (error) {
      for (const path of [manifestPath, ...copies.map(({ to }) => join(target, to))])
        removeQuietly(disk, path);
      throw error;
    }
  }

  /** The files of the result, and what they are made of. */
  private plan(appendfilename: string, { generation, file, bytes }: Place): Plan {
    const { disk } = this.platform;
    const { path, base, incrs } = generation;
    const copies = incrs.slice(0, Math.max(1, file + 1)).map(({ name, seq }, index) => ({
      from: join(path, name),
      to: `${appendfilename}.${seq}.incr.aof`,
      bytes: index < file ? countedBytes(disk, generation, index) : index === file ? bytes : 0,
    }));
    const listed = copies.map(
      ({ to }, index): ManifestFile => ({ name: to, seq: incrs[index]!.seq, type: "i" }),
    );
    if (base !== null) {
      const from = join(path, base.name);
      const name = `${appendfilename}.${base.seq}.base.${base.name.endsWith(".rdb") ? "rdb" : "aof"}`;
      const whole = { from, to: name, bytes: disk.stat(from)?.bytes ?? 0 };
      return { copies: [whole, ...copies], manifest: new Manifest({ ...base, name }, listed) };
    }
    const [single] = copies;
    if (single === undefined || incrs[0]!.name !== appendfilename)
      return { copies, manifest: new Manifest(null, listed) };
    // A single file becomes the base, as it would in a change of layouts.
    const name = `${appendfilename}.1.base.aof`;
    return {
      copies: [
        { ...single, to: name },
        { ...single, bytes: 0 },
      ],
      manifest: new Manifest({ name, seq: 1, type: "b" }, listed),
    };
  }

  private async copyAll(copies: readonly Copy[], target: string): Promise<void> {
    const { disk } = this.platform;
    const total = copies.reduce((sum, { bytes }) => sum + bytes, 0);
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let done = 0;
    for (const { from, to, bytes } of copies) {
      const source = disk.open(from, "read");
      const copy = disk.open(join(target, to), "create");
      try {
        for (let at = 0; at < bytes; ) {
          const length = source.read(block.subarray(0, bytes - at), at);
          if (length === 0)
            throw new RestoreFailed(`${from} has become shorter while it was read. Try again.`);
          writeAll(copy, block, 0, length);
          at += length;
          done += length;
          this.progress.update(done, total);
        }
        await copy.sync();
      } finally {
        source.close();
        copy.close();
        this.progress.clear();
      }
    }
  }
}

/** One that a running server is about to put in its place does not count yet. */
function isManifest(name: string): boolean {
  return name.endsWith(".manifest") && !name.startsWith(temporaryName(""));
}
