/** Splits a command line into arguments as redis-cli does, and shows bytes in the same notation. */

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/**
 * The arguments of a line. `"..."` knows \n \r \t \b \a \xHH \" and \\; `'...'` knows \' alone; characters outside
 * Latin-1 become UTF-8. Throws when a quote is not closed.
 */
export function splitWords(line: string): Buffer[] {
  const words: Buffer[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(line[at] ?? "")) at++;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    words.push(word.bytes);
    at = word.end;
  }
}

function readWord(line: string, start: number): { bytes: Buffer; end: number } {
  const parts: Buffer[] = [];
  let at = start;
  while (at < line.length && !/\s/.test(line[at] as string)) {
    const quote = line[at];
    if (quote === '"' || quote === "'") {
      const end = closingQuote(line, at, quote);
      const inside = line.slice(at + 1, end);
      parts.push(quote === '"' ? unescaped(inside) : Buffer.from(inside.replaceAll("\\'", "'")));
      at = end + 1;
    } else {
      const character = String.fromCodePoint(line.codePointAt(at) as number);
      parts.push(Buffer.from(character));
      at += character.length;
    }
  }
  return { bytes: Buffer.concat(parts), end: at };
}

function closingQuote(line: string, start: number, quote: string): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === "\\") at++;
    else if (line[at] === quote) return at;
  }
  throw new Error(`A quote is not closed: ${line}`);
}

function unescaped(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const [piece] of text.matchAll(/\\x[0-9a-fA-F]{2}|\\[\s\S]|[^\\]+/g)) {
    if (/^\\x[0-9a-fA-F]{2}$/.test(piece)) parts.push(Buffer.from(piece.slice(2), "hex"));
    else if (piece.startsWith("\\")) parts.push(Buffer.from(ESCAPES[piece[1] as string] ?? piece.slice(1)));
    else parts.push(Buffer.from(piece));
  }
  return Buffer.concat(parts);
}

/** Bytes as a quoted string that `splitWords` reads back. */
export function quoted(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) text += shownByte(byte);
  return `"${text}"`;
}

function shownByte(byte: number): string {
  if (byte === 10) return "\\n";
  if (byte === 13) return "\\r";
  if (byte === 9) return "\\t";
  if (byte === 34) return '\\"';
  if (byte === 92) return "\\\\";
  if (byte >= 32 && byte < 127) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
