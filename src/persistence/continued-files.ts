/** At start: what a change from one incr file to the next has left, if the server died during it. */

import type { Disk } from "../platform/disk.js";
import type { LogLine } from "../util/log-line.js";
import { CONTINUATION_BYTES, type Continuation, parseContinuation } from "./continuation.js";
import type { AofDirectory } from "./directory.js";
import { writeDurably } from "./durable-file.js";
import type { ManifestFile } from "./manifest.js";
import { StartError } from "./start-error.js";
import { crcOf, cutUnfinished } from "./torn-tail.js";

/** A longer file holds commands. */
const ANNOTATIONS_BYTES = 1024;

interface Parts {
  readonly disk: Disk;
  /** Milliseconds since 1970, for the names of files that are put aside. */
  readonly now: number;
  readonly log: LogLine;
}

/** A continuation as it is found, with the bytes behind its first line. */
interface Found extends Continuation {
  readonly lineBytes: number;
  readonly size: number;
}

/** Adopts a continuation that is not in the manifest yet, and cuts each file where its continuation begins. */
export function settleContinuations(directory: AofDirectory, parts: Parts): void {
  for (const file of directory.unnamedIncrs())
    if (!adopted(directory, file, parts)) setAside(directory, file, parts);
  for (const file of directory.manifest.incrs) {
    const continuation = continuationIn(directory, file);
    if (continuation !== null) cutContinued(directory, continuation, parts);
  }
}

/** The continuation that the file is, or null. */
function continuationIn(directory: AofDirectory, file: ManifestFile): Found | null {
  const path = directory.pathOf(file.name);
  const size = directory.disk.stat(path)?.bytes ?? 0;
  const head = Buffer.alloc(Math.min(size, CONTINUATION_BYTES));
  const handle = directory.disk.open(path, "read");
  handle.read(head, 0);
  handle.close();
  const found = parseContinuation(head.toString("latin1"));
  return found === null ? null : { ...found, size: size - found.lineBytes };
}

/**
 * A continuation that the manifest does not name was being made when the server died. If the old file is longer than
 * the position, it has not been cut: everything is still there unless the machine lost power, so the copy counts only
 * when it is whole. If the old file has been cut, the copy had been on the device before. If the old file has become
 * longer, another server has gone on with it, and the copy is of the past.
 */
function adopted(directory: AofDirectory, file: ManifestFile, parts: Parts): boolean {
  const { manifest, disk } = directory;
  const last = manifest.lastIncr;
  const continuation = last === null ? null : continuationIn(directory, file);
  if (continuation === null || continuation.seq !== last!.seq) return false;
  const size = directory.sizeOf(last!.name);
  if (size > continuation.length) return false;
  const isCut = size <= continuation.position;
  if (!isCut && !isWhole(directory, file, continuation)) return false;
  const path = directory.pathOf(file.name);
  // A sync of it may have failed (recovery.ts), and there is no second copy once the old file is cut.
  if (!isCut) writeDurably(disk, path, disk.readFile(path)!);
  cutContinued(directory, continuation, parts);
  directory.save(manifest.withIncr(file));
  parts.log("notice", `Adopted AOF incr file ${file.name}, which the server was about to continue with`);
  return true;
}

/** The file was to become part of the log, and has not. */
function setAside(directory: AofDirectory, file: ManifestFile, parts: Parts): void {
  const { disk } = directory;
  const path = directory.pathOf(file.name);
  if (holdsNoCommand(directory, file)) {
    // Drafted for a rewrite that did not come to its cut.
    disk.remove(path);
    return;
  }
  const aside = `${path}.cut-${parts.now}`;
  disk.rename(path, aside);
  disk.syncDirectoryOf(aside);
  parts.log("warning", `${path} was not part of the log yet and is kept as ${aside}`);
}

/** Whether the file has annotations at most. */
export function holdsNoCommand(directory: AofDirectory, file: ManifestFile): boolean {
  const size = directory.sizeOf(file.name);
  if (size > ANNOTATIONS_BYTES) return false;
  const bytes = directory.disk.readFile(directory.pathOf(file.name)) ?? Buffer.alloc(0);
  return bytes.length === 0 || /^(#[^\n]*\n)+$/.test(bytes.toString("latin1"));
}

/** Whether the copy in a continuation is all there; a torn write may have left its length with zeros in it. */
function isWhole(
  directory: AofDirectory,
  file: ManifestFile,
  { lineBytes, carried, size, crc }: Found,
): boolean {
  if (size < carried) return false;
  const handle = directory.disk.open(directory.pathOf(file.name), "read");
  try {
    return crcOf(handle, lineBytes, lineBytes + carried) === crc;
  } finally {
    handle.close();
  }
}

/** Makes the old file end where its continuation says; its length was known to be good up to there. */
function cutContinued(
  directory: AofDirectory,
  { seq, position }: Continuation,
  { disk, now, log }: Parts,
): void {
  const old = directory.manifest.incrs.find((file) => file.seq === seq);
  if (old === undefined) return;
  const path = directory.pathOf(old.name);
  const size = directory.sizeOf(old.name);
  if (size < position) {
    throw new StartError(
      `${path} has ${size} bytes, but the file after it continues at ${position}: data is missing. ` +
        "Nothing was changed. Put a complete copy of the directory back.",
    );
  }
  if (size === position) return;
  const kept = cutUnfinished(disk, path, position, now);
  const rest = kept === null ? "there is no room to keep the rest" : `the rest is kept in ${kept}`;
  log("warning", `Cut ${path} at offset ${position}, where its continuation begins; ${rest}`);
}
