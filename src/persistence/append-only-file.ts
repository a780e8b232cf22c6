/** The append-only file while the server runs; aof-parts.ts has the essay on what happens when, and why. */

import type { LogBlock } from "../log/block.js";
import { Activity } from "./activity.js";
import type { AofLatencyEvent, AofParts, FsyncPolicy, Successor } from "./aof-parts.js";
import { closeQuietly, letGo } from "./durable-file.js";
import { Health } from "./health.js";
import { Mending } from "./mending.js";
import type { RewriteBuffer } from "./rewrite-buffer.js";
import { Sealing } from "./sealing.js";
import { Syncing } from "./syncing.js";
import { openTail, type Tail } from "./tail.js";

/** From one try to the next while the disk fails. */
const RETRY_US = 1_000_000;

export class AppendOnlyFile {
  /** The watermarks have moved outside of `flush`: replies that waited may leave. */
  onProgress: (() => void) | null = null;
  /** Only a rewrite makes the log whole (loss.ts). */
  onLoss: (() => void) | null = null;
  onLatency: ((event: AofLatencyEvent, milliseconds: number) => void) | null = null;

  /** Bytes of all files when they were last made anew, or of the base file at the start: what growth is measured by. */
  baseBytes: number;
  /** The manifest does not name the file yet. */
  isProvisional: boolean;
  /** Writes that had to wait for a running sync. */
  delayedFsync = 0;
  /** Whether the disk takes the log. It may begin to fail inside `flush`. */
  readonly health: Health;

  private readonly tail: Tail;
  private readonly sealing: Sealing;
  private readonly syncing: Syncing;
  /** Bytes of the files before the one that is written to. */
  private earlierBytes: number;
  private readonly activity = new Activity();
  private readonly mending: Mending;
  private triedUs = 0;
  private rewriteBuffer: RewriteBuffer | null = null;

  constructor(private readonly parts: AofParts) {
    const { directory, incr, clock, policy } = parts;
    const bytes = directory.sizeOf(incr.name);
    const { base } = directory.manifest;
    this.health = new Health(parts.writeLog);
    this.mending = new Mending(directory, clock, this.health, this.activity);
    this.isProvisional = parts.isProvisional ?? false;
    this.sealing = new Sealing({ clock, ...parts.annotations });
    this.tail = openTail(parts, this.sealing);
    const { health, tail, activity } = this;
    this.syncing = new Syncing(
      { clock, health, tail, activity, ended: (began) => this.syncEnded(began) },
      policy,
    );
    this.earlierBytes = directory.totalBytes - bytes;
    this.baseBytes = directory.isSingle ? bytes : base === null ? 0 : directory.sizeOf(base.name);
    this.tail.selectDatabase();
    // Seals what the file has of runs before this one, and has it on the device that all of it is.
    if (this.sealing.isWanted && !this.isProvisional) this.finish();
  }

  // ---- For the turn ----

  /** Up to here the kernel has the log. */
  get writtenOffset(): number {
    return this.tail.written;
  }

  /** Up to here the device has the log. */
  get syncedOffset(): number {
    return this.syncing.synced;
  }

  /** Up to here a start would find the log on the device; -1 while nothing names the file. */
  get durableOffset(): number {
    return this.isProvisional ? -1 : this.mending.loss.limit(this.syncing.synced);
  }

  /** Up to here the policy allows to acknowledge. At least 0: that is what a client waits for which waits for no write. */
  get ackOffset(): number {
    return this.syncing.policy === "always"
      ? Math.max(0, this.mending.loss.limit(this.syncing.synced))
      : this.tail.written;
  }

  /** False while the disk fails: the engine refuses writes with `health.lastError`. */
  get canWrite(): boolean {
    return this.health.isOpen;
  }

  get isBroken(): boolean {
    return this.health.state === "broken";
  }

  /** Whether somebody has removed the file: what it takes is gone when it is closed. */
  get isRemoved(): boolean {
    return this.tail.file.isRemoved;
  }

  /** Only a rewrite makes the log complete. */
  get isIncomplete(): boolean {
    return this.isProvisional || this.mending.loss.isOpen;
  }

  /** Nothing is acknowledged until a rewrite succeeds. */
  get waitsForRewrite(): boolean {
    return this.isProvisional ? this.isBroken : this.mending.loss.isOpen && this.syncing.policy === "always";
  }

  /** Takes a block of the turn, which the file releases itself. Writes it at once if that cannot wait for the device. */
  flush(block: LogBlock): void {
    // What only replicas take moves the watermarks at once when nothing before it is under way.
    const isClean = this.tail.unwritten.isEmpty && this.tail.written === this.syncing.synced;
    const { forFile, bytes, start, end } = block;
    if (forFile) this.rewriteBuffer?.add(bytes, start, end);
    this.rewriteBuffer?.flow();
    this.tail.accept(block);
    this.syncing.stepBack();
    if (!forFile && this.tail.unwritten.bytes === 0 && !this.activity.writing && !this.activity.held) {
      this.tail.write(false);
      if (isClean) this.syncing.caughtUp();
      this.syncing.consider();
      return;
    }
    if (!this.health.isOpen) return;
    const { policy } = this.syncing;
    if (policy !== "always" && (this.activity.syncing || this.activity.held)) this.delayedFsync++;
    this.pump();
    // Under `always` when the turn has counted who waits.
    if (policy !== "always") this.syncing.consider();
  }

  /** The turn is over, and so many clients wait until they may be acknowledged. */
  awaitedBy(clients: number): void {
    this.syncing.awaitedBy(clients);
  }

  /** Ten times a second: the sync of `everysec`, and the next try after a failure. */
  cron(): void {
    const now = this.parts.clock.monotonicUs();
    this.rewriteBuffer?.flow();
    if (this.health.isFailing && now - this.triedUs >= RETRY_US) void this.retry();
    if (this.health.isOpen && this.sealing.isDue) {
      this.tail.seal();
      this.pump();
      this.syncing.consider();
    }
    this.syncing.cron(now);
  }

  /** Somebody waits until the device has the log up to there (WAITAOF), whatever the policy is. */
  syncUpTo(offset: number): void {
    this.syncing.upTo(offset);
  }

  setPolicy(policy: FsyncPolicy): void {
    this.syncing.policy = policy;
    if (policy === "no" && this.health.state !== "broken" && !this.activity.syncing && !this.activity.held)
      this.tail.release(this.tail.wholeBytes);
    this.pump();
    this.syncing.consider();
    this.onProgress?.();
  }

  /** Writes and syncs everything, then closes the file. Rejects if the disk does not take it; the file stays open. */
  async close(): Promise<void> {
    await this.activity.idle();
    if (!this.health.isOpen) await this.retry();
    if (this.sealing.isWanted) this.tail.seal();
    this.pump();
    await this.activity.idle();
    if (this.health.isOpen) {
      this.parts.writeLog("notice", "Calling fsync() on the AOF file.");
      this.syncing.start();
      await this.activity.idle();
    }
    if (!this.health.isOpen || this.tail.written > this.syncing.synced)
      throw new Error(this.health.lastError);
    this.health.state = "closed";
    this.tail.file.close();
  }

  // ---- For a rewrite ----

  /** Settles when nothing runs and what was written is on the device: then `cutOver` takes as little as it can. */
  async settle(): Promise<void> {
    await this.activity.idle();
    if (!this.syncing.canStart) return;
    this.syncing.start();
    await this.activity.idle();
  }

  /**
   * Ends the file behind what the log holds now, and goes on in another one. `drain` brings what the log still holds;
   * `taken` is told that this is the end; `begin`, once the device has all of it, makes the new file count and gives it
   * with its length, all of it sealed. Meanwhile the loop goes on and writes wait. Rejects when any of it cannot be done;
   * then the log goes on in the file that it had. Call it when nothing runs (`settle`).
   */
  async cutOver(
    drain: () => void,
    taken: () => void,
    begin: () => Promise<Pick<Successor, "file" | "bytes">>,
  ): Promise<void> {
    this.activity.cutting = true;
    try {
      drain();
      if (!this.activity.isIdle || !this.health.isOpen)
        throw new Error(this.health.lastError || "the disk is busy");
      if (this.sealing.isWanted) this.tail.seal();
      this.writeNow();
      if (!this.health.isOpen) throw new Error(this.health.lastError);
      this.tail.selectDatabase();
      this.activity.held = true;
      taken();
      this.mending.loss.cut(this.tail.written);
      await this.syncing.held();
      this.onProgress?.();
      const { file, bytes } = await begin();
      this.earlierBytes += this.tail.wholeBytes;
      closeQuietly(this.tail.continueIn(file, bytes, 0, 0));
    } finally {
      this.activity.cutOver();
      this.settled();
    }
  }

  /** The cut of a rewrite to a single file: what is written from now on goes to the buffer as well. Null: no more. */
  feed(buffer: RewriteBuffer | null, drain: () => void = () => {}): void {
    drain();
    this.rewriteBuffer = buffer;
    buffer?.add(this.tail.selectDatabase());
  }

  /**
   * Goes on in a file that has everything that was taken in: what was the matter with the old one is over. `drain`
   * brings what the log still holds; `begin` completes the new file on the device and puts it in the old one's place.
   * Meanwhile the loop goes on and writes wait. Rejects with what it throws; then the log goes on in the file that it had.
   */
  async replaceBy(drain: () => void, begin: () => Promise<Successor>): Promise<void> {
    this.activity.cutting = true;
    try {
      await this.activity.idle();
      drain();
      if (this.health.state === "closed") throw new Error("the append-only file is closed");
      this.activity.held = true;
      this.rewriteBuffer = null;
      const end = this.tail.end;
      const { file, bytes, unsealed, crc, doubt } = await begin();
      this.earlierBytes = 0;
      const old = this.tail.replaceBy(file, bytes, unsealed, crc, end);
      void letGo(old, this.isProvisional ? this.parts.directory.disk : null);
      this.mending.replaced(doubt !== null);
      if (doubt !== null) this.health.fail("broken", doubt, "Fail to fsync the directory of the AOF file");
      else this.syncing.caughtUp();
      if (doubt === null && this.health.isFailing) this.recovered();
      this.mending.loss.cut(end.offset);
    } finally {
      this.activity.cutOver();
      this.settled();
    }
  }

  /** A rewrite has replaced what was before the cut: all files together have so many bytes now. */
  replaced(totalBytes: number): void {
    this.isProvisional = false;
    this.earlierBytes = Math.max(0, totalBytes - this.tail.wholeBytes);
    this.baseBytes = this.currentBytes;
    this.mending.loss.rewritten();
    this.onProgress?.();
  }

  /** Gives the file another name. Throws what the disk throws. */
  rename(path: string): void {
    this.tail.file.rename(path);
  }

  /** Gives everything up that the device does not have, and the file, whose path is given back. */
  abandon(): string {
    this.health.state = "closed";
    this.mending.giveUp();
    this.tail.abandon();
    return this.tail.file.path;
  }

  // ---- For INFO ----

  /** Bytes of all files of the log. */
  get currentBytes(): number {
    return this.earlierBytes + this.tail.wholeBytes;
  }

  get bufferedBytes(): number {
    return this.tail.unwritten.bytes;
  }

  get rewriteBufferBytes(): number {
    return this.rewriteBuffer?.length ?? 0;
  }

  get pendingSyncs(): number {
    return this.activity.syncing || this.activity.held ? 1 : 0;
  }

  // ---- Writing ----

  /** Writes what may be written now, in the way that does not hold up the loop. */
  private pump(): void {
    if (!this.health.isOpen || this.activity.writing || this.activity.held || this.tail.unwritten.isEmpty)
      return;
    if (!this.activity.syncing) this.writeNow();
    else if (this.syncing.policy !== "always" && !this.tail.retainsTooMuch) void this.writeAside();
  }

  private writeNow(): void {
    const began = this.parts.clock.monotonicUs();
    try {
      this.tail.write(this.syncing.policy !== "no");
    } catch (error) {
      this.writeFailed(error);
    }
    this.latency(began, "aof-write", this.parts.isSharing?.() ? "aof-write-active-child" : "aof-write-alone");
  }

  private async writeAside(): Promise<void> {
    const began = this.parts.clock.monotonicUs();
    this.activity.writing = true;
    try {
      await this.tail.writeAside();
    } catch (error) {
      this.writeFailed(error);
    }
    this.activity.writing = false;
    this.latency(began, "aof-write", "aof-write-pending-fsync");
    this.settled();
  }

  private writeFailed(error: unknown): void {
    this.health.fail("full", error, "Error writing to the AOF file");
    const warning = this.tail.removePartial();
    if (warning !== null) this.parts.writeLog("warning", warning);
  }

  /** Writes and syncs everything here and now, if the disk takes it. */
  private finish(): void {
    this.tail.seal();
    this.writeNow();
    if (this.health.isOpen) this.syncing.now();
  }

  /** A sync that began then has ended, well or not. */
  private syncEnded(began: number | null): void {
    if (began !== null && this.syncing.policy === "always") this.latency(began, "aof-fsync-always");
    this.settled();
  }

  private settled(): void {
    // The first try comes at once, later ones from cron.
    if (this.health.state === "broken" && !this.mending.isBegun) void this.retry();
    this.pump();
    // Before the replies leave, which is work to do while it runs.
    this.syncing.consider();
    this.onProgress?.();
    this.activity.settled();
  }

  // ---- Failing and recovering ----

  private async retry(): Promise<void> {
    if (!this.activity.isIdle || this.activity.cutting) return;
    this.triedUs = this.parts.clock.monotonicUs();
    if (this.health.state === "broken") return this.replace();
    if (this.health.state !== "full") return;
    this.writeNow();
    if (this.tail.unwritten.isEmpty) this.recovered();
  }

  private async replace(): Promise<void> {
    // The rewrite that it belongs to begins anew.
    if (this.isProvisional) return;
    const grown = await this.mending.run(this.tail);
    if (grown !== null) {
      this.earlierBytes += grown;
      this.syncing.caughtUp();
      this.recovered();
      if (this.mending.loss.isOpen) this.onLoss?.();
    }
    this.settled();
  }

  private recovered(): void {
    this.health.recovered();
    this.pump();
    this.syncing.consider();
    this.onProgress?.();
  }

  private latency(began: number, ...events: AofLatencyEvent[]): void {
    const milliseconds = (this.parts.clock.monotonicUs() - began) / 1000;
    for (const event of events) this.onLatency?.(event, milliseconds);
  }
}
