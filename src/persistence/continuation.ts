/**
 * The head of an incr file that takes over from one whose sync has failed.
 *
 * What was written to the old file since its last good sync may or may not be on the device. So the new file begins
 * with a copy of it, and the old file is cut where the copy begins. The copy's first line says so, as an annotation
 * that Redis skips:
 *
 *     #TIDEMARK:CONTINUES <sequence number> <position> <length> <bytes> <crc>
 *
 * "Incr file <sequence number>, which has <length> bytes, ends at <position>; the next <bytes> bytes here were behind it
 * once, and this is their CRC-32." With that line each step of the change can be repeated or undone at the next start:
 * the old file is never read beyond the position, and a new file that the manifest does not name yet is found (see
 * continued-files.ts).
 */

export interface Continuation {
  /** Sequence number of the incr file that this one continues. */
  readonly seq: number;
  /** The length to which that file counts. */
  readonly position: number;
  /** The length that it has all the same until it is cut. One that is longer has been written to by somebody else. */
  readonly length: number;
  /** Bytes behind this line that are a copy. */
  readonly carried: number;
  /** Their CRC-32. */
  readonly crc: number;
}

/** More than the line ever has. */
export const CONTINUATION_BYTES = 128;

const LINE = /^#TIDEMARK:CONTINUES (\d{1,15}) (\d{1,15}) (\d{1,15}) (\d{1,15}) ([0-9a-f]{8})\r\n/;

export function formatContinuation({ seq, position, length, carried, crc }: Continuation): string {
  return `#TIDEMARK:CONTINUES ${seq} ${position} ${length} ${carried} ${crc.toString(16).padStart(8, "0")}\r\n`;
}

/** The continuation that a file with this beginning is, and the length of its line; null when it is none. */
export function parseContinuation(head: string): (Continuation & { readonly lineBytes: number }) | null {
  const found = LINE.exec(head);
  if (found === null) return null;
  const [line, seq, position, length, carried, crc] = found;
  return {
    seq: Number(seq),
    position: Number(position),
    length: Number(length),
    carried: Number(carried),
    crc: Number.parseInt(crc!, 16),
    lineBytes: line.length,
  };
}
