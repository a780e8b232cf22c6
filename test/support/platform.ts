/** The simulated machine: disk, network, clock and chance in one object, all from one seed. */

import type { Host } from "#tidemark/platform/host.js";
import type { Platform } from "#tidemark/platform/platform.js";
import { SeededChance } from "./chance.js";
import { SimulatedClock } from "./clock.js";
import { SimulatedDisk } from "./disk.js";
import { SimulatedNetwork } from "./network.js";
import { SimulatedThreads } from "./threads.js";

/** A host that looks the same everywhere and keeps what the server prints. */
export class SimulatedHost implements Host {
  /** All that went to standard output. */
  output = "";
  readonly pid = 4242;
  readonly arguments: readonly string[] = ["node", "tidemark"];
  readonly environment: Readonly<Record<string, string>> = {};
  readonly executable = "/usr/bin/node";
  readonly platform = "Simulated 1.0 x86_64";
  readonly architecture = "x64";

  workingDirectory(): string {
    return "/data";
  }

  residentBytes(): number {
    return 64 * 1024 * 1024;
  }

  collectGarbage(): void {}

  openFilesMax(): number {
    return Number.POSITIVE_INFINITY;
  }

  totalMemoryBytes(): number {
    return 8 * 1024 * 1024 * 1024;
  }

  cpu(): { user: number; system: number } {
    return { user: 0, system: 0 };
  }

  mainThreadCpu(): { user: number; system: number } {
    return { user: 0, system: 0 };
  }

  write(_stream: "stdout" | "stderr", text: string): void {
    this.output += text;
  }

  readonly isTerminal = false;

  async readStandardInput(): Promise<Buffer> {
    return Buffer.alloc(0);
  }

  /** What `readLine` gives. */
  input = "";

  async readLine(): Promise<string> {
    return this.input;
  }

  onSignal(): void {}

  onFault(): void {}

  setTitle(): void {}

  exit(status: number): void {
    throw new Error(`the process would exit with status ${status}`);
  }

  crash(signal: string): void {
    throw new Error(`the process would be killed by ${signal}`);
  }
}

export interface SimulatedPlatform extends Platform {
  readonly disk: SimulatedDisk;
  readonly network: SimulatedNetwork;
  readonly clock: SimulatedClock;
  readonly chance: SeededChance;
  readonly host: SimulatedHost;
  readonly threads: SimulatedThreads;
  /** The same machine after its power came back: another disk state, no connections, the clock where it was. */
  rebooted(disk: SimulatedDisk): SimulatedPlatform;
}

/** A machine with an empty `/data` directory. Syncs end after a millisecond of the simulated clock. */
export function simulatedPlatform(seed: number): SimulatedPlatform {
  const chance = new SeededChance(seed);
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk(
    chance.fork(),
    (action) => void clock.after(1, action),
    () => clock.now(),
  );
  disk.placeDirectory("/data");
  return assemble(disk, clock, chance);
}

function assemble(disk: SimulatedDisk, clock: SimulatedClock, chance: SeededChance): SimulatedPlatform {
  const network = new SimulatedNetwork(chance.fork());
  clock.onPoll(() => network.deliver());
  return {
    disk,
    network,
    clock,
    chance,
    host: new SimulatedHost(),
    threads: new SimulatedThreads(disk, (action) => void clock.after(1, action)),
    rebooted(next) {
      clock.powerOff();
      return assemble(next, clock, chance.fork());
    },
  };
}
