/**
 * The hash with which DEBUG DIGEST compares datasets, across servers: what it gives is what Redis gives.
 *
 * It is 20 bytes, zero at first. `add` exchanges them for the exclusive or with the SHA-1 of the data, so that the
 * order of what is added does not matter (the members of a set, the keys of a database). `mix` does the same and then
 * hashes the result, so that the order matters (the elements of a list, a field before its value).
 */

import { SHA1_BYTES, Sha1 } from "../util/sha1.js";

export class Digest {
  private readonly bytes = Buffer.alloc(SHA1_BYTES);

  constructor(
    private readonly sha1 = new Sha1(),
    private readonly hash = new Uint8Array(SHA1_BYTES),
  ) {}

  /** A digest of its own, zero, for a part of what this one is of. */
  part(): Digest {
    return new Digest(this.sha1, this.hash);
  }

  /** Adds data whose place among the others does not matter. */
  add(data: Uint8Array): void {
    const { bytes, hash } = this;
    this.sha1.digest(data, hash);
    for (let i = 0; i < SHA1_BYTES; i++) bytes[i]! ^= hash[i]!;
  }

  /** Adds the digest of a part, whose place does not matter. */
  addDigest(part: Digest): void {
    this.add(part.bytes);
  }

  /** Adds data that follows on what was added before. */
  mix(data: Uint8Array): void {
    this.add(data);
    this.sha1.digest(this.bytes, this.bytes);
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
