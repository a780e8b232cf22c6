/**
 * The disk's twin, in memory. It knows what was synced (contents and names apart) and can show the state that a power
 * loss leaves; it fails where a test says so; it notes every operation.
 *
 * The model is the strict one that POSIX allows: a file's bytes are safe after its sync, its name after the sync of
 * its directory, and without a sync the device has done some first part of the changes to each file and directory.
 */

import { constants } from "node:os";
import { basename, dirname, resolve } from "node:path";
import type { Disk, DiskFile, FileInfo, OpenMode, Space } from "#tidemark/platform/disk.js";
import { SeededChance } from "./chance.js";
import { DirectoryNode, FileNode, type Inode } from "./inode.js";

export type DiskOperation =
  | "open"
  | "write"
  | "read"
  | "sync"
  | "truncate"
  | "rename"
  | "remove"
  | "syncDirectory"
  | "makeDirectory";

/** One entry of the disk's record. */
export interface DiskRecord {
  readonly operation: DiskOperation;
  readonly path: string;
  /** Bytes written, or the new length. */
  readonly bytes: number;
  /** The error's code, when the operation failed. */
  readonly failed: string | null;
}

export interface Failure {
  readonly operation: DiskOperation | "any";
  /** Only operations on paths that contain this text. */
  readonly path?: string;
  /** Default EIO. */
  readonly code?: "EIO" | "ENOSPC" | "EACCES" | "EROFS" | "EMFILE";
  /** How many such operations succeed first. Default 0. */
  readonly after?: number;
  /** How many fail then. Default: all of them. */
  readonly times?: number;
}

/** What is left after a power loss: only what was synced; all of it; or a random first part of every change. */
export type Survival = "synced" | "everything" | "random";

interface ActiveFailure {
  readonly failure: Failure;
  after: number;
  times: number;
}

export class SimulatedDisk implements Disk {
  readonly record: DiskRecord[] = [];
  /** The paths of syncs in place: whoever asked for them stood still meanwhile. */
  readonly syncedInPlace: string[] = [];
  /** Bytes that can still be written before ENOSPC; a write that does not fit whole is a short one. */
  room = Number.POSITIVE_INFINITY;
  /** Bytes of the whole file system; what it has is not counted against them. */
  total = 1024 * 1024 * 1024;
  /** The share of writes that the kernel takes only a part of. */
  shortWrites = 0;
  /** Whether `checkWritable` finds no fault. */
  writable = true;
  private failures: ActiveFailure[] = [];
  private held: (() => void)[] | null = null;

  /**
   * `finish` decides when an operation of the thread pool ends; by default in the next microtask, in
   * `simulatedPlatform` after a millisecond of the simulated clock.
   */
  constructor(
    readonly chance: SeededChance = new SeededChance(1),
    private readonly finish: (action: () => void) => void = (action) => queueMicrotask(action),
    private readonly now: () => number = () => 0,
    private readonly root = new DirectoryNode(),
  ) {}

  // ---- Disk ----

  open(path: string, mode: OpenMode): DiskFile {
    this.attempt("open", path);
    const node = this.find(path);
    if (node instanceof DirectoryNode) throw diskError("EISDIR", "open", path);
    if (node === null && (mode === "read" || mode === "update")) throw diskError("ENOENT", "open", path);
    if (node === null) this.parent(path, "open").change([[basename(path), this.newFile()]]);
    else if (mode === "create") node.truncate(0);
    this.note("open", path);
    return new SimulatedFile(this, path, this.find(path) as FileNode, mode);
  }

  readFile(path: string): Buffer | null {
    this.attempt("read", path);
    const node = this.find(path);
    if (node instanceof DirectoryNode) throw diskError("EISDIR", "read", path);
    return node === null ? null : Buffer.from(node.view());
  }

  stat(path: string): FileInfo | null {
    const node = this.find(path);
    if (node === null) return null;
    if (node instanceof DirectoryNode) return { bytes: 0, modifiedMs: 0, isDirectory: true };
    return { bytes: node.length, modifiedMs: node.modifiedMs, isDirectory: false };
  }

  list(path: string): string[] | null {
    const node = this.find(path);
    if (node instanceof FileNode) throw diskError("ENOTDIR", "scandir", path);
    return node === null ? null : [...node.entries.keys()].sort();
  }

  makeDirectory(path: string): void {
    this.attempt("makeDirectory", path);
    let directory = this.root;
    for (const name of names(path)) {
      const node = directory.entries.get(name) ?? new DirectoryNode();
      if (node instanceof FileNode) throw diskError("EEXIST", "mkdir", path);
      if (!directory.entries.has(name)) directory.change([[name, node]]);
      directory = node;
    }
    this.note("makeDirectory", path);
  }

  rename(from: string, to: string): void {
    this.attempt("rename", to);
    const node = this.find(from);
    if (node === null) throw diskError("ENOENT", "rename", from);
    const [source, target] = [this.parent(from, "rename"), this.parent(to, "rename")];
    if (source === target)
      source.change([
        [basename(from), null],
        [basename(to), node],
      ]);
    else {
      target.change([[basename(to), node]]);
      source.change([[basename(from), null]]);
    }
    this.note("rename", to);
  }

  remove(path: string): void {
    this.attempt("remove", path);
    if (this.find(path) !== null) this.parent(path, "unlink").change([[basename(path), null]]);
    this.note("remove", path);
  }

  removeAside(path: string): Promise<void> {
    return this.pooled(() => this.remove(path));
  }

  space(): Space | null {
    return this.room === Number.POSITIVE_INFINITY ? null : { total: this.total, free: this.room };
  }

  syncDirectoryOf(path: string): void {
    this.syncedInPlace.push(path);
    this.syncDirectory(path);
  }

  private syncDirectory(path: string): void {
    this.attempt("syncDirectory", path);
    this.parent(path, "fsync").synced();
    this.note("syncDirectory", path);
  }

  syncDirectoryAside(path: string): Promise<void> {
    return this.pooled(() => this.syncDirectory(path));
  }

  checkWritable(path: string): void {
    if (!(this.find(path) instanceof DirectoryNode)) throw diskError("ENOENT", "access", path);
    if (!this.writable) throw diskError("EACCES", "access", path);
  }

  setMode(path: string, mode: number): void {
    const node = this.find(path);
    if (node instanceof FileNode) node.mode = mode;
  }

  // ---- What tests do with it ----

  /** Makes operations fail from now on; `stop` ends it. */
  fail(failure: Failure): { stop(): void } {
    const active = { failure, after: failure.after ?? 0, times: failure.times ?? Number.POSITIVE_INFINITY };
    this.failures.push(active);
    return {
      stop: () => {
        this.failures = this.failures.filter((other) => other !== active);
      },
    };
  }

  /** From now on operations of the thread pool (sync, writeAsync) do not end until `release`. */
  hold(): void {
    this.held ??= [];
  }

  /** How many operations are being held. */
  get holding(): number {
    return this.held?.length ?? 0;
  }

  /** Lets the held operations end, and later ones end as usual. */
  release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const action of held) action();
  }

  /** Writes a file, synced and with a synced name, without a trace in the record. */
  place(path: string, bytes: Uint8Array | string): void {
    this.placeDirectory(dirname(resolve(path)));
    const node = this.newFile();
    node.write(0, typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    node.synced(node.changes);
    const parent = this.parent(path, "open");
    parent.change([[basename(path), node]]);
    parent.synced();
  }

  /** Makes a directory that is already on the device. */
  placeDirectory(path: string): void {
    let directory = this.root;
    for (const name of names(path)) {
      if (!directory.entries.has(name)) directory.change([[name, new DirectoryNode()]]);
      directory.synced();
      directory = directory.entries.get(name) as DirectoryNode;
    }
  }

  /** Flips bits of a byte of a file. */
  damage(path: string, at: number, mask = 0xff): void {
    this.file(path).damage(at, mask);
  }

  /** Bytes of a file that would not survive a power loss for certain. */
  unsyncedBytes(path: string): number {
    return this.file(path).unsyncedBytes();
  }

  /** The disk as the next start finds it after a power loss now. With `zeros`, torn writes may end in zeros. */
  afterPowerLoss(survival: Survival, zeros = false): SimulatedDisk {
    const files = new Map<FileNode, FileNode>();
    const root = this.survivor(this.root, survival, zeros, files);
    return new SimulatedDisk(this.chance.fork(), this.finish, this.now, root);
  }

  /**
   * The disk after the end of the process alone: the kernel still has every byte written, also those that a failed
   * sync keeps from ever reaching the device. `finish`: see the constructor.
   */
  afterProcessDeath(finish = this.finish): SimulatedDisk {
    return new SimulatedDisk(this.chance.fork(), finish, this.now, this.root.clone(new Map()));
  }

  // ---- For SimulatedFile ----

  /** Throws when the operation is to fail. */
  attempt(operation: DiskOperation, path: string): void {
    const active = this.failures.find(({ failure, times }) => times > 0 && matches(failure, operation, path));
    if (active === undefined) return;
    if (active.after > 0) {
      active.after--;
      return;
    }
    active.times--;
    const code = active.failure.code ?? "EIO";
    this.record.push({ operation, path, bytes: 0, failed: code });
    throw diskError(code, operation, path);
  }

  note(operation: DiskOperation, path: string, bytes = 0): void {
    this.record.push({ operation, path, bytes, failed: null });
  }

  /** How many of the bytes the kernel takes; throws ENOSPC when there is room for none. */
  admit(path: string, bytes: number): number {
    if (bytes > 0 && this.room <= 0) {
      this.record.push({ operation: "write", path, bytes: 0, failed: "ENOSPC" });
      throw diskError("ENOSPC", "write", path);
    }
    const short = bytes > 1 && this.shortWrites > 0 && this.chance.happens(this.shortWrites);
    const taken = Math.min(short ? 1 + this.chance.below(bytes - 1) : bytes, this.room);
    this.room -= taken;
    return taken;
  }

  isAt(path: string, node: FileNode): boolean {
    return this.find(path) === node;
  }

  modified(node: FileNode): void {
    node.modifiedMs = this.now();
  }

  /** Runs an operation as the thread pool does: it begins now and ends later. */
  pooled<T>(action: () => T): Promise<T> {
    return new Promise((resolvePromise, reject) => {
      const end = (): void => {
        try {
          resolvePromise(action());
        } catch (error) {
          reject(error as Error);
        }
      };
      if (this.held === null) this.finish(end);
      else this.held.push(end);
    });
  }

  // ---- Inside ----

  private survivor(
    directory: DirectoryNode,
    survival: Survival,
    zeros: boolean,
    files: Map<FileNode, FileNode>,
  ): DirectoryNode {
    const changes = directory.unsyncedChanges();
    const kept = { synced: 0, everything: changes, random: this.chance.below(changes + 1) }[survival];
    const entries: [string, Inode][] = [];
    for (const [name, node] of directory.namesAfter(kept)) {
      if (node instanceof DirectoryNode) entries.push([name, this.survivor(node, survival, zeros, files)]);
      else {
        const file = files.get(node) ?? this.survivingFile(node, survival, zeros);
        files.set(node, file);
        entries.push([name, file]);
      }
    }
    return new DirectoryNode(entries);
  }

  private survivingFile(node: FileNode, survival: Survival, zeros: boolean): FileNode {
    if (survival === "random") return node.afterRandomPowerLoss(this.chance, zeros);
    return node.afterPowerLoss(survival === "synced" ? 0 : node.unsyncedChanges());
  }

  private newFile(): FileNode {
    const node = new FileNode();
    this.modified(node);
    return node;
  }

  private file(path: string): FileNode {
    const node = this.find(path);
    if (!(node instanceof FileNode)) throw diskError("ENOENT", "open", path);
    return node;
  }

  private find(path: string): Inode | null {
    let node: Inode | null = this.root;
    for (const name of names(path)) {
      if (!(node instanceof DirectoryNode)) return null;
      node = node.entries.get(name) ?? null;
    }
    return node;
  }

  private parent(path: string, call: string): DirectoryNode {
    const node = this.find(dirname(resolve(path)));
    if (!(node instanceof DirectoryNode)) throw diskError("ENOENT", call, path);
    return node;
  }
}

class SimulatedFile implements DiskFile {
  private open = true;

  constructor(
    private readonly disk: SimulatedDisk,
    public path: string,
    private readonly node: FileNode,
    private readonly mode: OpenMode,
  ) {}

  get isRemoved(): boolean {
    return !this.disk.isAt(this.path, this.node);
  }

  write(bytes: Uint8Array, start: number, end: number): number {
    this.check("write");
    if (this.mode === "read") throw diskError("EBADF", "write", this.path);
    this.disk.attempt("write", this.path);
    const taken = this.disk.admit(this.path, end - start);
    this.node.write(this.node.length, bytes.subarray(start, start + taken));
    this.disk.modified(this.node);
    this.disk.note("write", this.path, taken);
    return taken;
  }

  overwrite(bytes: Uint8Array, position: number): number {
    this.check("write");
    if (this.mode !== "update") throw diskError("EBADF", "write", this.path);
    this.disk.attempt("write", this.path);
    const short = bytes.length > 1 && this.disk.shortWrites > 0;
    const taken = short ? Math.ceil(bytes.length / 2) : bytes.length;
    this.node.write(position, bytes.subarray(0, taken));
    this.disk.modified(this.node);
    this.disk.note("write", this.path, taken);
    return taken;
  }

  writeParts(parts: readonly Uint8Array[]): number {
    const bytes = Buffer.concat(parts);
    return this.write(bytes, 0, bytes.length);
  }

  writePartsAsync(parts: readonly Uint8Array[]): Promise<number> {
    return this.disk.pooled(() => this.writeParts(parts));
  }

  writeAsync(bytes: Uint8Array, start: number, end: number): Promise<number> {
    return this.disk.pooled(() => this.write(bytes, start, end));
  }

  read(target: Uint8Array, position: number): number {
    this.check("read");
    this.disk.attempt("read", this.path);
    const found = this.node.view().subarray(position, position + target.length);
    target.set(found);
    return found.length;
  }

  sync(): Promise<void> {
    this.check("fdatasync");
    const mark = this.node.changes;
    return this.disk.pooled(() => this.syncTo(mark));
  }

  syncNow(): void {
    this.check("fdatasync");
    this.disk.syncedInPlace.push(this.path);
    this.syncTo(this.node.changes);
  }

  truncate(bytes: number): void {
    this.check("ftruncate");
    this.disk.attempt("truncate", this.path);
    this.node.truncate(bytes);
    this.disk.note("truncate", this.path, bytes);
  }

  rename(path: string): void {
    this.disk.rename(this.path, path);
    this.path = path;
  }

  close(): void {
    this.check("close");
    this.open = false;
  }

  closeAside(): Promise<void> {
    return this.disk.pooled(() => this.close());
  }

  private syncTo(mark: number): void {
    try {
      this.disk.attempt("sync", this.path);
    } catch (error) {
      this.node.syncFailed(mark);
      throw error;
    }
    this.node.synced(mark);
    this.disk.note("sync", this.path);
  }

  private check(call: string): void {
    if (!this.open) throw diskError("EBADF", call, this.path);
  }
}

function matches(failure: Failure, operation: DiskOperation, path: string): boolean {
  const isMeant = failure.operation === operation || failure.operation === "any";
  return isMeant && (failure.path === undefined || path.includes(failure.path));
}

function names(path: string): string[] {
  return resolve(path)
    .split("/")
    .filter((name) => name !== "");
}

/** An error in the form of Node's own. */
function diskError(code: string, call: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: simulated failure, ${call} '${path}'`);
  error.code = code;
  error.errno = -(constants.errno as Record<string, number>)[code]!;
  error.syscall = call;
  error.path = path;
  return error;
}
