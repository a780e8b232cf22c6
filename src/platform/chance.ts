/** Randomness. The tests have a seeded twin, so that a run can be replayed. */

import { randomBytes } from "node:crypto";

export interface Chance {
  /** A uniform number in [0, 1). */
  real(): number;
  /** Random bytes that an adversary cannot guess (hash seeds, replication ids). */
  bytes(count: number): Uint8Array;
}

/** A whole number in [0, bound). */
export function below(chance: Chance, bound: number): number {
  return Math.floor(chance.real() * bound);
}

/** 40 hexadecimal digits: the form of run ids and replication ids. */
export function randomId(chance: Chance): string {
  return Buffer.from(chance.bytes(20)).toString("hex");
}

export const nodeChance: Chance = {
  real: () => Math.random(),
  bytes: (count) => randomBytes(count),
};
