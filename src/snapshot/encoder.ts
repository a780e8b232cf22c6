/**
 * Going through a capture: entry by entry, whatever becomes of them. A format is an `Encoder`; RDB is one
 * (rdb/writer.ts), the commands that would make the dataset again are another.
 */

import { DictReader } from "../memory/dict.js";
import { EntryReader } from "../memory/entry.js";
import { Memory, type Ref } from "../memory/memory.js";
import type { DatabaseImage, Image } from "./capture.js";

/** What a capture is turned into. All methods write to an output that they know; what that throws passes through. */
export interface Encoder {
  begin(): void;
  /** The entries that follow are of that database. */
  database(database: DatabaseImage): void;
  entry(ref: Ref): void;
  end(): void;
}

/** Makes an encoder for the entries that are read through `entries`. */
export type MakeEncoder = (entries: EntryReader, image: Image) => Encoder;

/**
 * Encodes the whole capture. After each step, a segment of some hundreds of keys, it gives back how many keys are done;
 * between any two the reader may stop for good.
 */
export function* encode(image: Image, make: MakeEncoder): Generator<number, void, void> {
  const entries = new EntryReader(new Memory(image.buffers));
  const encoder = make(entries, image);
  let keys = 0;
  encoder.begin();
  const visit = (ref: Ref): void => {
    encoder.entry(ref);
    keys++;
  };
  for (const database of image.databases) {
    encoder.database(database);
    const dict = new DictReader(entries.memory, database.root);
    for (const segment of dict.eachSegment()) {
      dict.visitCold(segment, visit);
      yield keys;
    }
  }
  encoder.end();
}
