/**
 * The whole server on the simulated machine: load and rewrites, power loss at a random moment, restart on what the disk
 * kept.
 * Everything follows from the seed.
 */

import { SeededChance } from "../support/chance.js";
import type { Survival } from "../support/disk.js";
import { type SimulatedPlatform, simulatedPlatform } from "../support/platform.js";
import { launchSimulated } from "../support/product.js";
import type { FsyncPolicy } from "./kill-round.js";
import { Sequence } from "./sequence.js";

const PORT = 6379;

/**
 * Several power losses in a row on one disk. Throws when something acknowledged under `always` is gone; returns how
 * many writes were acknowledged.
 */
export async function powerLosses(seed: number, policy: FsyncPolicy, losses: number): Promise<number> {
  const chance = new SeededChance(seed);
  const sequences: Sequence[] = [];
  let acknowledged = 0;
  let machine = simulatedPlatform(seed);
  for (let loss = 0; loss < losses; loss++) {
    await launchSimulated(machine, persistent(policy));
    const added = await loadUntilPowerLoss(machine, chance, loss);
    for (const sequence of added) {
      acknowledged += sequence.acknowledged;
      if (policy !== "always") sequence.acknowledged = 0;
    }
    sequences.push(...added);
    const survival = chance.pick<Survival>(["synced", "random", "random", "everything"]);
    machine = machine.rebooted(machine.disk.afterPowerLoss(survival, true));
    await verify(machine, policy, sequences, `seed ${seed}, loss ${loss}, ${survival}`);
    machine = machine.rebooted(machine.disk.afterProcessDeath());
  }
  return acknowledged;
}

function persistent(policy: FsyncPolicy): Record<string, string> {
  return {
    appendonly: "yes",
    appendfsync: policy,
    "auto-aof-rewrite-percentage": "0",
    // Bases of both kinds come by turns.
    "aof-use-rdb-preamble": policy === "no" ? "no" : "yes",
  };
}

/** Writes over several connections; the power goes after a random number of turns. */
async function loadUntilPowerLoss(
  machine: SimulatedPlatform,
  chance: SeededChance,
  loss: number,
): Promise<Sequence[]> {
  const { clock, network } = machine;
  network.splits = chance.real() / 2;
  network.delays = chance.real() / 2;
  machine.disk.shortWrites = chance.happens(0.3) ? 0.2 : 0;
  const sequences = Array.from(
    { length: 1 + chance.below(4) },
    (_, index) => new Sequence(`l${loss}c${index}`),
  );
  const writing = sequences.map(async (sequence) =>
    sequence.write(await network.client(PORT), chance.fork(), () => {}),
  );
  const administrator = await network.client(PORT);
  for (let turns = 5 + chance.below(150); turns > 0; turns--) {
    if (chance.happens(0.03)) administrator.send("BGREWRITEAOF");
    await (chance.happens(0.7) ? clock.turn() : clock.advance(1));
  }
  network.cut();
  await Promise.all(writing);
  return sequences;
}

/** Under `always` nothing acknowledged is gone; otherwise what is there is what some first part of the writes leaves. */
async function verify(
  machine: SimulatedPlatform,
  policy: FsyncPolicy,
  sequences: readonly Sequence[],
  when: string,
): Promise<void> {
  await launchSimulated(machine, persistent(policy));
  const client = await machine.network.client(PORT);
  for (const sequence of sequences) {
    const wrong = await machine.clock.run(sequence.check(client));
    if (wrong !== null) throw new Error(`${when}: ${wrong}`);
  }
}
