/** Makes the annotations of a file that is being written (log/seal.ts): when which one is due, and what it says. */

import type { Mark } from "../log/history.js";
import { formatSeal, TIMESTAMP_PREFIX } from "../log/seal.js";
import type { Clock } from "../platform/clock.js";
import { crc32 } from "../util/crc32.js";
import { Annotation } from "./annotation.js";
import type { Piece } from "./block-queue.js";

const NO_BYTES = Buffer.alloc(0);
const SEAL_BYTES = 64 * 1024;
const SEAL_US = 1_000_000;

export interface SealingParts {
  readonly clock: Clock;
  /** The mark at an offset of the log that is the end of a block, or null when the history has no name. */
  readonly markAt: (offset: number) => Mark | null;
  /** The directive `aof-annotations`: without it there are no seals. */
  readonly seals: boolean;
  /**
   * Whether others have the same history: then every block gets a mark, so that after a crash this server knows where
   * in it the file ends.
   */
  readonly isShared: () => boolean;
  /** The directive `aof-timestamp-enabled` at present. */
  readonly timestamps: () => boolean;
}

export class Sealing {
  /** Where the next byte will be in the file. */
  private position = 0;
  private crc = 0;
  private unsealed = 0;
  /** The log has gone on behind the last seal's mark, by bytes that are not for the file. */
  private passed = false;
  private sealedUs: number;
  private noted = 0;
  /** Added and not in the checksum yet, a run of memory: bytes[start..end). One call for many blocks costs less. */
  private bytes: Buffer = NO_BYTES;
  private start = 0;
  private end = 0;

  constructor(private readonly parts: SealingParts) {
    this.sealedUs = parts.clock.monotonicUs();
  }

  /** A file begins, or goes on behind `unsealed` bytes whose checksum is `crc`. */
  begin(position: number, unsealed: number, crc: number): void {
    this.position = position;
    this.unsealed = unsealed;
    this.crc = crc;
    this.forgetTime();
    this.start = this.end;
  }

  /** What comes next is the first of a file: it says its time. */
  forgetTime(): void {
    this.noted = 0;
  }

  /** These bytes come next. They may be looked at until `sum`. */
  add({ bytes, start, end }: Piece): void {
    this.position += end - start;
    this.unsealed += end - start;
    if (bytes !== this.bytes || start !== this.end) {
      this.sum();
      this.bytes = bytes;
      this.start = start;
    }
    this.end = end;
  }

  /** Takes what has been added into the checksum: its memory is about to be used again. */
  sum(): void {
    if (this.start === this.end) return;
    if (this.parts.seals) this.crc = crc32(this.bytes.subarray(this.start, this.end), this.crc);
    this.start = this.end;
  }

  /** Bytes that are not for the file come next: replicas may be beyond the last mark because of them. */
  passOver(): void {
    this.passed = true;
  }

  /** The time, if it has to be noted before what comes next at this offset of the log. */
  timestamp(offset: number): Annotation | null {
    if (!this.parts.timestamps()) return null;
    const seconds = Math.floor(this.parts.clock.now() / 1000);
    if (seconds <= this.noted) return null;
    this.noted = seconds;
    return new Annotation(Buffer.from(`${TIMESTAMP_PREFIX}${seconds}\r\n`), offset, false);
  }

  /** Whether so much has been written, or written so long ago, that it is time for a seal. */
  get isDue(): boolean {
    if (!this.parts.seals || (this.unsealed === 0 && !this.passed)) return false;
    if (this.unsealed >= SEAL_BYTES || this.parts.isShared()) return true;
    return this.parts.clock.monotonicUs() - this.sealedUs >= SEAL_US;
  }

  /** Whether there is anything that no seal covers, or nothing at all yet. */
  get isWanted(): boolean {
    return this.parts.seals && (this.unsealed > 0 || this.passed || this.position === 0);
  }

  /** A seal for what has been added, at this offset of the log; `synced`: the part of the file that the device has. */
  seal(offset: number, synced: number): Annotation {
    this.sum();
    const line = formatSeal(this.position, synced, this.parts.markAt(offset), this.crc);
    this.position += line.length;
    this.unsealed = 0;
    this.passed = false;
    this.crc = 0;
    this.sealedUs = this.parts.clock.monotonicUs();
    return new Annotation(line, offset, true);
  }
}
