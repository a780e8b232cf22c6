/** Bytes as text: comparison, case and the quoted form that Redis shows. Only ASCII letters have a case here. */

/** Above this length a native call costs less than a loop. */
const LOOP_LIMIT = 48;

/** The byte with A-Z mapped to a-z. */
export function lowerByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Whether bytes[start, end) spells `lower` (already in lower case) in any mixture of cases. */
export function equalsIgnoreCase(
  bytes: Uint8Array,
  start: number,
  end: number,
  lower: string | Uint8Array,
): boolean {
  if (end - start !== lower.length) return false;
  return typeof lower === "string"
    ? equalsLowerText(bytes, start, lower)
    : equalsLowerBytes(bytes, start, lower);
}

function equalsLowerText(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    if (lowerByte(bytes[start + i]!) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

function equalsLowerBytes(bytes: Uint8Array, start: number, lower: Uint8Array): boolean {
  for (let i = 0; i < lower.length; i++) {
    if (lowerByte(bytes[start + i]!) !== lower[i]) return false;
  }
  return true;
}

/** bytes[start, end) as a string, one character for each byte. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}

/** The text in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}

/** One byte for each character: the opposite of `latin1`. */
export function bytesOfLatin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** Whether a[aStart, aEnd) and b[bStart, bEnd) hold the same bytes. */
export function equalBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  const length = aEnd - aStart;
  if (length !== bEnd - bStart) return false;
  if (length > LOOP_LIMIT) return Buffer.compare(a.subarray(aStart, aEnd), b.subarray(bStart, bEnd)) === 0;
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/** Orders as memcmp does, a prefix before what it begins: negative, 0 or positive. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const aLength = aEnd - aStart;
  const bLength = bEnd - bStart;
  const shared = Math.min(aLength, bLength);
  if (shared > LOOP_LIMIT) return Buffer.compare(a.subarray(aStart, aEnd), b.subarray(bStart, bEnd));
  for (let i = 0; i < shared; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** bytes[start, end) in double quotes with C's escapes, all of it printable ASCII, as MONITOR and redis-cli show it. */
export function quoted(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '"';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const escaped = ESCAPES.get(byte);
    if (escaped !== undefined) text += escaped;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `${text}"`;
}
