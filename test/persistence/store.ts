/** A server reduced to what the append-only file needs: a dataset of counters, a log, the file, a simulated machine. */

import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import type { LogBlock } from "#tidemark/log/block.js";
import { Log } from "#tidemark/log/log.js";
import type { FsyncPolicy } from "#tidemark/persistence/aof-parts.js";
import { AppendOnlyFile } from "#tidemark/persistence/append-only-file.js";
import type { AofDirectory, AofLocation } from "#tidemark/persistence/directory.js";
import { dumpPath } from "#tidemark/persistence/dump-import.js";
import { DumpLoad } from "#tidemark/persistence/dump-load.js";
import { importDump, lastIncr, openDirectory } from "#tidemark/persistence/opening.js";
import { Recovery } from "#tidemark/persistence/recovery.js";
import { type Replay, UnknownCommand } from "#tidemark/persistence/replay.js";
import { encodeCommand, type Request } from "#tidemark/resp/request.js";
import { type RdbListener, RdbReader } from "#tidemark/snapshot/rdb/reader.js";
import type { LogLine } from "#tidemark/util/log-line.js";
import { LIMITS } from "../snapshot/rdb/limits.js";
import { SeededChance } from "../support/chance.js";
import type { SimulatedClock } from "../support/clock.js";
import type { SimulatedDisk } from "../support/disk.js";

export const LOCATION: AofLocation = {
  dir: "/data",
  appenddirname: "appendonlydir",
  appendfilename: "appendonly.aof",
  dbfilename: "dump.rdb",
};
export const AOF = "/data/appendonlydir";
export const MANIFEST = `${AOF}/appendonly.aof.manifest`;
export const BASE = `${AOF}/appendonly.aof.1.base.rdb`;
export const INCR = `${AOF}/appendonly.aof.1.incr.aof`;
export const NEXT_INCR = `${AOF}/appendonly.aof.2.incr.aof`;
export const REPLID = "0123456789".repeat(4);
export const ORIGIN = { version: "7.2.0", createdAt: 1_566_820_488, usedMemory: 1_000_000 };

/** RESP of several commands, each given as words. */
export function resp(...commands: string[]): string {
  return commands.map((command) => encodeCommand(command.split(" ")).toString("latin1")).join("");
}

/** Applies commands to strings and counters. */
export class Dataset implements Replay {
  /** `database/key` and its value. */
  readonly values = new Map<string, string>();
  private db = 0;
  private queue: string[][] | null = null;

  forget(): void {
    this.values.clear();
  }

  beginFile(): void {
    this.db = 0;
    this.queue = null;
  }

  readSnapshot(size: number, listener: RdbListener): RdbReader {
    const space = new Keyspace(1, new SeededChance(1));
    const { entries } = space;
    const options = { limits: LIMITS, sanitize: false, verify: true, now: 0, skipExpired: false, size };
    return new RdbReader(space, options, {
      field: (name, value) => listener.field?.(name, value),
      entry: (ref, database) => {
        const start = entries.valueStart(ref);
        const value = entries.valueBytes(ref).slice(start, start + entries.valueLength(ref));
        this.values.set(`${database}/${entries.keyBytes(ref)}`, Buffer.from(value).toString());
        entries.freeString(ref);
      },
    });
  }

  insideTransaction(): boolean {
    return this.queue !== null;
  }

  apply(request: Request): void {
    const words = Array.from({ length: request.argc }, (_, at) => request.text(at));
    const name = words[0]!.toUpperCase();
    if (name === "MULTI") this.queue = [];
    else if (name === "EXEC") {
      const queued = this.queue ?? [];
      this.queue = null;
      for (const command of queued) this.run(command);
    } else if (this.queue !== null) this.queue.push(words);
    else this.run(words);
  }

  private run([name, key, value]: string[]): void {
    const at = `${this.db}/${key}`;
    const command = name!.toUpperCase();
    if (command === "SELECT") this.db = Number(key);
    else if (command === "SET") this.values.set(at, value!);
    else if (command === "INCR") this.values.set(at, String(Number(this.values.get(at) ?? "0") + 1));
    else throw new UnknownCommand(name!);
  }
}

const PACE = { blockBytes: 1000, keyDelayMs: 0 };

export interface StoreOptions {
  readonly policy?: FsyncPolicy;
  readonly loadTruncated?: boolean;
  readonly location?: AofLocation;
  /** Whether there are seals. Default no: the tests look at the bytes of the commands. */
  readonly seals?: boolean;
  readonly timestamps?: boolean;
  readonly corruptTailMax?: number;
}

export class Store {
  readonly dataset = new Dataset();
  readonly log = new Log(4096);
  readonly lines: string[] = [];
  /** Called with the reason when the disk begins to fail. */
  readonly failures: string[] = [];
  directory!: AofDirectory;
  aof!: AppendOnlyFile;
  recovery!: Recovery;
  private waiting: { offset: number; acknowledge: () => void }[] = [];

  constructor(
    readonly disk: SimulatedDisk,
    readonly clock: SimulatedClock,
    private readonly options: StoreOptions = {},
  ) {}

  private async importDump(log: LogLine): Promise<void> {
    const { disk, clock, directory } = this;
    const path = dumpPath(directory.location);
    const load = new DumpLoad(path, disk.stat(path)!.bytes, {
      disk,
      clock,
      log,
      pace: PACE,
      makeReader: (size, listener) => this.dataset.readSnapshot(size, listener),
    });
    await clock.run(load.run());
    await clock.run(importDump(directory, clock, log));
  }

  /** Starts: opens, loads, and appends from then on. */
  async start(): Promise<this> {
    const writeLog = (level: string, text: string): void => void this.lines.push(`${level}: ${text}`);
    const { disk, clock, options } = this;
    const policy = options.policy ?? "everysec";
    const location = options.location ?? LOCATION;
    this.directory = openDirectory({ disk, location, origin: ORIGIN, now: clock.now(), log: writeLog });
    this.recovery = new Recovery({
      directory: this.directory,
      clock,
      replay: this.dataset,
      loadTruncated: options.loadTruncated ?? true,
      corruptTailMax: options.corruptTailMax ?? 0,
      streamTailBytes: 0,
      log: writeLog,
    });
    if (this.directory.manifest.isEmpty) await this.importDump(writeLog);
    else await clock.run(this.recovery.run());
    const incr = lastIncr(this.directory, writeLog);
    this.log.listen("file", true);
    this.aof = new AppendOnlyFile({
      directory: this.directory,
      incr,
      log: this.log,
      clock,
      policy,
      writeLog,
      annotations: {
        seals: options.seals ?? false,
        timestamps: () => options.timestamps ?? false,
        isShared: () => false,
        markAt: (offset) => ({ replid: REPLID, offset }),
      },
      sealedBytes: this.recovery.sealedBytesOf(incr),
    });
    this.aof.onProgress = () => this.release();
    this.aof.health.onFailure = () => void this.failures.push(this.aof.health.lastError);
    clock.every(100, () => this.aof.cron());
    return this;
  }

  /** Runs one atomic unit in database `db`; the callback says that it was acknowledged. */
  run(db: number, commands: readonly string[], acknowledge: () => void = () => {}): void {
    const unit = commands.length === 1 ? commands : ["MULTI", ...commands, "EXEC"];
    const bytes = Buffer.from(resp(...unit), "latin1");
    this.log.append(db, bytes, 0, bytes.length);
    this.waiting.push({ offset: this.log.offset, acknowledge });
  }

  /** Ends the turn. */
  endTurn(): void {
    for (let block: LogBlock | null = this.log.take(); block !== null; block = this.log.take())
      this.aof.flush(block);
    this.release();
  }

  /** Runs `INCR key` in a turn of its own. */
  incr(key: string, acknowledge?: () => void): void {
    this.run(0, [`INCR ${key}`], acknowledge);
    this.endTurn();
  }

  private release(): void {
    const { ackOffset } = this.aof;
    const due = this.waiting.filter(({ offset }) => offset <= ackOffset);
    this.waiting = this.waiting.filter(({ offset }) => offset > ackOffset);
    for (const { acknowledge } of due) acknowledge();
    this.aof.awaitedBy(this.waiting.length);
  }
}
