/**
 * Annotations: lines between the commands of a log file that begin with `#`. Redis >= 7.0 and redis-check-aof skip
 * them (up to 1023 bytes a line), so a file that has them still loads there. Tidemark writes three kinds, always
 * between units, never inside MULTI and EXEC:
 *
 *     #TIDEMARK:SEAL <position> <synced> <replid> <offset> <crc>
 *     #TIDEMARK:CONTINUES ...                                     (persistence/continuation.ts)
 *     #TS:<seconds since 1970>
 *
 * A **seal** closes all bytes since the seal before it, or since the file's beginning (its RDB preamble is not
 * counted, that has a checksum of its own). So one byte changed, lost or inserted anywhere before a seal is found when
 * the file is loaded, and lies between two seals.
 *
 *  - `position`: where in the file this line begins. Bytes that are missing as a whole show here.
 *  - `synced`: up to here the file was on the device when the seal was made. Behind the last such place a power loss
 *    may leave anything; before it, whatever is wrong is damage.
 *  - `replid`, `offset`: the mark that the bytes before reach; `- 0` when there is none. An offset is never inferred
 *    from the file's bytes, since the history also has PING and the like, which no file has.
 *  - `crc`: CRC-32 of those bytes and of this line up to here, eight hexadecimal digits.
 *
 * A seal is made when a file is begun or taken over, whenever 64 KiB or a second have passed since the last one, and
 * when the file is closed; behind every block while there are replicas or a primary, for the sake of its mark. It
 * leaves with the block before it in the same write.
 */

import { crc32 } from "../util/crc32.js";
import type { Mark } from "./history.js";

export const SEAL_PREFIX = "#TIDEMARK:SEAL ";
export const TIMESTAMP_PREFIX = "#TS:";

const SEAL = /^#TIDEMARK:SEAL (\d{1,15}) (\d{1,15}) ([0-9a-f]{40}|-) (\d{1,15}) ([0-9a-f]{8})\r\n$/;
/** The checksum and the line's end. */
const UNCOVERED_BYTES = 10;

export interface Seal {
  readonly position: number;
  readonly synced: number;
  readonly mark: Mark | null;
  readonly crc: number;
  /** How many bytes of the line its checksum covers. */
  readonly covered: number;
}

/** `crc`: of the bytes since the last seal. */
export function formatSeal(position: number, synced: number, mark: Mark | null, crc: number): Buffer {
  const head = `${SEAL_PREFIX}${position} ${synced} ${mark?.replid ?? "-"} ${mark?.offset ?? 0} `;
  const checksum = crc32(Buffer.from(head), crc).toString(16).padStart(8, "0");
  return Buffer.from(`${head}${checksum}\r\n`);
}

/** The seal that the line is; null when it is none, or no whole one. */
export function parseSeal(line: string): Seal | null {
  const found = SEAL.exec(line);
  if (found === null) return null;
  const [, position, synced, replid, offset, crc] = found;
  return {
    position: Number(position),
    synced: Number(synced),
    mark: replid === "-" ? null : { replid: replid!, offset: Number(offset) },
    crc: Number.parseInt(crc!, 16),
    covered: line.length - UNCOVERED_BYTES,
  };
}

/** The time that the line notes, seconds since 1970; null when it notes none. */
export function parseTimestamp(line: string): number | null {
  const found = /^#TS:(\d{1,15})\r?\n$/.exec(line);
  return found === null ? null : Number(found[1]);
}
