/**
 * The disk as the server sees it. `nodeDisk` is the real one; the tests have a twin that forgets what was not
 * synced, fails on demand and replays the states a crash may leave.
 *
 * Calls that the turn of the loop makes are synchronous; whatever may wait for the device has a form that runs on
 * the thread pool. Errors are Node's own (`code` is ENOSPC, EIO, ...).
 */

import * as fs from "node:fs";
import { dirname } from "node:path";

/**
 * How a file is opened: `read`; `append` (created when absent, writes go to its end); `create` (truncated); `update` (to be
 * read, and written where it has bytes already).
 */
export type OpenMode = "read" | "append" | "create" | "update";

export interface FileInfo {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/** Bytes of a file system: all of it, and what may still be written. */
export interface Space {
  readonly total: number;
  readonly free: number;
}

/** One open file. Positions and lengths are bytes. */
export interface DiskFile {
  /** The name that it was opened by, or has been given since (`rename`). */
  readonly path: string;
  /** Whether it has no name any more, so that nobody will find it when it is closed. */
  readonly isRemoved: boolean;
  /** Writes at the end and returns how many bytes the kernel took, which may be fewer than asked. */
  write(bytes: Uint8Array, start: number, end: number): number;
  /** Like `write`, of several pieces in one call. */
  writeParts(parts: readonly Uint8Array[]): number;
  /** Like `writeParts`, on the thread pool. The bytes must not change until it settles. */
  writePartsAsync(parts: readonly Uint8Array[]): Promise<number>;
  /** Like `write`, on the thread pool. The bytes must not change until it settles. */
  writeAsync(bytes: Uint8Array, start: number, end: number): Promise<number>;
  /** Writes at `position` of a file opened for `update` and returns how many bytes the kernel took. */
  overwrite(bytes: Uint8Array, position: number): number;
  /** Reads at `position` into `target`; 0 at the end of the file. */
  read(target: Uint8Array, position: number): number;
  /** fdatasync on the thread pool: settles when what was written before the call is on the device. */
  sync(): Promise<void>;
  /** fdatasync in place, for shutdown and start. */
  syncNow(): void;
  truncate(bytes: number): void;
  rename(path: string): void;
  close(): void;
  /** Like `close`, on the thread pool: the end of a big file that has no name any more takes its time. */
  closeAside(): Promise<void>;
}

export interface Disk {
  open(path: string, mode: OpenMode): DiskFile;
  /** The whole file, or null when there is none. */
  readFile(path: string): Buffer | null;
  /** Size and kind, or null when there is nothing at the path. */
  stat(path: string): FileInfo | null;
  /** Names in a directory, sorted; null when it does not exist. */
  list(path: string): string[] | null;
  makeDirectory(path: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Like `remove`, on the thread pool: a big file takes its time. */
  removeAside(path: string): Promise<void>;
  /** The file system of the path; null when it does not say. */
  space(path: string): Space | null;
  /** fsync of the directory that holds `path`, so that a rename or a new name survives a power loss. */
  syncDirectoryOf(path: string): void;
  /** Like `syncDirectoryOf`, on the thread pool. */
  syncDirectoryAside(path: string): Promise<void>;
  /** Throws the system's reason when no files can be created in the directory. */
  checkWritable(path: string): void;
  /** Sets a file's permission bits (the `unixsocketperm` directive). */
  setMode(path: string, mode: number): void;
}

const FLAGS: Record<OpenMode, string> = { read: "r", append: "a", create: "w", update: "r+" };

class NodeFile implements DiskFile {
  constructor(
    public path: string,
    private readonly fd: number,
  ) {}

  get isRemoved(): boolean {
    return fs.fstatSync(this.fd).nlink === 0;
  }

  write(bytes: Uint8Array, start: number, end: number): number {
    return fs.writeSync(this.fd, bytes, start, end - start);
  }

  writeParts(parts: readonly Uint8Array[]): number {
    return fs.writevSync(this.fd, parts);
  }

  writePartsAsync(parts: readonly Uint8Array[]): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.writev(this.fd, parts, (error, written) => (error ? reject(error) : resolve(written)));
    });
  }

  writeAsync(bytes: Uint8Array, start: number, end: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.write(this.fd, bytes, start, end - start, null, (error, written) =>
        error ? reject(error) : resolve(written),
      );
    });
  }

  overwrite(bytes: Uint8Array, position: number): number {
    return fs.writeSync(this.fd, bytes, 0, bytes.length, position);
  }

  read(target: Uint8Array, position: number): number {
    return fs.readSync(this.fd, target, 0, target.length, position);
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  syncNow(): void {
    fs.fdatasyncSync(this.fd);
  }

  rename(path: string): void {
    fs.renameSync(this.path, path);
    this.path = path;
  }

  truncate(bytes: number): void {
    fs.ftruncateSync(this.fd, bytes);
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  closeAside(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.fd, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** null instead of the error that says there is nothing at the path. */
function absentIsNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Not by Node's `recursive`: it calls a file system that is read-only a missing directory, and never comes back where
 * the parent is there and yet refuses with ENOENT, as /proc does.
 */
function makeDirectory(path: string): void {
  try {
    fs.mkdirSync(path, 0o755);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code === "EEXIST" && fs.statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || fs.existsSync(parent)) throw error;
    makeDirectory(parent);
    fs.mkdirSync(path, 0o755);
  }
}

/** The machine's file system through node:fs. */
export const nodeDisk: Disk = {
  open: (path, mode) => new NodeFile(path, fs.openSync(path, FLAGS[mode], 0o644)),
  readFile: (path) => absentIsNull(() => fs.readFileSync(path)),
  stat: (path) =>
    absentIsNull(() => {
      const info = fs.statSync(path);
      return { bytes: info.size, modifiedMs: info.mtimeMs, isDirectory: info.isDirectory() };
    }),
  list: (path) => absentIsNull(() => fs.readdirSync(path).sort()),
  makeDirectory,
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => void absentIsNull(() => fs.unlinkSync(path)),
  removeAside: (path) => fs.promises.rm(path, { force: true }),
  space(path) {
    try {
      const { blocks, bavail, bsize } = fs.statfsSync(path);
      return { total: blocks * bsize, free: bavail * bsize };
    } catch {
      return null;
    }
  },
  syncDirectoryOf(path) {
    const fd = fs.openSync(dirname(path), "r");
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  async syncDirectoryAside(path) {
    const directory = await fs.promises.open(dirname(path), "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  checkWritable: (path) => fs.accessSync(path, fs.constants.W_OK),
  setMode: (path, mode) => fs.chmodSync(path, mode),
};
