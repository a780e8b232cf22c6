/** Whether two replies are the same in the sense that a step of a script asks for, and how to show that they are not. */

import type { Reply } from "./reply.js";
import type { Comparison } from "./script.js";
import { quoted } from "./words.js";

/** null when the replies agree, or what is wrong, in lines. */
export function difference(comparison: Comparison, oracle: Reply, ours: Reply): string | null {
  switch (comparison.kind) {
    case "ignore":
      return null;
    case "exact":
      return oracle.raw.equals(ours.raw) ? null : sides(oracle, ours);
    case "unordered":
      return sorted(oracle, 1).equals(sorted(ours, 1)) ? null : sides(oracle, ours);
    case "pairs":
      return sorted(oracle, 2).equals(sorted(ours, 2)) ? null : sides(oracle, ours);
    case "scan":
      return sameScan(comparison.width, oracle, ours) ? null : sides(oracle, ours);
    case "type":
      return oracle.type === ours.type ? null : sides(oracle, ours);
    case "match":
    case "until":
      return mismatch(comparison.pattern, oracle, ours);
    case "near":
      return isNear(comparison.distance, oracle, ours) ? null : sides(oracle, ours);
    case "newer":
      return newer(comparison.why, comparison.reply, oracle, ours);
  }
}

function sides(oracle: Reply, ours: Reply): string {
  return `    redis-server: ${shown(oracle)}\n    tidemark:     ${shown(ours)}`;
}

/** The head of the reply, then its elements (in groups of `width`) in the order of their bytes. */
function sorted(reply: Reply, width: number): Buffer {
  if (reply.items.length === 0) return reply.raw;
  const step = reply.type === "%" ? 2 : width;
  const groups: Buffer[] = [];
  for (let i = 0; i < reply.items.length; i += step)
    groups.push(Buffer.concat(reply.items.slice(i, i + step).map((item) => item.raw)));
  return Buffer.concat([Buffer.from(`${reply.type}${reply.items.length}`), ...groups.sort(Buffer.compare)]);
}

function sameScan(width: 1 | 2, oracle: Reply, ours: Reply): boolean {
  const [cursor, elements] = oracle.items;
  const [ourCursor, ourElements] = ours.items;
  if (cursor === undefined || elements === undefined) return oracle.raw.equals(ours.raw);
  if (ourCursor === undefined || ourElements === undefined) return false;
  return cursor.raw.equals(ourCursor.raw) && sorted(elements, width).equals(sorted(ourElements, width));
}

function mismatch(pattern: RegExp, oracle: Reply, ours: Reply): string | null {
  const wrong = [oracle, ours].some((reply) => !pattern.test(reply.raw.toString("latin1")));
  return wrong ? `    not both match ${pattern}\n${sides(oracle, ours)}` : null;
}

function isNear(distance: number, oracle: Reply, ours: Reply): boolean {
  if (oracle.raw.equals(ours.raw)) return true;
  const [theirs, value] = [Number(oracle.value), Number(ours.value)];
  return oracle.type === ours.type && theirs < 0 === value < 0 && Math.abs(theirs - value) <= distance;
}

function newer(why: string, expected: Buffer, oracle: Reply, ours: Reply): string | null {
  if (oracle.raw.equals(expected))
    return `    redis-server 7.0 answers this too, so it is no difference (${why})`;
  if (ours.raw.equals(expected)) return null;
  return `    redis 7.2:    ${quoted(expected)} (${why})\n    tidemark:     ${shown(ours)}`;
}

const LONGEST = 600;

/** The raw bytes, quoted; a long reply is cut in the middle. */
function shown(reply: Reply): string {
  const text = quoted(reply.raw);
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST / 2)} ... ${text.slice(-LONGEST / 2)} (${reply.raw.length} bytes)`;
}
