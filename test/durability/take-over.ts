/** redis-server on the files of a simulated disk: it serves them, writes on, and what it leaves goes back. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeDirectory, temporaryDirectory } from "../support/directory.js";
import type { SimulatedDisk } from "../support/disk.js";
import { startOracle } from "../support/oracle.js";
import type { Ledger } from "./ledger.js";

const DATA = "/data";
const MANIFEST = `${DATA}/appendonlydir/appendonly.aof.manifest`;

/** Throws when redis-server lacks anything that was promised. False: these files are not for it. */
export async function takeOver(disk: SimulatedDisk, ledgers: readonly Ledger[]): Promise<boolean> {
  // It would begin with the number 1 again, and remove its own file as the history of that name.
  const manifest = disk.readFile(MANIFEST)?.toString() ?? "type i";
  if (/type h/.test(manifest) && !/type i/.test(manifest)) return false;
  const dir = temporaryDirectory();
  try {
    copyOut(disk, DATA, dir);
    await using oracle = await startOracle({ dir, args: ["--appendonly", "yes", "--appendfsync", "always"] });
    for (const ledger of ledgers) {
      using client = await oracle.client();
      const wrong = await ledger.check(client, "death", false);
      if (wrong !== null) throw new Error(`redis-server: ${wrong}`);
      for (let left = 5; left > 0; left--) {
        const number = ledger.sent + 1;
        if ((await ledger.write(client)) === "acknowledged") ledger.promise(number, "death");
      }
    }
    await oracle.kill("SIGKILL");
    for (const path of filesBelow(disk, DATA)) disk.remove(path);
    copyBack(disk, dir, DATA);
    return true;
  } finally {
    removeDirectory(dir);
  }
}

function filesBelow(disk: SimulatedDisk, path: string): string[] {
  if (disk.stat(path)?.isDirectory !== true) return [path];
  return (disk.list(path) ?? []).flatMap((name) => filesBelow(disk, join(path, name)));
}

function copyOut(disk: SimulatedDisk, from: string, to: string): void {
  for (const path of filesBelow(disk, from)) {
    const target = join(to, path.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, disk.readFile(path)!);
  }
}

function copyBack(disk: SimulatedDisk, from: string, to: string): void {
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (statSync(path).isDirectory()) copyBack(disk, path, join(to, name));
    else disk.place(join(to, name), readFileSync(path));
  }
}
