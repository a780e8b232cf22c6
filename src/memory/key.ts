/** A key, field or member as it comes from a socket: a range of bytes with its hash. */

import type { Chance } from "../platform/chance.js";
import { halfSipHash } from "../util/halfsiphash.js";

export class Key {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  /** A signed 32-bit number. */
  hash = 0;

  get length(): number {
    return this.end - this.start;
  }
}

const NO_BYTES = new Uint8Array(0);

/** Hashes with a secret of its own, so that nobody can choose keys that collide. */
export class Hasher {
  private readonly low: number;
  private readonly high: number;

  constructor(chance: Chance) {
    const secret = Buffer.from(chance.bytes(8));
    this.low = secret.readInt32LE(0);
    this.high = secret.readInt32LE(4);
  }

  /** Points the key at a range and hashes it. The range must stay as it is while the key is used. */
  set(key: Key, bytes: Uint8Array, start: number, end: number): Key {
    key.bytes = bytes;
    key.start = start;
    key.end = end;
    key.hash = halfSipHash(bytes, start, end, this.low, this.high);
    return key;
  }

  key(bytes: Uint8Array): Key {
    return this.set(new Key(), bytes, 0, bytes.length);
  }
}
