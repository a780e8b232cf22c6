/**
 * Which layout the append-only file has, and the change from one to the other at start.
 *
 * From the single file to several: it becomes the base (opening.ts). From several to the single file: they are copied
 * one behind the other, the lines left out that Redis before 7 does not know, and then
 *
 *  1. the copy is complete and on the device as `<appendfilename>.converted`; the manifest still counts;
 *  2. the manifest is removed: from here on the copy counts;
 *  3. the files that the manifest named are removed;
 *  4. the copy gets its name.
 *
 * A start that finds the copy and the manifest makes the copy anew; one that finds the copy alone goes on with 3.
 */

import { join } from "node:path";
import type { Values } from "../config/table.js";
import type { Clock } from "../platform/clock.js";
import type { Disk } from "../platform/disk.js";
import { encodeCommand } from "../resp/request.js";
import type { LogLine } from "../util/log-line.js";
import { AofDirectory, type AofLocation } from "./directory.js";
import { copyAll } from "./dump-import.js";
import { removeQuietly, writeAll } from "./durable-file.js";
import { isSnapshot } from "./empty-snapshot.js";
import { copyCommands } from "./log-copy.js";
import { SingleDirectory } from "./single-directory.js";
import { StartError } from "./start-error.js";

/** Whether the files have checksums and marks: the single file has none by itself, since Redis before 7 does not skip them. */
export function isAnnotated(values: Pick<Values, "aof-annotations" | "aof-layout">): boolean {
  const wanted = values["aof-annotations"];
  return wanted === "auto" ? values["aof-layout"] !== "single" : wanted === "yes";
}

/** The directory in the layout that is configured, its manifest not read. */
export function directoryAt(disk: Disk, location: AofLocation): AofDirectory {
  return location["aof-layout"] === "single"
    ? new SingleDirectory(disk, location)
    : new AofDirectory(disk, location);
}

/** Goes on with a change to the single file that was cut short. Throws what the disk throws. */
export function settleConversion(disk: Disk, location: AofLocation): void {
  const parted = new AofDirectory(disk, location);
  const converted = convertedPath(location);
  if (disk.stat(converted) === null) return;
  if (disk.stat(parted.manifestPath) === null) finish(parted);
  else removeQuietly(disk, converted);
}

/**
 * Makes the single file of all that `parted` names, which has been loaded. Gives back the length of the snapshot that
 * it begins with. Rejects with what the disk throws; then the manifest counts, or the next start goes on.
 */
export async function convertToSingle(parted: AofDirectory, clock: Clock, log: LogLine): Promise<number> {
  const { disk, location, manifest } = parted;
  const converted = convertedPath(location);
  log("notice", `Copying the append-only files of ${parted.path} into one, as aof-layout single asks for`);
  const target = disk.open(converted, "create");
  let preamble = 0;
  try {
    for (const [index, { name }] of manifest.files.entries()) {
      const source = disk.open(parted.pathOf(name), "read");
      try {
        const head = Buffer.alloc(16);
        const size = parted.sizeOf(name);
        const isRaw = isSnapshot(head, source.read(head, 0));
        if (isRaw && index === 0) preamble = size;
        if (index > 0) writeAll(target, encodeCommand(["SELECT", "0"]));
        await (isRaw ? copyAll(source, target, clock) : copyCommands(source, 0, size, target, clock));
      } finally {
        source.close();
      }
    }
    await target.sync();
  } finally {
    target.close();
  }
  disk.syncDirectoryOf(converted);
  disk.remove(parted.manifestPath);
  disk.syncDirectoryOf(parted.manifestPath);
  finish(parted);
  return preamble;
}

/** The copy counts: the parts go, and it gets its name. */
function finish(parted: AofDirectory): void {
  const { disk, location } = parted;
  for (const name of disk.list(parted.path) ?? [])
    if (name.startsWith(`${location.appendfilename}.`) && /\.(base\.rdb|base\.aof|incr\.aof)$/.test(name))
      disk.remove(parted.pathOf(name));
  const former = parted.pathOf(location.appendfilename);
  if (disk.stat(former) !== null) disk.remove(former);
  if (disk.stat(parted.path) !== null) disk.syncDirectoryOf(parted.manifestPath);
  disk.rename(convertedPath(location), parted.legacyPath);
  disk.syncDirectoryOf(parted.legacyPath);
}

/** Refuses to choose between the two layouts where both have data. */
export function refuseBoth(parted: AofDirectory): void {
  throw new StartError(
    `There is a manifest ${parted.manifestPath} and an append-only file ${parted.legacyPath}: either may be the log. ` +
      "Nothing was changed. Move the one that does not count to another directory.",
  );
}

function convertedPath({ dir, appendfilename }: AofLocation): string {
  return join(dir, `${appendfilename}.converted`);
}
