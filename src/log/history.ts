/**
 * Which history the dataset belongs to: Redis's replication ids.
 *
 * A position in the log means something only together with the id of the history that it is a position of: a `Mark`.
 * Two servers that are at the same mark have the same data. A history goes on under a new id in two cases, and the old
 * one stays known as the second id, up to the offset where the two part:
 *
 *  - a replica is promoted: its siblings, which know the old id, may continue from it if they were not ahead of it;
 *  - a primary starts again from files: what it had sent to replicas and had not stored is lost, and it must not reuse
 *    offsets for other bytes. A replica that has no more than the files had may continue.
 *
 * While nobody listens to the log its offset stands still although the dataset changes (log.ts). The id must then be
 * given up before anybody may ask for that offset: `Log.listen` notes whether it happened, `renew` is the answer.
 */

import type { Chance } from "../platform/chance.js";
import { randomId } from "../platform/chance.js";

/** A place in one history. */
export interface Mark {
  /** 40 hexadecimal digits. */
  readonly replid: string;
  /** Bytes of the history before this place. */
  readonly offset: number;
}

export const NO_REPLID = "0".repeat(40);

export class History {
  /** The id of the history that the log goes on with. */
  replid: string;
  /** The history that this one grew out of; zeros when there is none. */
  replid2 = NO_REPLID;
  /** The first offset, counted from 1 as PSYNC does, at which `replid2` no longer holds; -1 without one. */
  secondReplidOffset = -1;

  constructor(private readonly chance: Chance) {
    this.replid = randomId(chance);
  }

  /** A history of its own: nobody can continue from what was before. */
  renew(): void {
    this.replid = randomId(this.chance);
    this.forgetSecond();
  }

  /** Goes on under a new id from `offset`; who knows the old id may follow as long as it is not beyond. */
  branch(offset: number): void {
    this.replid2 = this.replid;
    this.secondReplidOffset = offset + 1;
    this.replid = randomId(this.chance);
  }

  /** The dataset was loaded and is at the mark: goes on from it under a new id, as a primary does after a restart. */
  branchFrom({ replid, offset }: Mark): void {
    this.replid = replid;
    this.branch(offset);
  }

  /** Takes over the history of a primary that this server follows. */
  adopt(replid: string): void {
    this.replid = replid;
  }

  /** The primary goes on under another id behind `offset`; who knows the old one may follow up to there. */
  rename(replid: string, offset: number): void {
    this.replid2 = this.replid;
    this.secondReplidOffset = offset + 1;
    this.replid = replid;
  }

  /**
   * The mark of this place by which others know it best. Where nothing has followed the last change of the id, the place is
   * one of both histories, and mostly it is the old one that others have.
   */
  known(offset: number): Mark {
    const isBoth = this.secondReplidOffset === offset + 1;
    return { replid: isBoth ? this.replid2 : this.replid, offset };
  }

  /** What was before can no longer be continued. */
  forgetSecond(): void {
    this.replid2 = NO_REPLID;
    this.secondReplidOffset = -1;
  }

  /**
   * Whether the stream from `offset` (the first byte wanted, counted from 1) of the history `replid` is the stream of
   * this one. Ids are compared without regard to case, as Redis does.
   */
  includes(replid: string, offset: number): boolean {
    const id = replid.toLowerCase();
    return id === this.replid || (id === this.replid2 && offset <= this.secondReplidOffset);
  }
}
