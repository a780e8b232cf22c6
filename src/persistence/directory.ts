/** The directory of a multi-part append-only file: the names in it, and its manifest in memory and on the disk. */

import { join } from "node:path";
import type { Retention } from "../config/kinds/retention.js";
import type { Disk } from "../platform/disk.js";
import type { LogLine } from "../util/log-line.js";
import { removeQuietly, temporaryName, writeDurably, writeDurablyAside } from "./durable-file.js";
import { judgeHistory, keepHistory, removeKept } from "./kept-history.js";
import { isIncr, Manifest, type ManifestFile } from "./manifest.js";

/** The directives that say where the files are; `dir` as an absolute path. */
export interface AofLocation {
  readonly dir: string;
  readonly appenddirname: string;
  readonly appendfilename: string;
  readonly dbfilename: string;
  /** What is kept of replaced files; default: nothing. Read at each use. */
  readonly "aof-history-retention"?: Retention | null;
  /** Default: multi-part. */
  readonly "aof-layout"?: "multi-part" | "single";
}

/** From a look at the history that has failed to the next one. */
const RETRY_MS = 60_000;

export class AofDirectory {
  /** Whether the log is one file without a manifest (single-directory.ts). */
  readonly isSingle: boolean = false;
  protected current = new Manifest(null, []);
  /** What is kept was within these limits, and is until then. */
  private judged: { readonly retention: Retention; readonly nextMs: number } | null = null;
  /** Numbers of incr files that are being made. */
  private readonly reserved = new Set<number>();
  /** Settles when no change of the manifest is under way. */
  private changes: Promise<void> = Promise.resolve();
  /** The same for the removal of what was replaced. */
  private removals: Promise<void> = Promise.resolve();
  /** A change has failed, and the disk may hold it all the same: files that only it names must stay. */
  isDoubtful = false;

  constructor(
    readonly disk: Disk,
    readonly location: AofLocation,
    readonly path = join(location.dir, location.appenddirname),
  ) {}

  /** What the manifest on the disk says, or would say if there were one. */
  get manifest(): Manifest {
    return this.current;
  }

  get manifestPath(): string {
    return this.pathOf(`${this.location.appendfilename}.manifest`);
  }

  /** Where the single file of Redis before 7 would be. */
  get legacyPath(): string {
    return join(this.location.dir, this.location.appendfilename);
  }

  pathOf(name: string): string {
    return join(this.path, name);
  }

  sizeOf(name: string): number {
    return this.disk.stat(this.pathOf(name))?.bytes ?? 0;
  }

  incr(seq: number): ManifestFile {
    return { name: `${this.location.appendfilename}.${seq}.incr.aof`, seq, type: "i" };
  }

  /** The incr file that would follow the last one, under a name that no file has which is still to be removed. */
  get nextIncr(): ManifestFile {
    return this.incr(this.lastSeq + 1);
  }

  /** One that may follow the last one, under a name that is the caller's alone until the manifest has it, or `giveBack`. */
  reserveIncr(): ManifestFile {
    const seq = Math.max(this.lastSeq, ...this.reserved) + 1;
    this.reserved.add(seq);
    return this.incr(seq);
  }

  giveBack({ seq }: ManifestFile): void {
    this.reserved.delete(seq);
  }

  /** The incr files behind the last one that the manifest does not name, in their order. */
  unnamedIncrs(): ManifestFile[] {
    const names = new Set(this.disk.list(this.path) ?? []);
    const { lastSeq } = this;
    const sequences = [...names].map((name) => Number(/\.(\d{1,15})\.incr\.aof$/.exec(name)?.[1] ?? 0));
    return sequences
      .filter((seq) => seq > lastSeq && names.has(this.incr(seq).name))
      .sort((a, b) => a - b)
      .map((seq) => this.incr(seq));
  }

  private get lastSeq(): number {
    return Math.max(
      0,
      ...[...this.current.incrs, ...this.current.history.filter(isIncr)].map(({ seq }) => seq),
    );
  }

  /** The base file that would follow this one. */
  nextBase(format: "rdb" | "aof"): ManifestFile {
    const seq = (this.current.base?.seq ?? 0) + 1;
    return { name: `${this.location.appendfilename}.${seq}.base.${format}`, seq, type: "b" };
  }

  /** Bytes of all files that count. */
  get totalBytes(): number {
    return this.current.files.reduce((sum, { name }) => sum + this.sizeOf(name), 0);
  }

  /** Reads the manifest; false when there is none. Throws ManifestError and what the disk throws. */
  readManifest(): boolean {
    const bytes = this.disk.readFile(this.manifestPath);
    this.current = bytes === null ? new Manifest(null, []) : Manifest.parse(bytes);
    return bytes !== null;
  }

  /** Makes `manifest` the one on the disk. When it throws, either may be there. */
  save(manifest: Manifest): void {
    writeDurably(this.disk, this.manifestPath, Buffer.from(manifest.format(), "latin1"));
    this.current = manifest;
    this.isDoubtful = false;
  }

  /**
   * Like `save`, while the server runs: off the loop, one change after the other, each made of what the one before it has
   * left.
   */
  alter(update: (manifest: Manifest) => Manifest): Promise<void> {
    const altered = this.changes.then(() => this.saveAside(update(this.current)));
    this.changes = altered.catch(() => {});
    return altered;
  }

  /** Like `alter`, but when it rejects, the manifest on the disk is the one of before, unless that could not be had either. */
  async change(update: (manifest: Manifest) => Manifest): Promise<void> {
    try {
      await this.alter(update);
    } catch (error) {
      // Nobody else has changed it: `current` is what there was, with what others have made of it since.
      await this.alter((manifest) => manifest).catch(() => {
        this.isDoubtful = true;
      });
      throw error;
    }
  }

  /** After a change that failed badly: makes certain what the disk says, so that files can be removed again. */
  async settle(): Promise<void> {
    if (this.isDoubtful) await this.alter((manifest) => manifest);
  }

  protected async saveAside(manifest: Manifest): Promise<void> {
    await writeDurablyAside(this.disk, this.manifestPath, Buffer.from(manifest.format(), "latin1"));
    this.current = manifest;
    this.isDoubtful = false;
  }

  /** Removes what runs that died while they wrote a file have left, and files that were replaced and are not kept. */
  removeLeftovers(): void {
    const temporary = temporaryName(`${this.location.appendfilename}.`);
    for (const name of this.disk.list(this.path) ?? []) {
      if (name.startsWith(temporary)) removeQuietly(this.disk, this.pathOf(name));
    }
    // What is kept is moved while the server runs (`removeHistory`).
    if (this.current.history.length === 0 || this.retention !== null) return;
    for (const { name } of this.current.history) removeQuietly(this.disk, this.pathOf(name));
    this.save(this.current.withoutHistory());
  }

  private get retention(): Retention | null {
    return this.location["aof-history-retention"] ?? null;
  }

  /**
   * Removes the files that were replaced, or keeps them elsewhere and removes what is kept for too long. What cannot be
   * removed is tried again at the next start.
   */
  removeHistory(now: number, log: LogLine): Promise<void> {
    return this.removeInTurn(() => this.removeReplaced(now, log));
  }

  private async removeReplaced(now: number, log: LogLine): Promise<void> {
    const removed = this.current.history;
    const { retention } = this;
    if (retention !== null) await keepHistory(this, now, log);
    else
      for (const { name } of removed) {
        log("notice", `Removing the history file ${name} in the background`);
        await this.disk.removeAside(this.pathOf(name));
      }
    if (!this.isDoubtful) this.removeUnnamed();
    // Another rewrite may have added some meanwhile.
    if (removed.length > 0) await this.alter((manifest) => manifest.withoutHistory(removed));
    await this.prune(now, log);
  }

  /**
   * Removes drafts that nobody works on any more. One that continues a file which is history now would be taken for the
   * continuation of another one, once that has the same number.
   */
  private removeUnnamed(): void {
    for (const { name, seq } of this.unnamedIncrs())
      if (!this.reserved.has(seq)) removeQuietly(this.disk, this.pathOf(name));
  }

  /** Removes what is kept for too long, or is beyond another limit. Costs nothing while that cannot have changed. */
  async pruneHistory(now: number, log: LogLine): Promise<void> {
    const { retention, judged } = this;
    if (retention === null || (judged?.retention === retention && now < judged.nextMs)) return;
    this.judged = { retention, nextMs: now + RETRY_MS };
    await this.removeInTurn(() => this.prune(now, log));
  }

  private async prune(now: number, log: LogLine): Promise<void> {
    const { retention } = this;
    if (retention === null) return;
    const { excess, nextMs } = judgeHistory(this, retention, now);
    this.judged = { retention, nextMs };
    await removeKept(this.disk, excess, log);
  }

  private removeInTurn(remove: () => Promise<void>): Promise<void> {
    const removed = this.removals.then(remove);
    this.removals = removed.catch(() => {});
    return removed;
  }
}
