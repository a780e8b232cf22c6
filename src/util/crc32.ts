/** CRC-32 as zlib, gzip and PNG have it (polynomial edb88320, reflected); the check value of "123456789" is cbf43926. */

import * as zlib from "node:zlib";

const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

const anyCrc32: (bytes: Uint8Array, crc: number) => number = zlib.crc32 ?? plainCrc32;

/** The CRC of what `crc` was of, followed by `bytes`. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  // Node begins anew at bytes that have no memory, such as a part of an empty buffer.
  return bytes.length === 0 ? crc : anyCrc32(bytes, crc);
}

/** The same without the help of Node, which has had it since 20.15. */
export function plainCrc32(bytes: Uint8Array, crc = 0): number {
  let value = ~crc;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff]!;
  return ~value >>> 0;
}
