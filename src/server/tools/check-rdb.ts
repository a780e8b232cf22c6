/**
 * `tidemark check-rdb FILE`: reads a snapshot as the server would, with all checks, and says what is in it and where the
 * first thing is that is wrong. The lines are those of redis-check-rdb.
 */

import { systemReason } from "../../config/kinds/directory.js";
import { NEVER } from "../../memory/entry.js";
import { loadSnapshot } from "../../persistence/snapshot-load.js";
import type { Platform } from "../../platform/platform.js";
import { RdbError } from "../../snapshot/rdb/error.js";
import { type InspectedEntry, inspect } from "../../snapshot/rdb/inspection.js";
import type { RdbReader } from "../../snapshot/rdb/reader.js";
import { typeOf } from "../../types/types.js";
import { Progress } from "./progress.js";

const USAGE = `Usage: tidemark check-rdb FILE

Reads an RDB file of any version up to 12 and checks everything in it: lengths, encodings, values, the checksum.
Exits with 0 when the file is good, with 1 when it is not or cannot be read.
`;

const GOOD = 0;
const BAD = 1;
/** The most characters of a field's value that are shown. */
const SHOWN_VALUE = 256;

/** Settles with the exit status. */
export async function checkRdb(args: readonly string[], platform: Platform): Promise<number> {
  const { host, disk } = platform;
  const [path] = args;
  if (args.length !== 1 || path === undefined || path === "--help") {
    host.write(path === "--help" ? "stdout" : "stderr", USAGE);
    return path === "--help" ? GOOD : BAD;
  }
  try {
    const info = disk.stat(path);
    if (info !== null && !info.isDirectory) return await new RdbCheck(path, info.bytes, platform).run();
    const reason = info === null ? "No such file or directory" : "it is a directory";
    host.write("stderr", `Cannot open file ${path}: ${reason}\n`);
  } catch (error) {
    host.write("stderr", `${path}: ${systemReason(error)}\n`);
  }
  return BAD;
}

/** Counts of one file. */
class RdbCheck {
  private readonly byType = new Map<number, number>();
  private expires = 0;
  private expired = 0;
  private readonly progress: Progress;
  private readonly reader: RdbReader;

  constructor(
    private readonly path: string,
    private readonly size: number,
    private readonly platform: Platform,
  ) {
    this.progress = new Progress(platform, "bytes");
    const options = { size, chance: platform.chance, sanitize: true };
    this.reader = inspect(options, {
      field: (name, value) => this.print(`AUX FIELD ${shown(name)} = '${shown(value)}'`),
      database: (index) => this.print(`Selecting DB ID ${index}`),
      entry: (entry) => this.count(entry),
    });
  }

  async run(): Promise<number> {
    this.line(`[offset 0] Checking RDB file ${this.path}`);
    const wrong = await this.read();
    if (wrong === null) this.good();
    else this.bad(wrong);
    this.counts();
    return wrong === null ? GOOD : BAD;
  }

  /** Reads the file; null when it is good. Rejects with what the disk throws. */
  private async read(): Promise<RdbError | null> {
    const file = this.platform.disk.open(this.path, "read");
    try {
      await loadSnapshot(file, this.size, this.reader, (bytes) => this.advance(bytes));
      return null;
    } catch (error) {
      if (error instanceof RdbError) return error;
      throw error;
    } finally {
      file.close();
      this.progress.clear();
    }
  }

  private advance(bytes: number): Promise<void> {
    this.progress.update(bytes, this.size);
    return new Promise((resolve) => this.platform.clock.endOfTurn(resolve));
  }

  private count({ type, expiry }: InspectedEntry): void {
    this.byType.set(type, (this.byType.get(type) ?? 0) + 1);
    if (expiry === NEVER) return;
    this.expires++;
    if (expiry < this.platform.clock.now()) this.expired++;
  }

  private good(): void {
    const { checksum, offset } = this.reader;
    this.print(
      checksum === "verified"
        ? "Checksum OK"
        : "RDB file was saved with checksum disabled: no check performed.",
    );
    if (offset < this.size)
      this.print(`The snapshot ends here; ${this.size - offset} bytes of something else follow`);
    this.print("\\o/ RDB looks OK! \\o/");
  }

  private bad({ reason, offset, key }: RdbError): void {
    this.line("--- RDB ERROR DETECTED ---");
    this.line(`[offset ${offset}] ${reason}`);
    if (key !== null) this.line(`[additional info] Reading key ${key}`);
  }

  private counts(): void {
    const types = [...this.byType]
      .sort(([a], [b]) => a - b)
      .map(([type, keys]) => `${typeOf(type).name} ${keys}`);
    this.line(
      `[info] ${this.reader.keysLoaded} keys read${types.length === 0 ? "" : ` (${types.join(", ")})`}`,
    );
    this.line(`[info] ${this.expires} expires`);
    this.line(`[info] ${this.expired} already expired`);
  }

  private print(text: string): void {
    this.line(`[offset ${this.reader.offset}] ${text}`);
  }

  private line(text: string): void {
    this.progress.clear();
    this.platform.host.write("stdout", `${text}\n`);
  }
}

/** Text from a file that can go to a terminal. */
function shown(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, SHOWN_VALUE);
}
