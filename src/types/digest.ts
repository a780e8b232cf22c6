/**
 * The hash with which DEBUG DIGEST compares datasets, across servers: what it gives is what Redis gives.
 *
 * It is 20 bytes, zero at first. `add` exchanges them for the exclusive or with the SHA-1 of the data, so that the
 * order of what is added does not matter (the members of a set, the keys of a database). `mix` does the same and then
 * hashes the result, so that the order matters (the elements of a list, a field before its value).
 */

import { createHash } from "node:crypto";

const DIGEST_BYTES = 20;

export class Digest {
  private readonly bytes = Buffer.alloc(DIGEST_BYTES);

  /** Adds data whose place among the others does not matter. */
  add(data: Uint8Array): void {
    const hash = createHash("sha1").update(data).digest();
    for (let i = 0; i < DIGEST_BYTES; i++) this.bytes[i]! ^= hash[i]!;
  }

  /** Adds the digest of a part, whose place does not matter. */
  addDigest(part: Digest): void {
    this.add(part.bytes);
  }

  /** Adds data that follows on what was added before. */
  mix(data: Uint8Array): void {
    this.add(data);
    createHash("sha1").update(this.bytes).digest().copy(this.bytes);
  }

  /** Mixes in a number as four bytes, the highest first. */
  mixNumber(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    this.mix(bytes);
  }

  /** 40 hexadecimal digits. */
  toString(): string {
    return this.bytes.toString("hex");
  }
}
