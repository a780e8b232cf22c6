/**
 * An entry: one block that holds a key and its value, the unit that a dict stores. A keyspace's entries carry a
 * type, an access clock and perhaps an expiry; the fields of a hash and the members of a set use the same layout.
 *
 *     word 0, 1   block header (memory.ts)
 *     word 2      type (4 bits), encoding (4 bits), access clock (24 bits)
 *     word 3      key length (8 bits, 255 = see below), flags (8 bits), length of an inline string (16 bits)
 *     then, each only if its flag is set:
 *       8 bytes   expiry, milliseconds since 1970, signed, low word first      EXPIRES
 *       4 bytes   key length                                                  LONG_KEY
 *       4 bytes   reference of the value's own block                          BOXED
 *     key bytes
 *     value bytes, unless BOXED
 *
 * A string value is inline while it is short; a boxed one is a block of its own: header, length (word 2), bytes from
 * byte 16 on.
 *
 * The listpack or intset of a small hash, set or sorted set is inline whatever its size, so that the collection is one
 * block and no more. It tells its length itself (the 16 bits mean nothing), and there may be room behind it to grow
 * into. When it outgrows the block, or a snapshot sees that, the whole entry moves to another one (held.ts). What a
 * boxed value of a type other than the string is, is the type's own matter.
 */

import { copy } from "../util/copy.js";
import type { Slice } from "../util/slice.js";
import type { Arena } from "./arena.js";
import type { Key } from "./key.js";
import type { Memory, Ref } from "./memory.js";

const META = 2;
const SIZES = 3;
const FIXED_BYTES = 16;

const EXPIRES = 1;
const LONG_KEY = 2;
const BOXED = 4;
const LONG_KEY_MARK = 255;
const TWO_32 = 4294967296;

/** The longest string that is kept inside its entry, in bytes. */
export const INLINE_BYTES_MAX = 1024;
/** Bytes before the content of a boxed string. */
export const BOX_HEAD_BYTES = 16;
const BOX_LENGTH = 2;

/** Bytes before the key, by flags. */
const HEAD_BYTES: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7].map(
  (flags) => FIXED_BYTES + (flags & EXPIRES ? 8 : 0) + (flags & LONG_KEY ? 4 : 0) + (flags & BOXED ? 4 : 0),
);

/** No expiry. */
export const NEVER = -1;

/** Reads entries. A worker uses it over a frozen snapshot. */
export class EntryReader<M extends Memory = Memory> {
  constructor(readonly memory: M) {}

  type(ref: Ref): number {
    return this.memory.read(ref, META) & 15;
  }

  encoding(ref: Ref): number {
    return (this.memory.read(ref, META) >>> 4) & 15;
  }

  /** The 24 bits of the access clock: LRU time, or LFU minutes and counter. */
  access(ref: Ref): number {
    return this.memory.read(ref, META) >>> 8;
  }

  keyLength(ref: Ref): number {
    const sizes = this.memory.read(ref, SIZES);
    const short = sizes & 255;
    if (short !== LONG_KEY_MARK) return short;
    return this.memory.read(ref, sizes & (EXPIRES << 8) ? 6 : 4);
  }

  /** Where the key begins, in bytes from the start of its chunk. */
  keyStart(ref: Ref): number {
    return this.memory.offset(ref) + HEAD_BYTES[(this.memory.read(ref, SIZES) >>> 8) & 7]!;
  }

  /** Points a range at the key: one look at the entry for what `keyStart` and `keyLength` tell. */
  showKey(ref: Ref, range: { bytes: Uint8Array; start: number; end: number }): void {
    const { memory } = this;
    const sizes = memory.read(ref, SIZES);
    const start = memory.offset(ref) + HEAD_BYTES[(sizes >>> 8) & 7]!;
    const short = sizes & 255;
    range.bytes = memory.bytesOf(ref);
    range.start = start;
    range.end = start + (short === LONG_KEY_MARK ? this.keyLength(ref) : short);
  }

  /** The key where it is. */
  key(ref: Ref): Slice {
    const start = this.keyStart(ref);
    return { bytes: this.memory.bytesOf(ref), start, end: start + this.keyLength(ref) };
  }

  /** A copy of the key. */
  keyBytes(ref: Ref): Buffer {
    const start = this.keyStart(ref);
    return Buffer.from(this.memory.bytesOf(ref).slice(start, start + this.keyLength(ref)).buffer);
  }

  keyEquals(ref: Ref, key: Key): boolean {
    const length = key.end - key.start;
    if (this.keyLength(ref) !== length) return false;
    const ours = this.memory.bytesOf(ref);
    const theirs = key.bytes;
    let at = this.keyStart(ref);
    for (let i = key.start; i < key.end; i++) {
      if (ours[at++] !== theirs[i]) return false;
    }
    return true;
  }

  isBoxed(ref: Ref): boolean {
    return (this.memory.read(ref, SIZES) & (BOXED << 8)) !== 0;
  }

  /** The block of a boxed value. */
  box(ref: Ref): Ref {
    return this.memory.read(ref, this.boxWord(ref)) >>> 0;
  }

  /** Length of a string in bytes. */
  valueLength(ref: Ref): number {
    const sizes = this.memory.read(ref, SIZES);
    return sizes & (BOXED << 8) ? this.memory.read(this.box(ref), BOX_LENGTH) : sizes >>> 16;
  }

  /** The chunk that holds a string, or whatever else is inline. */
  valueBytes(ref: Ref): Uint8Array {
    return this.isBoxed(ref) ? this.memory.bytesOf(this.box(ref)) : this.memory.bytesOf(ref);
  }

  /** Where that begins in `valueBytes`. */
  valueStart(ref: Ref): number {
    const sizes = this.memory.read(ref, SIZES);
    if (sizes & (BOXED << 8)) return this.memory.offset(this.box(ref)) + BOX_HEAD_BYTES;
    const short = sizes & 255;
    const keyEnd = short === LONG_KEY_MARK ? this.keyLength(ref) : short;
    return this.memory.offset(ref) + HEAD_BYTES[(sizes >>> 8) & 7]! + keyEnd;
  }

  /** Milliseconds since 1970, or NEVER. */
  expiry(ref: Ref): number {
    if ((this.memory.read(ref, SIZES) & (EXPIRES << 8)) === 0) return NEVER;
    return this.memory.read(ref, 5) * TWO_32 + (this.memory.read(ref, 4) >>> 0);
  }

  hasExpiry(ref: Ref): boolean {
    return (this.memory.read(ref, SIZES) & (EXPIRES << 8)) !== 0;
  }

  /** Bytes that the entry takes, with a boxed string. */
  stringBytes(ref: Ref): number {
    return this.memory.sizeOf(ref) + (this.isBoxed(ref) ? this.memory.sizeOf(this.box(ref)) : 0);
  }

  /** Bytes of the block from the inline value on: what it can take without another block. */
  inlineRoom(ref: Ref): number {
    return this.memory.sizeOf(ref) - (this.valueStart(ref) - this.memory.offset(ref));
  }

  /** What another entry is to be made with that shall have the same traits but for those given. */
  traits(ref: Ref, encoding: number = this.encoding(ref), expiry: number = this.expiry(ref)): EntryTraits {
    return { type: this.type(ref), encoding, access: this.access(ref), expiry };
  }

  protected boxWord(ref: Ref): number {
    const flags = (this.memory.read(ref, SIZES) >>> 8) & 7;
    return (HEAD_BYTES[flags]! >>> 2) - 1;
  }
}

/** What an entry is made with, apart from its key and value. */
export interface EntryTraits {
  readonly type: number;
  readonly encoding: number;
  readonly access: number;
  /** Milliseconds since 1970, or NEVER. */
  readonly expiry: number;
}

/** Makes and changes entries. Every change of a frozen entry gives back another reference to hang in its place. */
export class Entries extends EntryReader<Arena> {
  /** An entry with a string value, of which a copy is taken. */
  createString(key: Key, value: Uint8Array, start: number, end: number, traits: EntryTraits): Ref {
    const length = end - start;
    if (length > INLINE_BYTES_MAX) {
      return this.createBoxed(key, this.createBox(value, start, end, length), traits);
    }
    const ref = this.create(key, length, 0, traits);
    copy(value, start, end, this.memory.bytesOf(ref), this.keyStart(ref) + key.length);
    return ref;
  }

  /** An entry with a string of that length whose bytes are still undefined. */
  createUnwritten(key: Key, length: number, traits: EntryTraits): Ref {
    if (length <= INLINE_BYTES_MAX) return this.create(key, length, 0, traits);
    const ref = this.createBoxed(key, this.createBox(key.bytes, 0, 0, length), traits);
    this.setValueLength(ref, length);
    return ref;
  }

  /** An entry with `bytes` or more for an inline value that tells its own length; the value is undefined. */
  createInline(key: Slice, bytes: number, traits: EntryTraits): Ref {
    return this.create(key, bytes, 0, traits);
  }

  /** An entry whose value is a block of its own. */
  createBoxed(key: Slice, box: Ref, traits: EntryTraits): Ref {
    const ref = this.create(key, 0, BOXED, traits);
    this.memory.wordsOf(ref)[this.memory.word(ref) + this.boxWord(ref)] = box;
    return ref;
  }

  /** A block for a string of `room` bytes or more, holding a copy of the given ones. */
  createBox(value: Uint8Array, start: number, end: number, room: number): Ref {
    const box = this.memory.allocate(BOX_HEAD_BYTES + room);
    this.memory.wordsOf(box)[this.memory.word(box) + BOX_LENGTH] = end - start;
    copy(value, start, end, this.memory.bytesOf(box), this.memory.offset(box) + BOX_HEAD_BYTES);
    return box;
  }

  /** Bytes that the string value can take without another block; the entry must be mutable, and so its box. */
  roomFor(ref: Ref): number {
    if (this.isBoxed(ref)) return this.memory.sizeOf(this.box(ref)) - BOX_HEAD_BYTES;
    return Math.min(this.inlineRoom(ref), INLINE_BYTES_MAX);
  }

  setValueLength(ref: Ref, length: number): void {
    if (this.isBoxed(ref)) {
      const box = this.box(ref);
      this.memory.wordsOf(box)[this.memory.word(box) + BOX_LENGTH] = length;
      return;
    }
    const at = this.memory.word(ref) + SIZES;
    const words = this.memory.wordsOf(ref);
    words[at] = (words[at]! & 0xffff) | (length << 16);
  }

  setBox(ref: Ref, box: Ref): void {
    this.memory.wordsOf(ref)[this.memory.word(ref) + this.boxWord(ref)] = box;
  }

  setEncoding(ref: Ref, encoding: number): void {
    const at = this.memory.word(ref) + META;
    const words = this.memory.wordsOf(ref);
    words[at] = (words[at]! & ~0xf0) | (encoding << 4);
  }

  /**
   * Sets the access clock, also of a frozen entry: it is no part of what a snapshot promises, and a torn read
   * cannot happen, since it shares its word only with the type and the encoding, which stay as they are.
   */
  setAccess(ref: Ref, access: number): void {
    const at = this.memory.word(ref) + META;
    const words = this.memory.wordsOf(ref);
    words[at] = (words[at]! & 0xff) | (access << 8);
  }

  /** Sets the expiry of a mutable entry that has one. What lies beyond the year 287396 comes down to that. */
  setExpiry(ref: Ref, ms: number): void {
    const at = this.memory.word(ref) + 4;
    const words = this.memory.wordsOf(ref);
    const kept = Math.min(ms, Number.MAX_SAFE_INTEGER);
    words[at] = kept >>> 0;
    words[at + 1] = Math.floor(kept / TWO_32);
  }

  /**
   * A new entry with the same value, another expiry and perhaps another key. `inlineBytes` tells how long the value is
   * if it is inline. The old entry is freed, its box is handed over.
   */
  rebuild(ref: Ref, key: Key, expiry: number, inlineBytes: number): Ref {
    const traits = this.traits(ref, this.encoding(ref), expiry);
    const rebuilt = this.create(key, inlineBytes, this.isBoxed(ref) ? BOXED : 0, traits);
    if (this.isBoxed(ref)) {
      this.setBox(rebuilt, this.box(ref));
    } else {
      const from = this.valueStart(ref);
      const to = this.valueStart(rebuilt);
      copy(this.memory.bytesOf(ref), from, from + inlineBytes, this.memory.bytesOf(rebuilt), to);
    }
    this.memory.free(ref);
    return rebuilt;
  }

  /** Frees the entry and a boxed string. */
  freeString(ref: Ref): void {
    if (this.isBoxed(ref)) this.memory.free(this.box(ref));
    this.memory.free(ref);
  }

  private create(key: Slice, inlineBytes: number, boxed: number, traits: EntryTraits): Ref {
    const keyLength = key.end - key.start;
    const long = keyLength >= LONG_KEY_MARK;
    const flags = boxed | (traits.expiry === NEVER ? 0 : EXPIRES) | (long ? LONG_KEY : 0);
    const head = HEAD_BYTES[flags]!;
    const ref = this.memory.allocate(head + keyLength + inlineBytes);
    const words = this.memory.words[ref >>> 22]!;
    const at = this.memory.word(ref);
    words[at + META] = traits.type | (traits.encoding << 4) | (traits.access << 8);
    words[at + SIZES] = (long ? LONG_KEY_MARK : keyLength) | (flags << 8) | (inlineBytes << 16);
    if (flags & EXPIRES) this.setExpiry(ref, traits.expiry);
    if (long) words[at + (flags & EXPIRES ? 6 : 4)] = keyLength;
    copy(key.bytes, key.start, key.end, this.memory.bytes[ref >>> 22]!, (at << 2) + head);
    return ref;
  }
}
