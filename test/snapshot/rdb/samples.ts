/** Files with much in them. */

import { rdbFile, rdbString as s } from "./contents.js";

const b = (...bytes: number[]): string => String.fromCharCode(...bytes);

function u32(value: number): string {
  return b(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
}

/** A ziplist of short strings. */
function ziplist(...texts: string[]): string {
  let body = "";
  let previous = 0;
  let tail = 10;
  for (const text of texts) {
    tail = 10 + body.length;
    body += b(previous, text.length) + text;
    previous = text.length + 2;
  }
  return u32(11 + body.length) + u32(tail) + b(texts.length, 0) + body + b(255);
}

/** A listpack of short strings. */
function listpack(...texts: string[]): string {
  const body = texts.map((text) => b(0x80 | text.length) + text + b(text.length + 1)).join("");
  return u32(7 + body.length) + b(texts.length, 0) + body + b(255);
}

/** Every encoding that a file may have, small, so that each byte counts. */
export function oldFile(): Buffer {
  const zipmap = `${b(2, 1)}f${b(1, 0)}v${b(2)}gg${b(3, 2)}www??${b(255)}`;
  const intset = u32(2) + u32(4) + b(0xfe, 0xff, 1, 0, 2, 0, 0xff, 0x7f);
  const score = b(0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
  const compressed = `${b(0xc3, 6, 30, 1)}ab${b(0xe0, 19, 1)}`;
  return rdbFile(
    11,
    [
      b(0xfa) + s("redis-ver") + s("6.2.0"),
      b(0xfe, 0, 0xfb, 20, 1),
      b(0) + s("string") + s("value"),
      b(0) + s("number") + b(0xc1, 1, 2),
      b(0) + s("compressed") + compressed,
      b(1) + s("list") + b(3) + s("a") + s("b") + b(0xc0, 7),
      b(2) + s("set") + b(4) + s("a") + s("12") + s("b") + s("c"),
      `${b(3) + s("zset") + b(3) + s("a")}${b(3)}0.5${s("b")}${b(1)}7${s("c")}${b(254)}`,
      b(4) + s("hash") + b(4) + s("f") + s("v") + s("g") + s("w") + s("h") + s("x") + s("i") + s("y"),
      b(5) + s("zset2") + b(2) + s("a") + score + s("b") + score,
      b(9) + s("zipmap") + s(zipmap),
      b(10) + s("ziplist") + s(ziplist("a", "bb", "ccc", "4")),
      b(11) + s("intset") + s(intset),
      b(12) + s("zset zl") + s(ziplist("a", "1", "b", "2", "c", "3", "d", "4")),
      b(13) + s("hash zl") + s(ziplist("f", "1", "g", "2", "h", "3", "i", "4")),
      b(14) + s("quicklist") + b(2) + s(ziplist("a", "b")) + s(ziplist("c")),
      b(0xf8, 9, 16) + s("hash lp") + s(listpack("f", "1", "g", "2", "h", "3", "i", "4")),
      b(0xf9, 9, 17) + s("zset lp") + s(listpack("a", "1", "b", "2", "c", "3", "d", "4")),
      b(18) +
        s("quicklist 2") +
        b(3, 2) +
        s(listpack("a", "b", "c", "d")) +
        b(1) +
        s("plain") +
        b(2) +
        s(listpack("e")),
      b(0xfc, 0, 0, 0, 0, 0, 4, 0, 0, 20) + s("set lp") + s(listpack("a", "b", "c", "d")),
    ].join(""),
  );
}
