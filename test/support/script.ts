/**
 * The notation of `sameReplies`. A line is a command in redis-cli's quoting; before it may stand
 *
 *   @2              the connection it goes over (default @0; each is opened when first used)
 *   ~unordered      the elements of the reply (at the top) may come in any order
 *   ~pairs          the same for pairs: a RESP2 HGETALL, or a map
 *   ~ignore         any reply will do
 *   ~type           a reply of the same type will do
 *   ~match REGEX    both replies match; the regex sees the raw reply as Latin-1
 *   ~until REGEX    the command is sent again and again until the reply matches, on both servers
 *   ~near N         integers may differ by N, but not in sign
 *   ~replies N      the command has N replies (SUBSCRIBE a b)
 *   ~silent         the command has no reply
 *   ~block          the command blocks; the next line goes on when both servers report it blocked
 *   ~raw            the one argument is sent as it is, without framing
 *   ~7.2 WHY REPLY  Redis 7.2 answers REPLY (raw bytes) where 7.0 answers otherwise
 *
 * What counts down by itself needs no prefix: the replies of TTL and PTTL may differ as much as two servers on a busy
 * machine do (`DRIFT`), but not in sign.
 *
 * Three lines have no command: `~read` takes the next reply of the connection, `~closed` expects that the server closes
 * it, `~wait N` lets N milliseconds pass. `# text` is a comment, `=== title` begins a case on empty databases and new
 * connections.
 */

import { splitWords } from "./words.js";

export type Comparison =
  | { readonly kind: "exact" | "unordered" | "pairs" | "ignore" | "type" }
  | { readonly kind: "match" | "until"; readonly pattern: RegExp }
  /** Of SCAN and its kin: the cursor, and elements or groups of so many in any order. */
  | { readonly kind: "scan"; readonly width: 1 | 2 }
  | { readonly kind: "near"; readonly distance: number }
  | { readonly kind: "newer"; readonly why: string; readonly reply: Buffer };

export interface Step {
  /** The line as written, and its number in the script. */
  readonly line: string;
  readonly number: number;
  readonly connection: number;
  readonly action: "command" | "raw" | "read" | "closed" | "wait";
  readonly words: readonly Buffer[];
  readonly comparison: Comparison;
  readonly replies: number;
  /** Whether to wait until the servers say that the command blocks. */
  readonly blocks: boolean;
  readonly waitMs: number;
}

export interface Case {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Reads a script. Throws on a line that makes no sense, with the line. */
export function parseScript(title: string, script: string): Case[] {
  const cases: Case[] = [];
  let current: { title: string; steps: Step[] } = { title, steps: [] };
  for (const [index, raw] of script.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("===")) {
      if (current.steps.length > 0) cases.push(current);
      current = { title: line.replace(/^=+\s*/, ""), steps: [] };
    } else current.steps.push(parseStep(line, index + 1));
  }
  if (current.steps.length > 0) cases.push(current);
  return cases;
}

interface Draft {
  connection: number;
  action: Step["action"];
  comparison: Comparison;
  replies: number;
  blocks: boolean;
  waitMs: number;
}

type Modifier = (draft: Draft, next: () => Buffer) => void;

const MODIFIERS: Readonly<Record<string, Modifier>> = {
  "~unordered": (draft) => void Object.assign(draft, { comparison: { kind: "unordered" } }),
  "~pairs": (draft) => void Object.assign(draft, { comparison: { kind: "pairs" } }),
  "~ignore": (draft) => void Object.assign(draft, { comparison: { kind: "ignore" } }),
  "~type": (draft) => void Object.assign(draft, { comparison: { kind: "type" } }),
  "~match": (draft, next) => {
    draft.comparison = { kind: "match", pattern: new RegExp(next().toString("latin1"), "s") };
  },
  "~until": (draft, next) => {
    draft.comparison = { kind: "until", pattern: new RegExp(next().toString("latin1"), "s") };
  },
  "~near": (draft, next) => {
    draft.comparison = { kind: "near", distance: Number(next()) };
  },
  "~7.2": (draft, next) => {
    draft.comparison = { kind: "newer", why: next().toString(), reply: next() };
  },
  "~replies": (draft, next) => {
    draft.replies = Number(next());
  },
  "~silent": (draft) => {
    draft.replies = 0;
  },
  "~block": (draft) => {
    draft.replies = 0;
    draft.blocks = true;
  },
  "~raw": (draft) => {
    draft.action = "raw";
  },
  "~read": (draft) => {
    draft.action = "read";
  },
  "~closed": (draft) => {
    draft.action = "closed";
  },
  "~wait": (draft, next) => {
    draft.action = "wait";
    draft.waitMs = Number(next());
  },
};

/** How far apart the two servers' replies may be, in the command's unit. */
const DRIFT: Readonly<Record<string, number>> = { TTL: 2, PTTL: 2000 };

function parseStep(line: string, number: number): Step {
  const words = splitWords(line);
  const draft: Draft = {
    connection: 0,
    action: "command",
    comparison: { kind: "exact" },
    replies: 1,
    blocks: false,
    waitMs: 0,
  };
  const next = (): Buffer => {
    const word = words.shift();
    if (word === undefined) throw new Error(`Line ${number}: something is missing: ${line}`);
    return word;
  };
  while (words.length > 0 && /^[@~]/.test(words[0]?.toString() ?? "")) applyPrefix(draft, next, line, number);
  const needsCommand = draft.action === "command" || draft.action === "raw";
  if (needsCommand !== words.length > 0) throw new Error(`Line ${number} makes no sense: ${line}`);
  const drift = DRIFT[words[0]?.toString().toUpperCase() ?? ""];
  if (drift !== undefined && draft.comparison.kind === "exact")
    draft.comparison = { kind: "near", distance: drift };
  return { ...draft, line, number, words };
}

function applyPrefix(draft: Draft, next: () => Buffer, line: string, number: number): void {
  const word = next().toString();
  if (/^@\d+$/.test(word)) {
    draft.connection = Number(word.slice(1));
    return;
  }
  const modifier = MODIFIERS[word];
  if (modifier === undefined) throw new Error(`Line ${number}: unknown prefix ${word}: ${line}`);
  modifier(draft, next);
}
