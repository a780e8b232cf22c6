/**
 * The primary's stream as its replica applies it: commands run straight from the network's buffer, and the very bytes
 * go into the log, whole units at a time. So the own append-only file, the own backlog and the replicas below have the
 * primary's bytes at the primary's offsets.
 *
 * What a read has brought goes into the log in one piece for each audience, and a transaction that has something for the
 * replicas alone (PUBLISH) as a piece of its own, with that cut out for the file. A transaction counts when its EXEC has
 * come: until then the offset stands before its MULTI, so that after a loss of the link it comes again as a whole.
 *
 * A client of this replica that has waited for a key is served behind the unit that has brought it, before the next one
 * is applied, and what it does has its place there in the own file. A pause of the clients holds the stream as well, as in
 * Redis: what comes meanwhile is kept.
 */

import type { Log } from "../../log/log.js";
import { type DecoderLimits, ProtocolError, RequestDecoder } from "../../resp/decoder.js";
import type { Request } from "../../resp/request.js";
import { cutOut, type Range } from "../../util/cut-out.js";
import type { PrimaryLink, StreamTarget } from "./dataset.js";

/** A primary may send whatever it holds. */
const LIMITS: DecoderLimits = { bulkBytesMax: Number.MAX_SAFE_INTEGER, authenticated: true };
const NO_BYTES = Buffer.alloc(0);

export class Stream {
  private readonly decoder = new RequestDecoder(LIMITS);
  /** Bytes of an open transaction that came with earlier reads. */
  private held = NO_BYTES;
  /** What in the open transaction is for the replicas alone, counted from its MULTI. */
  private told: Range[] = [];
  /** What is applied and not in the log yet: the decoder's bytes from here, up to the end of the last unit. */
  private from = 0;
  private to = 0;
  private forFile = true;
  /** What is selected there. */
  private database: number;

  /** `database` is what the stream has selected where it goes on. */
  constructor(
    private readonly target: StreamTarget,
    private readonly log: Log,
    database: number,
    link: PrimaryLink,
  ) {
    target.begin(database, link);
    this.database = target.database;
  }

  /** Applies what is whole of the bytes, and keeps the rest. Throws a ProtocolError. */
  feed(bytes: Buffer, start: number, end: number): void {
    this.decoder.feed(bytes, start, end);
    this.proceed();
  }

  /** Applies what is there, unless a pause still holds it. Throws a ProtocolError. */
  proceed(): void {
    const { decoder, target } = this;
    target.beginRead();
    try {
      this.from = decoder.position;
      this.to = this.from;
      if (!target.isPaused) this.applyWhole();
      this.flush();
      if (target.insideTransaction) this.hold();
      decoder.settle();
    } finally {
      target.endRead();
    }
  }

  private applyWhole(): void {
    const { decoder, target } = this;
    while (decoder.next()) {
      const { request } = decoder;
      if (request.bytes !== decoder.buffer)
        throw new ProtocolError("Master using the inline protocol. Desync?");
      const wasInside = target.insideTransaction;
      target.apply(request);
      if (target.insideTransaction) {
        if (target.wasForReplicasAlone) this.noteTold(request);
        continue;
      }
      const forFile = wasInside || !target.wasForReplicasAlone;
      if (this.held.length > 0 || this.told.length > 0) this.appendTransaction();
      else if (forFile !== this.forFile) {
        this.flush();
        this.forFile = forFile;
      }
      this.to = decoder.position;
      this.database = target.database;
      if (!target.hasReadyKeys) continue;
      this.flush();
      target.serveReadyKeys();
    }
  }

  private noteTold({ start, end }: Request): void {
    const before = this.held.length - this.to;
    this.told.push({ start: before + start, end: before + end });
  }

  /** Puts what is applied into the log. */
  private flush(): void {
    if (this.to > this.from) {
      this.log.appendStream(this.decoder.buffer, this.from, this.to, this.database, this.forFile);
    }
    this.from = this.to;
  }

  /** A transaction has ended that begins in earlier reads, or that the file takes in another form. */
  private appendTransaction(): void {
    this.flush();
    const end = this.decoder.position;
    const unit = Buffer.concat([this.held, this.decoder.buffer.subarray(this.from, end)]);
    const forFile = this.told.length === 0 || cutOut(unit, 0, unit.length, this.told);
    this.log.appendStream(unit, 0, unit.length, this.target.database, forFile);
    this.held = NO_BYTES;
    this.told = [];
    this.forFile = true;
    this.from = end;
  }

  private hold(): void {
    const end = this.decoder.position;
    this.held = Buffer.concat([this.held, this.decoder.buffer.subarray(this.from, end)]);
  }
}
