/** What a keyspace holds, as something that can be compared; and reading snapshots into keyspaces. */

import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { Ref } from "#tidemark/memory/memory.js";
import { type RdbListener, RdbReader, type RdbReadOptions } from "#tidemark/snapshot/rdb/reader.js";
import { forEachField } from "#tidemark/types/hash.js";
import { LISTPACK, ListCursor } from "#tidemark/types/list.js";
import { forEachMember } from "#tidemark/types/set.js";
import { HASH, LIST, SET, STRING } from "#tidemark/types/type.js";
import { typeOf } from "#tidemark/types/types.js";
import { readSortedSet } from "#tidemark/types/zset.js";
import { latin1 } from "#tidemark/util/ascii.js";
import { Crc64 } from "#tidemark/util/crc64.js";
import { SeededChance } from "../../support/chance.js";
import { LIMITS } from "./limits.js";

export const NOW = 1_700_000_000_000;

/** A file: magic, version, the body (one character for each byte), end and checksum where the version has one. */
export function rdbFile(version: number, body: string): Buffer {
  const text = `REDIS${String(version).padStart(4, "0")}${body}\xff`;
  const bytes = Buffer.from(text, "latin1");
  return version < 5 ? bytes : Buffer.concat([bytes, new Crc64().update(bytes).bytes()]);
}

/** A string of less than 64 bytes, or of less than 16384, as a snapshot holds it. */
export function rdbString(text: string): string {
  return length(text.length) + text;
}

export function length(value: number): string {
  if (value < 64) return String.fromCharCode(value);
  return String.fromCharCode(0x40 | (value >> 8), value & 255);
}

export function newKeyspace(): Keyspace {
  const space = new Keyspace(16, new SeededChance(1), { poison: true });
  space.tick(NOW);
  return space;
}

export function readerFor(
  space: Keyspace,
  size: number,
  options: Partial<RdbReadOptions> = {},
  listener: RdbListener = {},
): RdbReader {
  const all = {
    limits: LIMITS,
    sanitize: false,
    verify: true,
    now: NOW,
    skipExpired: true,
    size,
    ...options,
  };
  return new RdbReader(space, all, listener);
}

/** Reads a whole file. Throws what the reader throws, and when the file ends too early. */
export function load(
  bytes: Buffer,
  options: Partial<RdbReadOptions> = {},
): { space: Keyspace; reader: RdbReader } {
  const space = newKeyspace();
  const reader = readerFor(space, bytes.length, options);
  reader.read(bytes, 0, bytes.length);
  reader.close();
  if (!reader.done) throw new Error(`not whole: ${reader.offset} of ${bytes.length} bytes`);
  return { space, reader };
}

/** By key: type, encoding and content, and the expiry where there is one. */
export function contents(space: Keyspace, database = 0): Record<string, unknown> {
  const { entries } = space;
  const found: Record<string, unknown> = {};
  space.databases[database]!.dict.forEach((ref) => {
    const type = typeOf(entries.type(ref));
    const expiry = entries.hasExpiry(ref) ? [entries.expiry(ref)] : [];
    found[entries.keyBytes(ref).toString("latin1")] = [
      type.name,
      type.encoding(entries, ref),
      contentOf(space, ref),
      ...expiry,
    ];
  });
  return found;
}

function contentOf(space: Keyspace, ref: Ref): unknown {
  const { entries } = space;
  switch (entries.type(ref)) {
    case STRING: {
      const start = entries.valueStart(ref);
      return latin1(entries.valueBytes(ref), start, start + entries.valueLength(ref));
    }
    case LIST: {
      const cursor = new ListCursor(entries.memory);
      cursor.attach(entries.box(ref), entries.encoding(ref) === LISTPACK);
      const elements: string[] = [];
      cursor.seek(0);
      do {
        const entry = cursor.read();
        elements.push(
          entry.isInteger
            ? String(Number.isNaN(entry.value) ? entry.big : entry.value)
            : latin1(cursor.bytes, entry.start, entry.start + entry.length),
        );
      } while (cursor.next());
      return elements;
    }
    case SET: {
      const members: string[] = [];
      forEachMember(entries, ref, ({ bytes, start, end }) => members.push(latin1(bytes, start, end)));
      return members.sort();
    }
    case HASH: {
      const fields: Record<string, string> = {};
      forEachField(entries, ref, (field, value) => {
        fields[field.copy().toString("latin1")] = value.copy().toString("latin1");
      });
      return fields;
    }
    default: {
      const members: [string, number][] = [];
      const set = readSortedSet(entries, ref);
      set.range(0, set.count, ({ bytes, start, end, score }) => {
        members.push([latin1(bytes, start, end), score]);
      });
      return members;
    }
  }
}
