/**
 * The history of the dataset: every write since the server started, in order, as RESP commands, encoded once. It is
 * the replication stream, and its offsets are replication offsets.
 *
 * The engine appends atomic units while a turn of the event loop runs. At the turn's end the server takes the turn's
 * bytes as blocks and gives each to the sinks: the append-only file, the replicas. All sinks see the same memory;
 * nothing is copied after `append`. A sink holds a block for as long as it needs the bytes (until they are on the
 * device, until the replica has them), then releases it.
 *
 * Blocks lie one behind the other in segments of a fixed size, which go round: when the last block in a segment is
 * released, the segment is free for later turns. In the usual case, where the kernel takes a turn's bytes at once, the
 * same few kilobytes are used again every turn and stay in the processor's cache. A unit that does not fit into what
 * is left of a segment starts the next one, so a turn may make more than one block; a unit larger than a segment gets
 * one of its own. So a block always holds whole units.
 *
 * **Audience.** What has no effect on the dataset is for the replicas alone: PING, REPLCONF GETACK, PUBLISH. What the
 * clients of a writable replica write is for its file alone: it has no place in the primary's stream, so it stands in
 * the file at the offset of the byte before it. All else is for both. A unit that has something for the replicas among
 * its effects (a PUBLISH inside MULTI) comes in two forms, one for each, that end at one offset. A change of audience
 * ends a block. So an offset can never be told from the file's bytes; the file keeps marks for that.
 *
 * **Offsets.** The offset moves by the bytes that are appended, and bytes are appended while anybody listens: the file,
 * or the replicas (from the first one that attached until the backlog is given up). While nobody does, the dataset
 * changes and the offset stands still; whoever begins to listen then learns of it from `listen`, and the history needs
 * a new id (history.ts). Redis moves its offset by one for each command while only the file listens; nobody can ask
 * for those offsets, so there is no difference that can be seen from outside but in INFO.
 */

import { encodeCommand } from "../resp/request.js";
import { copy, viewed } from "../util/copy.js";
import { LogBlock, type Segment } from "./block.js";

const NO_BYTES = new Uint8Array(0);
const SEGMENT_BYTES = 1024 * 1024;
/**
 * So many free segments stay for the next wave of writes, as many as wait for a sync of the file in a steady load. What
 * is given back is the system's only after a garbage collection, so giving back what is soon needed again takes more.
 */
const KEPT_FREE = 4;

/** Whom bytes are for. */
export type Audience = "all" | "replicas" | "file";

/** Whether the file takes a unit that the replicas take, too; or in which other form it does. */
export type FileForm = boolean | Uint8Array;

/** Who takes the log's bytes. */
export type Listener = "file" | "replicas";

export class Log {
  /** Whether anyone listens. While not, `append` does nothing and offsets do not move. */
  enabled = false;
  /** Nothing is logged: what is executed now is read from a log (see Replayer). */
  private mutes = 0;
  /** The history is that of a primary that this server follows; see `follow`. */
  private following = false;
  private fileListens = false;
  private replicasListen = false;
  /** Whether the dataset may have changed while the offset stood still. */
  private unseen = true;

  private total = 0;
  private fileTotal = 0;
  private fileLength = 0;
  private selectedDb = -1;
  private readonly selects: Uint8Array[] = [];

  private current: Segment;
  /** Where the block that is being filled starts, and the database selected there. */
  private blockStart = 0;
  private blockDatabase = -1;
  private blockAudience: Audience = "all";
  /** Full blocks of this turn, oldest first. */
  private readonly ready: LogBlock[] = [];

  private readonly freeSegments: Segment[] = [];
  private readonly freeBlocks: LogBlock[] = [];
  /** The fewest segments that have been free since the last `trim`. */
  private leastFree = 0;
  private allocated = 0;
  /** Bytes of memory that were ever given back by `trim`. */
  droppedBytes = 0;

  constructor(private readonly segmentBytes = SEGMENT_BYTES) {
    this.current = this.newSegment(segmentBytes);
  }

  /** The replication offset: bytes of this history so far. */
  get offset(): number {
    return this.total;
  }

  /** The offset behind the last byte that the append-only file takes: what a reply waits for. */
  get fileOffset(): number {
    return this.fileTotal;
  }

  /** How many bytes the file has been given: more after each unit that it has to store. */
  get fileBytes(): number {
    return this.fileLength;
  }

  /** Whether other servers have this history: replicas of ours, or a primary whose stream it is. */
  get isShared(): boolean {
    return this.replicasListen || this.following;
  }

  /** Whether the replicas listen. */
  get hasReplicas(): boolean {
    return this.replicasListen;
  }

  /** Whether anybody takes what is for the replicas alone: it has no place in a primary's stream. */
  get tellsReplicas(): boolean {
    return this.enabled && this.replicasListen && !this.following;
  }

  /**
   * Somebody begins or ceases to listen. Returns whether the dataset may have changed unseen since the offset stood
   * still: then the offset means nothing under the history's id, and a new one is needed.
   */
  listen(listener: Listener, listens: boolean): boolean {
    if (listener === "file") this.fileListens = listens;
    else this.replicasListen = listens;
    const isHeard = this.fileListens || this.replicasListen;
    const unseen = this.unseen;
    this.unseen = !isHeard;
    this.settle();
    return unseen;
  }

  /** While muted nothing is logged, since it comes from the log. May be nested. */
  mute(muted: boolean): void {
    this.mutes += muted ? 1 : -1;
    this.settle();
  }

  /**
   * The server begins or ceases to follow a primary. While it does the history is the primary's, byte for byte: it
   * comes through `appendStream`, and what the server itself has done is for its own file alone.
   */
  follow(follows: boolean): void {
    this.following = follows;
    this.settle();
    // The next effect of our own selects its database, whatever the primary's stream had selected.
    this.forgetDatabase();
  }

  private settle(): void {
    const isHeard = this.fileListens || (this.replicasListen && !this.following);
    this.enabled = isHeard && this.mutes === 0;
  }

  /**
   * The dataset was loaded and is at this offset; the next byte follows it, so whoever listens must begin before the
   * next change. What was appended before must have been taken, and sinks that know older offsets must begin anew.
   * `database` is the one that a primary's stream has selected there.
   */
  startAt(offset: number, database = -1): void {
    this.total = offset;
    this.fileTotal = offset;
    this.selectedDb = database;
    this.unseen = false;
  }

  /**
   * Appends one atomic unit, `bytes[start..end)`, which is RESP and begins in database `db`. A unit of several
   * commands comes wrapped in MULTI and EXEC; one that selects other databases itself ends in `dbAfter`. The bytes
   * are copied.
   *
   * `db` -1: the bytes need no database; nothing is put before them.
   */
  append(
    db: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    dbAfter: number = db,
    forFile: FileForm = true,
  ): void {
    if (!this.enabled || !(forFile || this.replicasListen)) return;
    if (this.following) {
      if (forFile) this.appendOwn(db, bytes, start, end, dbAfter);
      return;
    }
    const select = db === -1 || db === this.selectedDb ? NO_BYTES : this.selectOf(db);
    this.makeRoom(select.length + end - start + bytesOf(forFile));
    // The file needs it even when what follows is not for the file.
    if (select.length > 0) this.put(select, 0, select.length, "all");
    if (db !== -1) this.selectedDb = db;
    this.putUnit(bytes, start, end, forFile);
    if (dbAfter !== -1) this.selectedDb = dbAfter;
    this.leaveLargeSegment();
  }

  /** `append` while the log is a primary's stream, which goes on in the database that it has selected. */
  private appendOwn(db: number, bytes: Uint8Array, start: number, end: number, dbAfter: number): void {
    const before = db === this.selectedDb ? NO_BYTES : this.selectOf(db);
    // Where the stream has selected none, it does so before it goes on.
    const isBack = dbAfter === this.selectedDb || this.selectedDb === -1;
    const after = isBack ? NO_BYTES : this.selectOf(this.selectedDb);
    this.makeRoom(before.length + end - start + after.length);
    this.put(before, 0, before.length, "file");
    this.put(bytes, start, end, "file");
    this.put(after, 0, after.length, "file");
    this.leaveLargeSegment();
  }

  /**
   * Appends whole units of the stream of the primary that this server follows, as they came; `dbAfter` is the database
   * that they leave selected.
   */
  appendStream(bytes: Uint8Array, start: number, end: number, dbAfter: number, forFile: FileForm): void {
    this.makeRoom(end - start + bytesOf(forFile));
    this.putUnit(bytes, start, end, forFile);
    this.selectedDb = dbAfter;
    this.leaveLargeSegment();
  }

  /** The next append selects its database first: for a new file. Nothing can be put into a primary's stream. */
  forgetDatabase(): void {
    if (!this.following) this.selectedDb = -1;
  }

  /** The database that is selected behind the last byte; -1 for none. */
  get database(): number {
    return this.selectedDb;
  }

  /** The database that is selected before the first byte of the next block to be taken; -1: it selects one itself. */
  get databaseBeforeNext(): number {
    const ready = this.ready[0];
    if (ready !== undefined) return ready.database;
    return this.current.used > this.blockStart ? this.blockDatabase : this.selectedDb;
  }

  /**
   * The oldest block that has not been taken, or null when there is none; call it until then. The caller holds the
   * block once.
   */
  take(): LogBlock | null {
    return this.ready.length > 0 ? this.ready.shift()! : this.seal();
  }

  /** One more holder of the block. */
  retain(block: LogBlock): void {
    block.holders++;
  }

  /** One holder less; the last one gives the memory back. */
  release(block: LogBlock): void {
    if (--block.holders > 0) return;
    const segment = block.segment;
    this.freeBlocks.push(block);
    if (--segment.holders === 1 && segment === this.current && this.blockStart === segment.used) {
      segment.used = 0;
      this.blockStart = 0;
    } else if (segment.holders === 0) {
      this.recycle(segment);
    }
  }

  /** Gives memory back that has not been needed since the last call; called about once a second. */
  trim(): void {
    const dropped = Math.max(0, this.leastFree - KEPT_FREE);
    this.freeSegments.length -= dropped;
    this.allocated -= dropped * this.segmentBytes;
    this.droppedBytes += dropped * this.segmentBytes;
    this.leastFree = this.freeSegments.length;
  }

  /** Bytes of memory that the log has, in use or free. */
  get memoryBytes(): number {
    return this.allocated;
  }

  /** Makes room for so many bytes in one segment. */
  private makeRoom(length: number): void {
    if (this.current.bytes.length - this.current.used < length) this.startSegment(length);
  }

  /** Goes on in an ordinary segment, if the current one was made for a large unit. */
  private leaveLargeSegment(): void {
    if (this.current.bytes.length > this.segmentBytes) this.startSegment(0);
  }

  private putUnit(bytes: Uint8Array, start: number, end: number, forFile: FileForm): void {
    if (typeof forFile === "boolean" || !this.fileListens) {
      this.put(bytes, start, end, forFile ? "all" : "replicas");
      return;
    }
    // Both end at the offset that the replicas' form leads to, and it is the file's form that a reply waits for.
    this.put(forFile, 0, forFile.length, "file", end - start);
    this.put(bytes, start, end, "replicas", 0);
  }

  /** Puts bytes, for which there is room, into a block for their audience, and moves the offset by `counted`. */
  private put(
    bytes: Uint8Array,
    start: number,
    end: number,
    audience: Audience,
    counted = audience === "file" ? 0 : end - start,
  ): void {
    const segment = this.current;
    if (audience !== this.blockAudience) {
      this.endBlock();
      this.blockAudience = audience;
    }
    if (this.blockStart === segment.used) this.blockDatabase = this.selectedDb;
    copy(bytes, start, end, segment.bytes, segment.used);
    segment.used += end - start;
    this.total += counted;
    if (audience === "replicas") return;
    this.fileTotal = this.total;
    this.fileLength += end - start;
  }

  private endBlock(): void {
    const block = this.seal();
    if (block !== null) this.ready.push(block);
  }

  /** Ends the block that is being filled. */
  private seal(): LogBlock | null {
    const segment = this.current;
    if (segment.used === this.blockStart) return null;
    const block = this.freeBlocks.pop() ?? new LogBlock(segment);
    block.segment = segment;
    block.bytes = segment.bytes;
    block.start = this.blockStart;
    block.end = segment.used;
    block.endOffset = this.total;
    block.database = this.blockDatabase;
    block.audience = this.blockAudience;
    block.holders = 1;
    segment.holders++;
    this.blockStart = segment.used;
    return block;
  }

  private startSegment(length: number): void {
    this.endBlock();
    const old = this.current;
    if (--old.holders === 0) this.recycle(old);
    this.current = this.newCurrent(length);
    this.blockStart = 0;
  }

  private newCurrent(length: number): Segment {
    if (length > this.segmentBytes) return this.newSegment(length);
    const segment = this.freeSegments.pop() ?? this.newSegment(this.segmentBytes);
    if (this.freeSegments.length < this.leastFree) this.leastFree = this.freeSegments.length;
    segment.holders = 1;
    segment.used = 0;
    return segment;
  }

  private recycle(segment: Segment): void {
    if (segment.bytes.length === this.segmentBytes) this.freeSegments.push(segment);
    else this.allocated -= segment.bytes.length;
  }

  private newSegment(bytes: number): Segment {
    this.allocated += bytes;
    return { bytes: viewed(Buffer.allocUnsafeSlow(bytes)), used: 0, holders: 1 };
  }

  private selectOf(db: number): Uint8Array {
    let select = this.selects[db];
    if (select === undefined) {
      select = encodeCommand(["SELECT", String(db)]);
      this.selects[db] = select;
    }
    return select;
  }
}

/** Bytes of a form of its own. */
function bytesOf(forFile: FileForm): number {
  return typeof forFile === "boolean" ? 0 : forFile.length;
}
