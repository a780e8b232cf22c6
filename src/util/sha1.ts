/**
 * SHA-1, for hashing millions of short pieces: node:crypto makes objects for each, which costs many times the hash.
 * Format: FIPS 180-4.
 */

const BLOCK_BYTES = 64;
/** In the last block, where the length of the data in bits begins. */
const LENGTH_AT = 56;
const SCHEDULE_WORDS = 80;

/** Five words of 32 bits each. */
export const SHA1_BYTES = 20;

/** A hasher to be used again and again; it keeps nothing between two calls of `digest`. */
export class Sha1 {
  private readonly schedule = new Int32Array(SCHEDULE_WORDS);
  private readonly state = new Int32Array(5);
  private readonly last = new Uint8Array(2 * BLOCK_BYTES);

  /** Writes the SHA-1 of data into the first SHA1_BYTES bytes of `into`, which may be data itself. */
  digest(data: Uint8Array, into: Uint8Array): void {
    const { state, last } = this;
    state[0] = 0x67452301;
    state[1] = 0xefcdab89;
    state[2] = 0x98badcfe;
    state[3] = 0x10325476;
    state[4] = 0xc3d2e1f0;
    const length = data.length;
    let at = 0;
    for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) this.block(data, at);

    const rest = length - at;
    const padded = rest < LENGTH_AT ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    last.fill(0, rest, padded);
    for (let i = 0; i < rest; i++) last[i] = data[at + i]!;
    last[rest] = 0x80;
    putWord(last, padded - 8, length / 2 ** 29);
    putWord(last, padded - 4, length << 3);
    for (at = 0; at < padded; at += BLOCK_BYTES) this.block(last, at);
    for (let i = 0; i < 5; i++) putWord(into, 4 * i, state[i]!);
  }

  private block(bytes: Uint8Array, at: number): void {
    const { schedule, state } = this;
    for (let i = 0; i < 16; i++) {
      const from = at + 4 * i;
      schedule[i] =
        (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    }
    for (let i = 16; i < SCHEDULE_WORDS; i++) {
      schedule[i] = rotate(schedule[i - 3]! ^ schedule[i - 8]! ^ schedule[i - 14]! ^ schedule[i - 16]!, 1);
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    for (let i = 0; i < SCHEDULE_WORDS; i++) {
      let mixed: number;
      if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
      else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else mixed = (b ^ c ^ d) + 0xca62c1d6;
      const next = (rotate(a, 5) + mixed + e + schedule[i]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    state[0] = state[0]! + a;
    state[1] = state[1]! + b;
    state[2] = state[2]! + c;
    state[3] = state[3]! + d;
    state[4] = state[4]! + e;
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function putWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}
