/** The cut of a rewrite (rewrite-parts.ts): makes the next file ready, takes the capture, and begins the base. */

import { Capture } from "../snapshot/capture.js";
import { DiffChannel } from "../snapshot/job/diff-channel.js";
import type { Format } from "../snapshot/job/formats.js";
import type { AppendOnlyFile } from "./append-only-file.js";
import type { AofDirectory } from "./directory.js";
import { temporaryName } from "./durable-file.js";
import { isAnnotated } from "./layout.js";
import type { ManifestFile } from "./manifest.js";
import { NextIncr } from "./next-incr.js";
import { RewriteBuffer } from "./rewrite-buffer.js";
import type { Cut, RewriterParts } from "./rewrite-parts.js";
import { bytesToLeave, checkRoom } from "./room.js";
import { SingleDirectory } from "./single-directory.js";

export class Cutting {
  private isProvisional = false;
  private startedMs = 0;
  /** Makes names that no other rewrite of this run has. */
  private serial = 0;

  constructor(private readonly parts: RewriterParts) {}

  /** Rejects with what keeps the rewrite from beginning. `provisional`: the file is being switched on. */
  async take(provisional: boolean, startedMs: number): Promise<Cut> {
    const { aof, log } = this.parts;
    this.isProvisional = provisional;
    this.startedMs = startedMs;
    if (aof() === null) await this.parts.closed();
    const directory = this.parts.directory();
    checkRoom(directory);
    if (directory instanceof SingleDirectory) return this.takeSingle(directory);
    const running = provisional ? null : aof();
    if (running === null && !provisional) return this.begin(directory, null);
    const next = directory.reserveIncr();
    const entry = provisional ? { ...next, name: temporaryName(`${next.name}-${++this.serial}`) } : next;
    log("notice", `Creating AOF incr file ${entry.name} on background rewrite`);
    try {
      const incr = await NextIncr.draft(directory, entry, isAnnotated(this.parts.values));
      return await this.cutTo(incr, running);
    } finally {
      directory.giveBack(entry);
    }
  }

  /** The log goes on in the new file. */
  private async cutTo(incr: NextIncr, running: AppendOnlyFile | null): Promise<Cut> {
    const { directory, entry } = incr;
    try {
      if (running !== null) return await this.cutOver(directory, running, incr);
      this.parts.begin(incr);
      return this.begin(directory, directory.isSingle ? null : entry);
    } catch (error) {
      incr.discard();
      throw error;
    }
  }

  /** The running file goes on; before the first rewrite it is one that nothing names. */
  private async takeSingle(directory: SingleDirectory): Promise<Cut> {
    if (!this.isProvisional) return this.begin(directory, null);
    const { seq, type } = directory.nextIncr;
    const name = temporaryName(`${directory.location.appendfilename}-${++this.serial}`);
    const incr = await NextIncr.draft(directory, { name, seq, type }, isAnnotated(this.parts.values));
    return this.cutTo(incr, null);
  }

  /** The cut: the capture is taken, the running file ends, and the log goes on in the new one. */
  private async cutOver(directory: AofDirectory, running: AppendOnlyFile, incr: NextIncr): Promise<Cut> {
    let cut: Cut | null = null;
    try {
      await running.settle();
      if (running !== this.parts.aof()) throw new Error("the append-only file was switched off");
      await running.cutOver(
        this.parts.drain,
        () => {
          if (!incr.isNext) throw new Error("the running file was replaced meanwhile; try again");
          cut = this.begin(directory, incr.entry);
        },
        async () => {
          await directory.change((manifest) => manifest.withIncr(incr.entry));
          return incr;
        },
      );
      return cut!;
    } catch (error) {
      (cut as Cut | null)?.job.abort();
      throw error;
    }
  }

  private begin(directory: AofDirectory, incr: ManifestFile | null): Cut {
    const { platform, keyspace, values, jobs, background, log } = this.parts;
    const format = this.format();
    const base = directory.nextBase(format.kind === "rdb" ? "rdb" : "aof");
    const id = `${platform.host.pid}-${++this.serial}`;
    const names = directory instanceof SingleDirectory ? directory.rewriteNames(id) : null;
    const path = names?.complete ?? directory.pathOf(base.name);
    const temporary = names?.temporary ?? directory.pathOf(temporaryName(`${base.name}.${id}`));
    const single = directory instanceof SingleDirectory ? this.cutSingle(directory, path) : null;
    const channel = single?.running?.buffer.channel;
    const startUs = platform.clock.monotonicUs();
    const capture = Capture.take(keyspace);
    this.parts.onCut(platform.clock.monotonicUs() - startUs);
    const job = jobs.start(capture, format, {
      kind: "file",
      path,
      temporary,
      incrementalSync: values["aof-rewrite-incremental-fsync"],
      leave: bytesToLeave(directory),
      ...(channel === undefined ? {} : { diff: channel.buffer }),
    });
    background.begin("rewrite", job, this.startedMs);
    log("notice", `Background append only file rewriting started by pid ${platform.host.pid}`);
    const { isProvisional, startedMs } = this;
    const running = this.parts.aof();
    return { directory, job, base, temporary, incr, single, running, isProvisional, startedMs };
  }

  /** From this moment on the running file's bytes go to the thread as well. */
  private cutSingle(directory: SingleDirectory, path: string): Cut["single"] {
    const { aof: running, drain, values } = this.parts;
    const aof = running();
    if (aof === null) return { directory, path, running: null };
    const buffer = new RewriteBuffer(new DiffChannel(), isAnnotated(values));
    aof.feed(buffer, drain);
    return { directory, path, running: { aof, buffer } };
  }

  private format(): Format {
    const { values, platform, rdb } = this.parts;
    if (values["aof-use-rdb-preamble"]) return rdb();
    const timestamp = values["aof-timestamp-enabled"] ? Math.floor(platform.clock.now() / 1000) : null;
    return { kind: "commands", options: { seals: isAnnotated(values), timestamp } };
  }
}
