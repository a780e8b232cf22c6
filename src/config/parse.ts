/**
 * The syntax of redis.conf, whose lines are split into arguments as inline commands are.
 *
 * A line is a name and its arguments, apart by white space. An argument may be quoted: in double quotes `\n`, `\r`,
 * `\t`, `\b`, `\a` and `\xHH` stand for a byte and any other escaped character for itself; in single quotes only
 * `\'` is special. A quoted part may follow unquoted characters (`a"b c"` is one argument), but a closing quote must
 * end the argument. Lines that are blank or begin with `#` say nothing; a `#` later in a line is an argument like any
 * other.
 *
 * A file is bytes, and a password may be any bytes. So configuration text is held here as a string with one
 * character for each byte (latin1); the kinds that are text (paths, host names) decode UTF-8 from it themselves.
 */

import { bytesOf, bytesOfLatin1, latin1, quoted } from "../util/ascii.js";

/** One character for each byte; see the head of this file. */
export type ByteString = string;

/** A line that says something. */
export interface Statement {
  /** From 1. */
  readonly line: number;
  /** The line without the white space around it. */
  readonly text: ByteString;
}

const BLANK = " \t\r\n\v\f";
/** What ends an argument without quotes: as in Redis, not quite the white space that may come before it. */
const END = " \t\r\n";
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["a", "\x07"],
]);
const HEX_ESCAPE = /^x[0-9a-fA-F]{2}$/;

/** The text as a byte string: what an argument of the process or of the library becomes. */
export function byteString(text: string): ByteString {
  return latin1(bytesOf(text));
}

/** The text that the bytes spell in UTF-8. */
export function textOf(bytes: ByteString): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The argument in double quotes, so that `splitArguments` gives it back. */
export function quote(argument: ByteString): ByteString {
  return quoted(bytesOfLatin1(argument));
}

/** The lines of a file that are neither blank nor comments. */
export function* statements(content: ByteString): Generator<Statement> {
  for (const [index, raw] of content.split("\n").entries()) {
    const text = trimLine(raw);
    if (text !== "" && !text.startsWith("#")) yield { line: index + 1, text };
  }
}

/** A line as the configuration sees it: without blanks, tabs and line ends on either side. */
export function trimLine(line: ByteString): ByteString {
  return line.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/** The arguments in a line; null when a quote is not closed, or is followed by something else than white space. */
export function splitArguments(line: ByteString): ByteString[] | null {
  const words: ByteString[] = [];
  for (let at = skipBlanks(line, 0); at < line.length; ) {
    const word = readWord(line, at);
    if (word === null) return null;
    words.push(word.text);
    at = skipBlanks(line, word.end);
  }
  return words;
}

interface Word {
  readonly text: ByteString;
  readonly end: number;
}

function isBlank(line: ByteString, at: number): boolean {
  return BLANK.includes(line.charAt(at)); // at the end charAt gives "", which every string includes
}

function skipBlanks(line: ByteString, start: number): number {
  let at = start;
  while (at < line.length && isBlank(line, at)) at++;
  return at;
}

function readWord(line: ByteString, start: number): Word | null {
  let text = "";
  for (let at = start; ; at++) {
    if (at === line.length || END.includes(line.charAt(at))) return { text, end: at };
    const character = line.charAt(at);
    if (character === '"' || character === "'") {
      const rest = character === '"' ? readDouble(line, at + 1) : readSingle(line, at + 1);
      if (rest === null || !isBlank(line, rest.end)) return null;
      return { text: text + rest.text, end: rest.end };
    }
    text += character;
  }
}

/** From behind the opening double quote; `end` is behind the closing one. */
function readDouble(line: ByteString, start: number): Word | null {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '"') return { text, end: at + 1 };
    if (character !== "\\" || at + 1 === line.length) {
      text += character;
    } else if (HEX_ESCAPE.test(line.slice(at + 1, at + 4))) {
      text += String.fromCharCode(Number.parseInt(line.slice(at + 2, at + 4), 16));
      at += 3;
    } else {
      const escaped = line.charAt(++at);
      text += ESCAPES.get(escaped) ?? escaped;
    }
  }
  return null;
}

/** From behind the opening single quote; `end` is behind the closing one. */
function readSingle(line: ByteString, start: number): Word | null {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === "'") return { text, end: at + 1 };
    if (character === "\\" && line.charAt(at + 1) === "'") at++;
    text += line.charAt(at);
  }
  return null;
}
