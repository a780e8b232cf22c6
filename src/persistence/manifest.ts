/**
 * The manifest of a multi-part append-only file: which files make up the log, in which order.
 *
 * One line a file, `file NAME seq NUMBER type LETTER`, where the letter is `b` (base: a state), `i` (incr: the writes
 * after it) or `h` (history: replaced, to be deleted). A line that starts with `#` is a comment. Names are written as
 * redis.conf writes strings: in double quotes with escapes where they hold anything unusual. Pairs may come in any
 * order, keys in any case, and keys that are not known are skipped: that is the room for later versions. Grammar,
 * checks and error texts are those of Redis 7.
 */

import { byteString, quote, splitArguments, textOf, trimLine } from "../config/parse.js";
import { latin1 } from "../util/ascii.js";

export type FileType = "b" | "i" | "h";

export interface ManifestFile {
  readonly name: string;
  readonly seq: number;
  readonly type: FileType;
}

/** What is wrong with a manifest, in Redis's words; `line` counts from 1 (0: the file as a whole). */
export class ManifestError extends Error {
  constructor(
    message: string,
    readonly line = 0,
    readonly text = "",
  ) {
    super(message);
  }
}

/** The longest line that Redis reads, without its end. */
const LINE_BYTES = 1023;
const INVALID = "Invalid AOF manifest file format";

/** Whether a file of the history was an incr file once: its name says so. */
export function isIncr({ name }: ManifestFile): boolean {
  return name.endsWith(".incr.aof");
}

/** The files of the log. Never changed: a later state is a new object. */
export class Manifest {
  constructor(
    readonly base: ManifestFile | null,
    /** In order; sequence numbers grow. */
    readonly incrs: readonly ManifestFile[],
    readonly history: readonly ManifestFile[] = [],
  ) {}

  /** Nothing recorded yet. */
  get isEmpty(): boolean {
    return this.base === null && this.incrs.length === 0;
  }

  /** Base and incr files in the order in which they are loaded. */
  get files(): readonly ManifestFile[] {
    return this.base === null ? this.incrs : [this.base, ...this.incrs];
  }

  get lastIncr(): ManifestFile | null {
    return this.incrs.at(-1) ?? null;
  }

  withIncr(file: ManifestFile): Manifest {
    return new Manifest(this.base, [...this.incrs, file], this.history);
  }

  /** A new base has replaced everything before the incr file `from`; what it has replaced is history. */
  replaced(base: ManifestFile, from: number): Manifest {
    const old = [...(this.base === null ? [] : [this.base]), ...this.incrs.filter(({ seq }) => seq < from)];
    const history = old.map(({ name, seq }): ManifestFile => ({ name, seq, type: "h" }));
    const kept = this.incrs.filter(({ seq }) => seq >= from);
    return new Manifest(base, kept, [...history.reverse(), ...this.history]);
  }

  /** Without these entries of the history, or any. */
  withoutHistory(removed: readonly ManifestFile[] = this.history): Manifest {
    const names = new Set(removed.map(({ name }) => name));
    return new Manifest(
      this.base,
      this.incrs,
      this.history.filter(({ name }) => !names.has(name)),
    );
  }

  /** The manifest as a file holds it: base, history, incrs, as Redis orders them. */
  format(): string {
    const base = this.base === null ? [] : [this.base];
    return [...base, ...this.history, ...this.incrs].map(formatLine).join("");
  }

  /** Throws ManifestError. */
  static parse(bytes: Uint8Array): Manifest {
    const text = latin1(bytes);
    if (text === "") throw new ManifestError("Found an empty AOF manifest");
    const files = new Collector();
    let line = 0;
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf("\n", at);
      if (end < 0 || end - at > LINE_BYTES) {
        throw new ManifestError("The AOF manifest file contains too long line");
      }
      line++;
      const content = text.slice(at, end);
      if (!content.startsWith("#")) files.take(trimLine(content), line);
      at = end + 1;
    }
    return files.manifest();
  }
}

/** The lines read so far. */
class Collector {
  private base: ManifestFile | null = null;
  private readonly incrs: ManifestFile[] = [];
  private readonly history: ManifestFile[] = [];

  take(text: string, line: number): void {
    const fail = (message: string): never => {
      throw new ManifestError(message, line, text);
    };
    const { name, seq, letter } = readPairs(text, fail);
    if (name === "" || seq === 0 || letter === "") fail(INVALID);
    if (letter === "b") {
      if (this.base !== null) fail("Found duplicate base file information");
      this.base = { name, seq, type: "b" };
    } else if (letter === "i") {
      if (seq <= (this.incrs.at(-1)?.seq ?? 0)) fail("Found a non-monotonic sequence number");
      this.incrs.push({ name, seq, type: "i" });
    } else if (letter === "h") {
      this.history.push({ name, seq, type: "h" });
    } else {
      fail("Unknown AOF file type");
    }
  }

  /** Files that count are never history too: history is removed. */
  manifest(): Manifest {
    const live = new Set([this.base, ...this.incrs].map((file) => file?.name));
    return new Manifest(
      this.base,
      this.incrs,
      this.history.filter(({ name }) => !live.has(name)),
    );
  }
}

function readPairs(
  text: string,
  fail: (message: string) => never,
): { name: string; seq: number; letter: string } {
  const words = splitArguments(text);
  if (words === null || words.length < 6 || words.length % 2 !== 0) return fail(INVALID);
  const pairs = { name: "", seq: 0, letter: "" };
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1]!;
    const key = words[at]!.toLowerCase();
    if (key === "file") {
      if (/[/\\]/.test(value)) return fail("File can't be a path, just a filename");
      pairs.name = textOf(value);
    } else if (key === "seq") pairs.seq = Number.parseInt(value, 10) || 0;
    else if (key === "type") pairs.letter = value.slice(0, 1);
  }
  return pairs;
}

function formatLine(file: ManifestFile): string {
  return `file ${quoteIfUnusual(file.name)} seq ${file.seq} type ${file.type}\n`;
}

/** Plain where Redis writes it plain: printable, without blanks, quotes and backslashes. */
function quoteIfUnusual(name: string): string {
  const bytes = byteString(name);
  return /^[!#-&(-[\]-~]+$/.test(bytes) ? bytes : quote(bytes);
}
