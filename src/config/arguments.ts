/**
 * The command line, in redis-server's forms: `[redis.conf] [--directive value ...] [-]`.
 *
 * The first argument is a file unless it begins with `-`. A `-` in the first or the last place reads more
 * configuration from standard input. Everything else becomes lines that are read after both: an argument that begins
 * with `--` starts a line, others are its values. Right after a name even an argument that begins with `--` is a
 * value, except after `--save`, which then stands for `save ""`: command lines are built from arrays, and an empty one
 * leaves such a gap. One argument may hold both, as in `"--port 6380"`.
 */

import { type ByteString, byteString, quote, splitArguments } from "./parse.js";
import { REDIS_VERSION, TIDEMARK_VERSION } from "./version.js";

/** Start a server, or only check the configuration. */
export interface Serve {
  readonly kind: "serve" | "check";
  /** As given; null when there is none. */
  readonly file: string | null;
  /** Whether the caller has to read standard input and pass it to `load`. */
  readonly readsStandardInput: boolean;
  readonly options: ByteString;
}

/** Print and exit. */
export interface Print {
  readonly kind: "print";
  readonly text: string;
  readonly stream: "stdout" | "stderr";
  readonly status: number;
}

const CHECK = "--check-config";

/** What the arguments behind the program's name ask for. Errors in directives show when the lines are read. */
export function parseArguments(given: readonly string[]): Serve | Print {
  const immediate = answerTo(given);
  if (immediate !== null) return immediate;
  const args = given[0] === CHECK ? given.slice(1) : given;
  const file = args[0] === undefined || args[0].startsWith("-") ? null : args[0];
  const lines = new OptionLines();
  let readsStandardInput = false;
  let checks = args !== given;
  for (let at = file === null ? 0 : 1; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === "-" && (at === 0 || at === args.length - 1)) readsStandardInput = true;
    else if (argument === CHECK && lines.awaitsName) checks = true;
    else lines.add(byteString(argument));
  }
  return { kind: checks ? "check" : "serve", file, readsStandardInput, options: lines.finish() };
}

/** Collects arguments into lines. */
class OptionLines {
  private readonly lines: ByteString[] = [];
  /** Whether an argument that begins with `--` starts a line, rather than being the value of the line before. */
  awaitsName = true;

  add(argument: ByteString): void {
    const isName = argument.startsWith("--");
    if (isName && !this.awaitsName && this.endsWithSave()) this.fillGap();
    if (isName && this.awaitsName) {
      this.lines.push(`${argument.slice(2)} `);
      this.awaitsName = splitArguments(argument)?.length !== 1;
    } else {
      this.lines.push(`${this.lines.pop() ?? ""}${quote(argument)} `);
      this.awaitsName = true;
    }
  }

  finish(): ByteString {
    if (!this.awaitsName && this.endsWithSave()) this.fillGap();
    return this.lines.join("\n");
  }

  private endsWithSave(): boolean {
    return this.lines.at(-1)?.toLowerCase() === "save ";
  }

  private fillGap(): void {
    this.lines.push(`${this.lines.pop()}""`);
    this.awaitsName = true;
  }
}

/** The answer to a first argument that is not about a server to start. */
function answerTo(args: readonly string[]): Print | null {
  const first = args[0] ?? "";
  if (first === "-v" || first === "--version") return print("stdout", 0, `${versionLine()}\n`);
  if (first === "-h" || first === "--help") return print("stderr", 1, USAGE);
  if (first === "--test-memory")
    return print(
      "stderr",
      1,
      "--test-memory is not supported: use a memory tester such as memtester or memtest86\n",
    );
  if (first === "--check-system")
    return print(
      "stderr",
      1,
      "--check-system is not supported: nothing here depends on the system's settings for fork\n",
    );
  if (args.includes("--sentinel"))
    return print(
      "stderr",
      1,
      "--sentinel is not supported: this program is no Sentinel; run redis-sentinel beside it\n",
    );
  return null;
}

function print(stream: "stdout" | "stderr", status: number, text: string): Print {
  return { kind: "print", text, stream, status };
}

/** In the form of redis-server's, since programs look for `v=` in it. */
function versionLine(): string {
  return `Redis server v=${REDIS_VERSION} sha=00000000:0 malloc=arena bits=64 build=tidemark-${TIDEMARK_VERSION}`;
}

const USAGE = `Usage: tidemark [/path/to/redis.conf] [--directive value ...] [-]
       tidemark -                  reads the configuration from standard input
       tidemark -v, --version      shows the version
       tidemark -h, --help         shows this
       tidemark --check-config ... reads the configuration, says whether it is right, and exits
       tidemark TOOL --help        tells how to use one of the tools

Later settings win: the file, then standard input, then the directives on the command line.

Examples:
       tidemark --port 7000 --appendonly yes --dir /var/lib/tidemark
       tidemark /etc/redis/redis.conf --loglevel verbose
       echo 'maxmemory 128mb' | tidemark -
       tidemark --port 7001 --replicaof 127.0.0.1 7000

Tools:
       check-aof                   finds and mends damage in an append-only file
       check-rdb                   finds damage in a snapshot
       restore                     writes the data set as it was at a moment into a new directory
       verify                      compares the data of a primary and its replicas
`;
