/**
 * The single-file layout (`aof-layout single`), as Redis kept its append-only file before version 7: one file in `dir`,
 * a snapshot or nothing at its beginning and commands behind it, and no manifest. There is one file that counts, and
 * its name says so; it is replaced by a rename alone.
 */

import type { Disk } from "../platform/disk.js";
import type { AofLocation } from "./directory.js";
import { AofDirectory } from "./directory.js";
import { removeQuietly, temporaryName } from "./durable-file.js";
import { Manifest, type ManifestFile } from "./manifest.js";

export class SingleDirectory extends AofDirectory {
  override readonly isSingle = true;

  constructor(disk: Disk, location: AofLocation) {
    super(disk, location, location.dir);
  }

  /** The file that counts. */
  get filePath(): string {
    return this.pathOf(this.file.name);
  }

  /** It takes commands, so it counts as an incr file; its own beginning is the base. */
  get file(): ManifestFile {
    return { name: this.location.appendfilename, seq: 1, type: "i" };
  }

  /** Looks for the file; one without a byte is none. */
  override readManifest(): boolean {
    const isThere = this.sizeOf(this.file.name) > 0;
    this.current = isThere ? new Manifest(null, [this.file]) : new Manifest(null, []);
    return isThere;
  }

  /** From now on the file counts. */
  override save(manifest: Manifest): void {
    this.current = manifest;
  }

  protected override async saveAside(manifest: Manifest): Promise<void> {
    this.save(manifest);
  }

  /** The file is there, whatever is in it. */
  adopt(): void {
    this.save(new Manifest(null, [this.file]));
  }

  /** Names of a file while it is written and once it is complete, until it takes its place; as Redis calls them. */
  rewriteNames(id: string): { temporary: string; complete: string } {
    return {
      temporary: this.pathOf(`temp-rewriteaof-${id}.aof`),
      complete: this.pathOf(`temp-rewriteaof-bg-${id}.aof`),
    };
  }

  override removeLeftovers(): void {
    const temporary = temporaryName(this.location.appendfilename);
    for (const name of this.disk.list(this.path) ?? [])
      if (name.startsWith("temp-rewriteaof-") || name.startsWith(temporary))
        removeQuietly(this.disk, this.pathOf(name));
  }
}
