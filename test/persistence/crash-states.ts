/** The moments at which a crash is interesting, and what is on the disk then. */

import { type DiskOperation, SimulatedDisk } from "../support/disk.js";

/**
 * The disk as a restarted process finds it: every byte that the kernel has taken is read back, also those that a
 * failed sync keeps from ever reaching the device.
 */
export function afterProcessDeath(disk: SimulatedDisk): SimulatedDisk {
  const found = new SimulatedDisk();
  const copy = (directory: string): void => {
    found.placeDirectory(directory);
    for (const name of disk.list(directory) ?? []) {
      const path = `${directory}/${name}`;
      if (disk.stat(path)!.isDirectory) copy(path);
      else found.place(path, disk.readFile(path)!);
    }
  };
  copy("/data");
  return found;
}

/** Calls `visit` after each operation that the disk carries out from now on. */
export function afterEveryOperation(disk: SimulatedDisk, visit: (operation: DiskOperation) => void): void {
  const note = disk.note.bind(disk);
  disk.note = (operation, path, bytes) => {
    note(operation, path, bytes);
    visit(operation);
  };
}
