/**
 * Finding the append-only file at start, and making one where there is none.
 *
 * What may be there: a directory with a manifest (the usual case); a single file from Redis before 7, which is moved
 * into a new directory as its base; a snapshot alone, which becomes the base (dump-import.ts); nothing. Every step is
 * on the device before the next one begins, so that a crash between any two leaves a state that the next start takes
 * for what it is. Nothing that could hold data is removed or written over: what does not add up is refused with a
 * StartError.
 */

import { systemReason } from "../config/kinds/directory.js";
import type { Clock } from "../platform/clock.js";
import type { Disk } from "../platform/disk.js";
import type { LogLine } from "../util/log-line.js";
import { settleContinuations } from "./continued-files.js";
import { AofDirectory, type AofLocation } from "./directory.js";
import { copyDump, dumpPath, holdsData, isCopy } from "./dump-import.js";
import { writeDurably, writeSynced } from "./durable-file.js";
import { emptyBase, type SnapshotOrigin } from "./empty-snapshot.js";
import { refuseBoth, settleConversion } from "./layout.js";
import { Manifest, ManifestError, type ManifestFile } from "./manifest.js";
import { SingleDirectory } from "./single-directory.js";
import { StartError } from "./start-error.js";

export interface OpeningParts {
  readonly disk: Disk;
  readonly location: AofLocation;
  /** What the base file of a new log says about its server. */
  readonly origin: SnapshotOrigin;
  /** Milliseconds since 1970, for the names of files that are put aside. */
  readonly now: number;
  readonly log: LogLine;
}

/**
 * Finds or makes the log. Where there is none but a snapshot that may hold data, the manifest is empty afterwards:
 * `importDump` is to make the log from it. Where the layout is to be a single file and there are several, they are
 * what is opened: `convertToSingle` is to copy them when they have been loaded. Throws a StartError.
 */
export function openDirectory(parts: OpeningParts): AofDirectory {
  const { disk, location } = parts;
  const parted = new AofDirectory(disk, location);
  try {
    settleConversion(disk, location);
    const isSingle = location["aof-layout"] === "single";
    if (isSingle && disk.stat(parted.manifestPath) === null) return openSingle(parts);
    if (isSingle && holdsData(disk, parted.legacyPath)) refuseBoth(parted);
  } catch (error) {
    throw error instanceof StartError ? error : cannotOpen(parted, error);
  }
  return openParted(parted, parts);
}

/** The single-file layout: the file, or nothing. */
function openSingle(parts: OpeningParts): AofDirectory {
  const { disk, location } = parts;
  const directory = new SingleDirectory(disk, location);
  if (!directory.readManifest() && !holdsData(disk, dumpPath(location))) {
    createIncr(directory, directory.file, parts.log);
    directory.adopt();
  }
  disk.checkWritable(directory.path);
  directory.removeLeftovers();
  return directory;
}

function openParted(directory: AofDirectory, parts: OpeningParts): AofDirectory {
  try {
    readManifest(directory);
    if (isLegacy(directory)) adoptLegacy(directory, parts.log);
    if (!directory.manifest.isEmpty) checkFiles(directory, parts);
    else if (holdsData(parts.disk, dumpPath(parts.location))) prepareImport(directory);
    else create(directory, parts);
    parts.disk.checkWritable(directory.path);
    directory.removeLeftovers();
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw cannotOpen(directory, error);
  }
  return directory;
}

/** The incr file that is written to from now on, made if need be. Called when everything has been loaded. */
export function lastIncr(directory: AofDirectory, log: LogLine): ManifestFile {
  const last = directory.manifest.lastIncr;
  const file = last ?? directory.nextIncr;
  try {
    if (last === null) {
      createIncr(directory, file, log);
      directory.save(directory.manifest.withIncr(file));
    } else {
      log("notice", `Opening AOF incr file ${file.name} on server start`);
    }
    // One that cannot be opened is found out now.
    directory.disk.open(directory.pathOf(file.name), "append").close();
  } catch (error) {
    throw error instanceof StartError ? error : cannotOpen(directory, error);
  }
  return file;
}

/** A file that is there is named, else the directory. */
function cannotOpen(directory: AofDirectory, error: unknown): StartError {
  const { path } = error as NodeJS.ErrnoException;
  const isFile = path !== undefined && directory.disk.stat(path)?.isDirectory === false;
  if (!isFile) return cannotWrite(directory, systemReason(error));
  return new StartError(
    `Can't open the append-only file ${path}: ${systemReason(error)}. ` +
      "See to it that the server's user may read and write it, then start again.",
  );
}

function cannotWrite(directory: AofDirectory, reason: string): StartError {
  return new StartError(
    `Can't open or create append-only dir ${directory.path}: ${reason}. ` +
      "Give the server's user the right to write there, or set 'dir' to another directory.",
  );
}

function readManifest(directory: AofDirectory): void {
  try {
    directory.readManifest();
  } catch (error) {
    if (!(error instanceof ManifestError))
      throw new StartError(
        `Can't open the AOF manifest file ${directory.manifestPath} for reading: ${systemReason(error)}. ` +
          "Give the server's user the right to read it.",
      );
    const place =
      error.line === 0 ? "" : `Reading the manifest file, at line ${error.line}\n>>> '${error.text}'\n`;
    throw new StartError(
      `*** FATAL AOF MANIFEST FILE ERROR ***\n${place}${error.message} (${directory.manifestPath}). ` +
        "Nothing was changed. Put the manifest back from a copy; it lists the base file and the incr files in order.",
    );
  }
}

/** Whether a single file from before Redis 7 is (still) to become the base. */
function isLegacy(directory: AofDirectory): boolean {
  const { disk, manifest, location } = directory;
  const info = disk.stat(directory.legacyPath);
  if (info === null || info.isDirectory) return false;
  if (manifest.isEmpty) return true;
  const isBase = manifest.base?.name === location.appendfilename && manifest.incrs.length === 0;
  return isBase && disk.stat(directory.pathOf(location.appendfilename)) === null;
}

/** First the manifest, then the move: in between the manifest names a file that is still outside. */
function adoptLegacy(directory: AofDirectory, log: LogLine): void {
  const { disk, location } = directory;
  const name = location.appendfilename;
  if (directory.manifest.isEmpty) refuseStrayFiles(directory, null);
  makeDirectory(directory);
  directory.save(new Manifest({ name, seq: 1, type: "b" }, []));
  disk.rename(directory.legacyPath, directory.pathOf(name));
  disk.syncDirectoryOf(directory.pathOf(name));
  disk.syncDirectoryOf(directory.legacyPath);
  log(
    "notice",
    `Successfully migrated an old-style AOF file (${name}) into the AOF directory (${location.appenddirname}).`,
  );
}

/** Makes the directory, on the device, if it is not there. */
export function makeDirectory(directory: AofDirectory): void {
  const { disk, path } = directory;
  if (disk.stat(path) !== null) return;
  disk.makeDirectory(path);
  disk.syncDirectoryOf(path);
}

/** A new log: an empty state, and nothing after it. The manifest comes last and makes it valid. */
function create(directory: AofDirectory, { disk, location, origin, log }: OpeningParts): void {
  refuseStrayFiles(directory, null);
  makeDirectory(directory);
  const base = firstBase(location);
  log("notice", `Creating AOF base file ${base.name} on server start`);
  writeDurably(disk, directory.pathOf(base.name), emptyBase(origin));
  const incr = directory.incr(1);
  createIncr(directory, incr, log);
  directory.save(new Manifest(base, [incr]));
}

function firstBase({ appendfilename }: AofLocation): ManifestFile {
  return { name: `${appendfilename}.1.base.rdb`, seq: 1, type: "b" };
}

/** What an import that was cut short has left does not count: it is done again. */
function prepareImport(directory: AofDirectory): void {
  refuseStrayFiles(directory, dumpPath(directory.location));
  makeDirectory(directory);
}

/** Makes the log from the snapshot, which has been loaded. Rejects with a StartError. */
export async function importDump(directory: AofDirectory, clock: Clock, log: LogLine): Promise<void> {
  if (directory instanceof SingleDirectory) return importIntoSingle(directory, clock, log);
  const base = firstBase(directory.location);
  log("notice", `Creating AOF base file ${base.name} from ${dumpPath(directory.location)}`);
  try {
    await copyDump(directory, clock, base.name);
    const incr = directory.incr(1);
    createIncr(directory, incr, log);
    directory.save(new Manifest(base, [incr]));
  } catch (error) {
    throw error instanceof StartError ? error : cannotOpen(directory, error);
  }
}

/** The snapshot is what the file begins with. */
async function importIntoSingle(directory: SingleDirectory, clock: Clock, log: LogLine): Promise<void> {
  log("notice", `Creating AOF file ${directory.filePath} from ${dumpPath(directory.location)}`);
  try {
    await copyDump(directory, clock, directory.file.name);
    directory.adopt();
  } catch (error) {
    throw cannotOpen(directory, error);
  }
}

function createIncr(directory: AofDirectory, file: ManifestFile, log: LogLine): void {
  const path = directory.pathOf(file.name);
  log("notice", `Creating AOF incr file ${file.name} on server start`);
  if (holdsData(directory.disk, path)) {
    throw new StartError(
      `${path} holds data, but the manifest does not name it. Nothing was changed. ${PUT_ASIDE}`,
    );
  }
  writeSynced(directory.disk, path, new Uint8Array(0));
  directory.disk.syncDirectoryOf(path);
}

const PUT_ASIDE =
  "If its data is wanted, put a manifest back that names it; if not, move it to another directory. Then start again.";

/**
 * Log files that no manifest names: what a first start leaves when it is cut short is empty, or a copy of the snapshot
 * that it imports (`imported`). All else is refused.
 */
function refuseStrayFiles(directory: AofDirectory, imported: string | null): void {
  const { disk, location } = directory;
  for (const name of disk.list(directory.path) ?? []) {
    const isPart = name === location.appendfilename || /\.(base\.rdb|base\.aof|incr\.aof)$/.test(name);
    if (!isPart || !name.startsWith(location.appendfilename)) continue;
    const path = directory.pathOf(name);
    if (!holdsData(disk, path) || (imported !== null && isCopy(disk, path, imported))) continue;
    throw new StartError(
      `${path} holds data, but there is no manifest ${directory.manifestPath} that names it. Nothing was changed. ` +
        PUT_ASIDE,
    );
  }
}

function checkFiles(directory: AofDirectory, parts: OpeningParts): void {
  for (const { name } of directory.manifest.files) {
    if (parts.disk.stat(directory.pathOf(name)) !== null) continue;
    throw new StartError(
      `Unable to obtain the AOF file ${name} length. stat: No such file or directory. The manifest ` +
        `${directory.manifestPath} names it. Nothing was changed. Put the file back into ${directory.path}.`,
    );
  }
  settleContinuations(directory, parts);
}
