/** Faults of the disk that come and go by chance. */

import type { SeededChance } from "../support/chance.js";
import type { DiskOperation, Failure, SimulatedDisk } from "../support/disk.js";

const OPERATIONS = [
  "any",
  "any",
  "open",
  "write",
  "sync",
  "sync",
  "truncate",
  "rename",
  "remove",
  "syncDirectory",
] as const satisfies readonly (DiskOperation | "any")[];
const PLACES = ["", "", "", ".incr.", ".base.", "manifest", "temp-", "appendonly", "dump"];

export class Faults {
  private stops: { stop(): void }[] = [];

  constructor(
    private readonly chance: SeededChance,
    private readonly tell: (line: string) => void,
  ) {}

  areThere(disk: SimulatedDisk): boolean {
    return this.stops.length > 0 || disk.room !== Number.POSITIVE_INFINITY;
  }

  begin(disk: SimulatedDisk): void {
    const { chance } = this;
    if (chance.happens(0.15)) {
      disk.total = chance.pick([1_000_000_000, 16_000]);
      disk.room = chance.below(chance.pick([3000, 16_000]));
      this.tell(`room for ${disk.room} bytes of ${disk.total}`);
      return;
    }
    if (chance.happens(0.1)) disk.shortWrites = 0.3;
    const failure: Failure = {
      operation: chance.pick(OPERATIONS),
      path: chance.pick(PLACES),
      code: chance.pick(["EIO", "ENOSPC"]),
      after: chance.below(12),
      times: chance.pick([1, 1, 2, 5, 1000]),
    };
    this.tell(`fault ${JSON.stringify(failure)}`);
    this.stops.push(disk.fail(failure));
  }

  /** One of them ends, or all. */
  end(disk: SimulatedDisk): void {
    if (this.stops.length > 0 && this.chance.happens(0.5)) {
      this.tell("one fault ends");
      this.stops.splice(this.chance.below(this.stops.length), 1)[0]!.stop();
      return;
    }
    this.tell("all faults end");
    this.clear(disk);
  }

  clear(disk: SimulatedDisk): void {
    for (const { stop } of this.stops) stop();
    this.stops = [];
    disk.room = Number.POSITIVE_INFINITY;
    disk.shortWrites = 0;
  }
}
