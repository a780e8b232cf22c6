/** The moments at which a crash is interesting. */

import type { DiskOperation, SimulatedDisk } from "../support/disk.js";

/** Calls `visit` after each operation that the disk carries out from now on. */
export function afterEveryOperation(disk: SimulatedDisk, visit: (operation: DiskOperation) => void): void {
  const note = disk.note.bind(disk);
  disk.note = (operation, path, bytes) => {
    note(operation, path, bytes);
    visit(operation);
  };
}
