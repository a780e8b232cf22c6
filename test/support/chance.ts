/** The seeded twin of chance (xorshift128 seeded by splitmix32): the same seed gives the same run. */

import type { Chance } from "#tidemark/platform/chance.js";

export class SeededChance implements Chance {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(readonly seed: number) {
    let state = seed >>> 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1;
  }

  real(): number {
    return this.word() / 0x1_0000_0000;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.word() & 0xff);
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.real() * bound);
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.real() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError("Nothing to pick from");
    return choices[this.below(choices.length)] as T;
  }

  /** A chance of its own, so that what one part draws does not shift what another one gets. */
  fork(): SeededChance {
    return new SeededChance(this.word());
  }

  private word(): number {
    const t = this.d;
    const s = this.a;
    this.d = this.c;
    this.c = this.b;
    this.b = s;
    let x = t ^ (t << 11);
    x ^= x >>> 8;
    this.a = (x ^ s ^ (s >>> 19)) >>> 0;
    return this.a;
  }
}

/**
 * A seed that has not been used before; print it, so that the run can be repeated. `TIDEMARK_SEED` gives it instead: CI
 * sets it, since what a new seed finds concerns whoever looks for it and not the change that CI is asked about.
 */
export function freshSeed(): number {
  const given = Number(process.env.TIDEMARK_SEED ?? Number.NaN);
  return Number.isInteger(given) ? given : Math.floor(Math.random() * 0x7fff_ffff);
}
