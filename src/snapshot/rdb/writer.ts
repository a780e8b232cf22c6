/** The encoder that writes an RDB file. Its options are plain data, so that they can be posted to a thread. */

import { frequencyAt, idleSecondsAt } from "../../keyspace/access.js";
import type { EntryReader } from "../../memory/entry.js";
import type { Ref } from "../../memory/memory.js";
import type { DatabaseImage, Image } from "../capture.js";
import type { Encoder } from "../encoder.js";
import type { Output } from "../output.js";
import { AUX, CHECKSUM_VERSION, MAGIC, OPCODE } from "./format.js";
import { Primitives } from "./primitives.js";
import { ValueWriter } from "./value-writer.js";

/** Where in a replication stream the snapshot stands. */
export interface RdbMark {
  readonly replicationId: string;
  readonly offset: number;
  /** The database that the stream has selected there, -1 for none. */
  readonly database: number;
}

export interface RdbOptions {
  /** As the directive `rdb-version` says it. */
  readonly version: number;
  /** `rdbcompression`. */
  readonly compress: boolean;
  /** `rdbchecksum`; whoever makes the output has to know it too. */
  readonly checksum: boolean;
  /** What `redis-ver` says. */
  readonly serverVersion: string;
  /** Bytes of the dataset, for `used-mem`. */
  readonly usedMemory: number;
  /** Whether it is the base of an append-only file. */
  readonly aofBase: boolean;
  readonly mark: RdbMark | null;
  /** Which opcode tells about each entry's accesses: by `maxmemory-policy`. */
  readonly access: "none" | "idle" | "frequency";
}

const BITS = 64;

export class RdbWriter implements Encoder {
  private readonly out: Primitives;
  private readonly values: ValueWriter;

  constructor(
    private readonly entries: EntryReader,
    private readonly image: Image,
    private readonly output: Output,
    private readonly options: RdbOptions,
  ) {
    this.out = new Primitives(output, options.compress);
    this.values = new ValueWriter(entries, this.out, options.version);
  }

  begin(): void {
    const { version, serverVersion, usedMemory, mark, aofBase } = this.options;
    const header = Buffer.from(MAGIC + String(version).padStart(4, "0"));
    this.output.write(header, 0, header.length);
    this.field(AUX.VERSION, serverVersion);
    this.field(AUX.BITS, BITS);
    this.field(AUX.CREATED, Math.floor(this.image.now / 1000));
    this.field(AUX.USED_MEMORY, usedMemory);
    if (mark !== null) {
      this.field(AUX.REPL_DATABASE, mark.database);
      this.field(AUX.REPL_ID, mark.replicationId);
      this.field(AUX.REPL_OFFSET, mark.offset);
    }
    this.field(AUX.AOF_BASE, aofBase ? 1 : 0);
  }

  database({ index, keys, expiring }: DatabaseImage): void {
    const { out } = this;
    out.byte(OPCODE.SELECT_DB);
    out.length(index);
    out.byte(OPCODE.RESIZE_DB);
    out.length(keys);
    out.length(expiring);
  }

  entry(ref: Ref): void {
    const { entries, out, values } = this;
    if (entries.hasExpiry(ref)) {
      out.byte(OPCODE.EXPIRE_MS);
      out.littleEndian(entries.expiry(ref), 8);
    }
    if (this.options.access !== "none") this.access(entries.access(ref));
    const type = values.typeNumber(ref);
    out.byte(type);
    const start = entries.keyStart(ref);
    out.string(entries.memory.bytesOf(ref), start, start + entries.keyLength(ref));
    values.value(ref, type);
  }

  end(): void {
    this.out.byte(OPCODE.END);
    const checksum = this.output.checksum();
    if (this.options.version >= CHECKSUM_VERSION) this.output.write(checksum, 0, checksum.length);
    this.output.flush();
  }

  private access(access: number): void {
    const { out } = this;
    const { seconds, minutes, decayMinutes } = this.image.access;
    if (this.options.access === "idle") {
      out.byte(OPCODE.IDLE);
      out.length(idleSecondsAt(access, seconds));
    } else {
      out.byte(OPCODE.FREQ);
      out.byte(frequencyAt(access, minutes, decayMinutes));
    }
  }

  private field(name: string, value: string | number): void {
    this.out.byte(OPCODE.AUX);
    this.out.text(name);
    this.out.text(String(value));
  }
}
