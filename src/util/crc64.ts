/**
 * CRC-64 in the variant that RDB files and DUMP payloads end with: polynomial ad93d23594c935a9 (Jones), bits reflected
 * in and out, start value 0, nothing inverted. The check value of "123456789" is e9c6d914c4b8d9ca.
 *
 * JavaScript has no fast 64-bit integers, so a value is two unsigned halves. Eight bytes are taken a step, with one
 * table for each of them ("slicing by eight").
 */

const LOW_POLYNOMIAL = 0xac4bc9b5;
const HIGH_POLYNOMIAL = 0x95ac9329;

/** Entry `table * 256 + byte`: what a byte contributes when 0 to 7 more bytes follow it in the step. */
const LOW = new Int32Array(8 * 256);
const HIGH = new Int32Array(8 * 256);

for (let byte = 0; byte < 256; byte++) {
  let low = byte;
  let high = 0;
  for (let bit = 0; bit < 8; bit++) {
    const odd = (low & 1) === 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= LOW_POLYNOMIAL;
      high ^= HIGH_POLYNOMIAL;
    }
  }
  LOW[byte] = low;
  HIGH[byte] = high;
}
for (let at = 256; at < LOW.length; at++) {
  const low = LOW[at - 256]!;
  const high = HIGH[at - 256]!;
  LOW[at] = ((low >>> 8) | (high << 24)) ^ LOW[low & 0xff]!;
  HIGH[at] = (high >>> 8) ^ HIGH[low & 0xff]!;
}

/** A running CRC-64. */
export class Crc64 {
  private low = 0;
  private high = 0;

  /** Takes bytes[start, end) in. */
  update(bytes: Uint8Array, start = 0, end = bytes.length): this {
    let low = this.low;
    let high = this.high;
    let at = start;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const whole = end - 7; at < whole; at += 8) {
      const a = low ^ view.getInt32(at, true);
      const b = high ^ view.getInt32(at + 4, true);
      const i = 1792 + (a & 0xff);
      const j = 1536 + ((a >>> 8) & 0xff);
      const k = 1280 + ((a >>> 16) & 0xff);
      const l = 1024 + (a >>> 24);
      const m = 768 + (b & 0xff);
      const n = 512 + ((b >>> 8) & 0xff);
      const o = 256 + ((b >>> 16) & 0xff);
      const p = b >>> 24;
      low = LOW[i]! ^ LOW[j]! ^ LOW[k]! ^ LOW[l]! ^ LOW[m]! ^ LOW[n]! ^ LOW[o]! ^ LOW[p]!;
      high = HIGH[i]! ^ HIGH[j]! ^ HIGH[k]! ^ HIGH[l]! ^ HIGH[m]! ^ HIGH[n]! ^ HIGH[o]! ^ HIGH[p]!;
    }
    for (; at < end; at++) {
      const index = (low ^ bytes[at]!) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
      high = (high >>> 8) ^ HIGH[index]!;
    }
    this.low = low;
    this.high = high;
    return this;
  }

  /** The value so far, as the eight bytes that files hold: least significant first. */
  bytes(): Uint8Array {
    const value = new Uint8Array(8);
    const view = new DataView(value.buffer);
    view.setUint32(0, this.low >>> 0, true);
    view.setUint32(4, this.high >>> 0, true);
    return value;
  }
}
