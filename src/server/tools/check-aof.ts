/** `tidemark check-aof`: what redis-check-aof does, and checksums, and saving what stands behind a damaged middle. */

import { basename, dirname, join } from "node:path";
import { systemReason } from "../../config/kinds/directory.js";
import { writeAll } from "../../persistence/durable-file.js";
import { isSnapshot } from "../../persistence/empty-snapshot.js";
import { copyCommands } from "../../persistence/log-copy.js";
import { type Scan, type ScanOptions, scanLog } from "../../persistence/log-scan.js";
import { Manifest, ManifestError } from "../../persistence/manifest.js";
import { loadSnapshot } from "../../persistence/snapshot-load.js";
import { cutTail } from "../../persistence/torn-tail.js";
import type { DiskFile } from "../../platform/disk.js";
import type { Platform } from "../../platform/platform.js";
import { encodeCommand } from "../../resp/request.js";
import { RdbError } from "../../snapshot/rdb/error.js";
import { inspect } from "../../snapshot/rdb/inspection.js";
import { Progress } from "./progress.js";

const USAGE = `Usage: tidemark check-aof [--fix|--truncate-to-timestamp SECONDS] [--yes] FILE|MANIFEST

Checks an append-only file, or all files that a manifest names: that they consist of whole commands, and
that these match the checksums between them. Changes nothing, except with

  --fix                            cuts the last file where it stops being whole. What is cut off is kept in
                                   FILE.cut-<time>; commands that are whole behind a damaged middle are
                                   written to FILE.saved-<time>.aof, to be looked at and applied by hand.
  --truncate-to-timestamp SECONDS  cuts the last file before its first write later than that (seconds since
                                   1970; the file has timestamps if aof-timestamp-enabled was on).
  --yes                            does not ask.

Exit status: 0 the files are whole, or have been made so; 1 they are not.
`;

interface Asked {
  readonly path: string;
  readonly fix: boolean;
  readonly timestamp: number | null;
  readonly yes: boolean;
}

/** A reason to stop, which has been put into words. */
class CheckFailed extends Error {}

export async function checkAof(args: readonly string[], platform: Platform): Promise<number> {
  const asked = parse(args);
  if (asked === null) {
    platform.host.write(args.includes("--help") ? "stdout" : "stderr", USAGE);
    return args.includes("--help") ? 0 : 1;
  }
  try {
    await new Check(asked, platform).run();
    return 0;
  } catch (error) {
    const isKnown = error instanceof CheckFailed || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isKnown) throw error;
    const { path = asked.path } = error as NodeJS.ErrnoException;
    const text = error instanceof CheckFailed ? error.message : `${path}: ${systemReason(error)}`;
    platform.host.write("stdout", `${text}\n`);
    return 1;
  }
}

function parse(args: readonly string[]): Asked | null {
  const asked = { path: "", fix: false, timestamp: null as number | null, yes: false };
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (word === "--fix") asked.fix = true;
    else if (word === "--yes") asked.yes = true;
    else if (word === "--truncate-to-timestamp" && /^\d{1,15}$/.test(args[at + 1] ?? ""))
      asked.timestamp = Number(args[++at]);
    else if (asked.path === "" && !word.startsWith("--")) asked.path = word;
    else return null;
  }
  return asked.path === "" || (asked.fix && asked.timestamp !== null) ? null : asked;
}

class Check {
  private readonly progress: Progress;

  constructor(
    private readonly asked: Asked,
    private readonly platform: Platform,
  ) {
    this.progress = new Progress(platform, "bytes");
  }

  async run(): Promise<void> {
    const { path } = this.asked;
    const { disk } = this.platform;
    const info = disk.stat(path);
    if (info === null) throw new CheckFailed(`Cannot open file ${path}: No such file or directory`);
    if (info.isDirectory) throw new CheckFailed(`${path} is a directory: name the manifest in it`);
    const manifest = this.readManifest(path);
    if (manifest === null) {
      this.print("Start checking Old-Style AOF");
      await this.file(path, "AOF", true);
      return;
    }
    this.print("Start checking Multi Part AOF");
    const { base, incrs } = manifest;
    const file = (name: string): string => join(dirname(path), name);
    if (base !== null) {
      const isRdb = this.beginsWithSnapshot(file(base.name));
      this.print(`Start to check BASE AOF (${isRdb ? "RDB" : "RESP"} format).`);
      await this.file(file(base.name), "BASE AOF", incrs.length === 0);
    }
    if (incrs.length > 0) {
      this.print("Start to check INCR files.");
      for (const incr of incrs) await this.file(file(incr.name), "INCR AOF", incr === incrs.at(-1));
    }
    this.print("All AOF files and manifest are valid");
  }

  /** The manifest that the file is, or null when it is none. */
  private readManifest(path: string): Manifest | null {
    const { disk } = this.platform;
    const head = this.read(path, 4096);
    if (!path.endsWith(".manifest") && !/^(#[^\n]*\n)*file /.test(head)) return null;
    try {
      return Manifest.parse(disk.readFile(path)!);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      throw new CheckFailed(`*** FATAL AOF MANIFEST FILE ERROR ***\n${error.message}`);
    }
  }

  private async file(path: string, kind: string, isLast: boolean): Promise<void> {
    const name = basename(path);
    const info = this.platform.disk.stat(path);
    if (info === null) throw new CheckFailed(`Cannot open file ${name}: No such file or directory`);
    const handle = this.platform.disk.open(path, "read");
    try {
      const start = this.beginsWithSnapshot(path) ? await this.snapshot(handle, info.bytes, name) : 0;
      const scan = this.scan(handle, start, info.bytes);
      if (this.asked.timestamp !== null) this.truncate(path, scan, this.asked.timestamp, isLast);
      else if (await this.judge(path, handle, scan, isLast)) return;
      this.print(`${kind} ${name} is valid`);
    } finally {
      handle.close();
    }
  }

  private async snapshot(handle: DiskFile, size: number, name: string): Promise<number> {
    let keys = 0;
    const reader = inspect(
      { size, chance: this.platform.chance, sanitize: false },
      { entry: () => void keys++ },
    );
    try {
      const end = await loadSnapshot(handle, size, reader, async (bytes) =>
        this.progress.update(bytes, size),
      );
      this.progress.clear();
      this.print(`[offset ${end}] \\o/ RDB looks OK! \\o/\n[info] ${keys} keys read`);
      this.print("RDB preamble is OK, proceeding with AOF tail...");
      return end;
    } catch (error) {
      this.progress.clear();
      if (!(error instanceof RdbError)) throw error;
      throw new CheckFailed(
        `RDB preamble of AOF file ${name} is not sane, aborting: ${error.message}. What it holds cannot be repaired; ` +
          "restore the file from a copy.",
      );
    }
  }

  private scan(handle: DiskFile, start: number, size: number): Scan {
    const options: ScanOptions = {
      start,
      size,
      onProgress: (bytes) => this.progress.update(bytes, size),
      ...(this.asked.timestamp === null ? {} : { timestamp: this.asked.timestamp }),
    };
    const scan = scanLog(handle, options);
    this.progress.clear();
    return scan;
  }

  /** Prints what was found and mends it if that was asked for; whether it has been mended. */
  private async judge(path: string, handle: DiskFile, scan: Scan, isLast: boolean): Promise<boolean> {
    const name = basename(path);
    const { size, okUpTo, lines, seals, damages, saved } = scan;
    for (const { start, end, reason } of damages)
      this.print(`0x${start.toString(16).padStart(16)}: ${reason}: bytes ${start} to ${end} are damaged`);
    this.print(
      `AOF analyzed: filename=${name}, size=${size}, ok_up_to=${okUpTo}, ok_up_to_line=${lines}, diff=${size - okUpTo}`,
    );
    if (seals > 0) this.print(`${seals} checksums are right`);
    if (damages.length === 0) return false;
    const savedBytes = saved.reduce((sum, { start, end }) => sum + end - start, 0);
    if (savedBytes > 0) this.print(`${savedBytes} bytes of whole commands stand behind the damage`);
    if (!this.asked.fix)
      throw new CheckFailed(`AOF ${name} is not valid. Use the --fix option to try fixing it.`);
    if (!isLast)
      throw new CheckFailed(
        `Failed to truncate AOF ${name} because it is not the last file. What comes after it was written on top of ` +
          "what is missing here: restore the file from a copy.",
      );
    this.print(
      `This will shrink the AOF ${name} from ${size} bytes, with ${size - okUpTo} bytes, to ${okUpTo} bytes`,
    );
    await this.confirm();
    const now = this.platform.clock.now();
    if (savedBytes > 0) await this.save(`${path}.saved-${now}.aof`, handle, scan);
    const kept = cutTail(this.platform.disk, path, okUpTo, now);
    this.print(`Successfully truncated AOF ${name}; what was cut off is kept in ${basename(kept)}`);
    return true;
  }

  /** Writes the whole commands behind the damage into a file of their own, as a client could send them. */
  private async save(path: string, handle: DiskFile, { saved }: Scan): Promise<void> {
    const { disk, clock } = this.platform;
    const target = disk.open(path, "create");
    try {
      for (const { start, end, database } of saved) {
        writeAll(target, encodeCommand(["SELECT", String(database)]));
        await copyCommands(handle, start, end, target, clock);
      }
      target.syncNow();
    } finally {
      target.close();
    }
    disk.syncDirectoryOf(path);
    this.print(
      `The commands behind the damage were written to ${basename(path)}. They were made on top of what is missing: look ` +
        `at them, then apply them with "redis-cli --pipe < ${basename(path)}" if that is right.`,
    );
  }

  private truncate(path: string, scan: Scan, timestamp: number, isLast: boolean): void {
    const name = basename(path);
    const { damages, afterTimestamp } = scan;
    if (damages.length > 0)
      throw new CheckFailed(
        `AOF ${name} is not valid from offset ${scan.okUpTo} on. Mend it with --fix first.`,
      );
    if (afterTimestamp === -1) {
      this.print(`Truncate nothing in AOF ${name} to timestamp ${timestamp}`);
      return;
    }
    if (!isLast)
      throw new CheckFailed(
        `Failed to truncate AOF ${name} to timestamp ${timestamp} to offset ${afterTimestamp} because it is not the last ` +
          "file.\nIf you insist, please delete all files after this file according to the manifest file and delete the " +
          "corresponding records in manifest file manually. Then re-run check-aof.",
      );
    const kept = cutTail(this.platform.disk, path, afterTimestamp, this.platform.clock.now());
    this.print(
      `Successfully truncated AOF ${name} to timestamp ${timestamp}; what was cut off is kept in ${basename(kept)}`,
    );
  }

  private async confirm(): Promise<void> {
    if (this.asked.yes) return;
    this.platform.host.write("stdout", "Continue? [y/N]: ");
    const answer = (await this.platform.host.readLine()).trim();
    if (!/^y/i.test(answer)) throw new CheckFailed("Aborting...");
  }

  private beginsWithSnapshot(path: string): boolean {
    return isSnapshot(Buffer.from(this.read(path, 9), "latin1"));
  }

  private read(path: string, length: number): string {
    const handle = this.platform.disk.open(path, "read");
    try {
      const bytes = Buffer.alloc(length);
      return bytes.toString("latin1", 0, handle.read(bytes, 0));
    } finally {
      handle.close();
    }
  }

  private print(text: string): void {
    this.platform.host.write("stdout", `${text}\n`);
  }
}
