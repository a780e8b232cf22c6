/** The process and the machine it runs on, as INFO, the log and the pidfile show them. */

import { readFileSync } from "node:fs";
import * as os from "node:os";

/** Clock ticks in a second, as Linux counts them for programs. */
const TICKS = 100;

export interface CpuTimes {
  /** Seconds. */
  readonly user: number;
  readonly system: number;
}

export interface Host {
  readonly pid: number;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The path of what was started: the script that Node runs, or Node itself. */
  readonly executable: string;
  readonly platform: string;
  readonly architecture: string;
  workingDirectory(): string;
  /** Resident set size in bytes. */
  residentBytes(): number;
  totalMemoryBytes(): number;
  /** How many files and sockets the process may have open; infinity where that cannot be told. */
  openFilesMax(): number;
  /** Of the whole process. */
  cpu(): CpuTimes;
  /** Of the thread that runs the loop; of the whole process where that cannot be told. */
  mainThreadCpu(): CpuTimes;
  /** A full garbage collection, about ten milliseconds; nothing where that is not for us to decide (compiler.ts). */
  collectGarbage(): void;
  /** Text that nobody reads any more is lost. */
  write(stream: "stdout" | "stderr", text: string): void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Everything that standard input gives until it ends. */
  readStandardInput(): Promise<Buffer>;
  /** The next line of standard input, or what it has when it ends. */
  readLine(): Promise<string>;
  /** Calls `action` whenever the process gets the signal, which then does nothing else. */
  onSignal(signal: "SIGTERM" | "SIGINT" | "SIGHUP", action: () => void): void;
  /** Calls `report` with an error that nothing has caught, just before the process ends with status 1 for it. */
  onFault(report: (error: Error) => void): void;
  /** The name that tools show for the process. */
  setTitle(title: string): void;
  exit(status: number): void;
  /** Ends the process as a crash does, by the signal: nothing is written, nobody is told. */
  crash(signal: "SIGABRT" | "SIGSEGV"): void;
}

function processCpu(): CpuTimes {
  const { user, system } = process.cpuUsage();
  return { user: user / 1e6, system: system / 1e6 };
}

export const nodeHost: Host = {
  pid: process.pid,
  arguments: process.argv,
  environment: process.env,
  executable: process.argv[1] ?? process.execPath,
  platform: `${os.type()} ${os.release()} ${os.machine()}`,
  architecture: os.arch(),
  workingDirectory: () => process.cwd(),
  residentBytes() {
    try {
      return process.memoryUsage.rss();
    } catch {
      // It is read from a file, and no more may be open; the peak is not.
      return process.resourceUsage().maxRSS * 1024;
    }
  },
  totalMemoryBytes: () => os.totalmem(),
  openFilesMax() {
    try {
      const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
      return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  },
  cpu: processCpu,
  mainThreadCpu() {
    try {
      // utime and stime are the 14th and 15th field; the second one, a name in parentheses, may hold spaces.
      const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return { user: Number(fields[11]) / TICKS, system: Number(fields[12]) / TICKS };
    } catch {
      return processCpu();
    }
  },
  collectGarbage: () => void globalThis.gc?.(),
  write(stream, text) {
    const output = process[stream];
    // The error of a pipe whose reader has gone (`tidemark | head`) would end the process.
    if (output.listenerCount("error") === 0) output.on("error", () => {});
    output.write(text);
  },
  isTerminal: process.stdout.isTTY === true,
  async readStandardInput() {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts);
  },
  readLine: () =>
    new Promise((resolve) => {
      let text = "";
      const done = (): void => {
        process.stdin.pause();
        resolve(text);
      };
      process.stdin.setEncoding("latin1");
      process.stdin.on("data", (part) => {
        text += part;
        if (text.includes("\n")) done();
      });
      process.stdin.on("end", done);
    }),
  onSignal: (signal, action) => void process.on(signal, action),
  onFault(report) {
    process.on("uncaughtException", (error) => {
      report(error);
      process.exit(1);
    });
  },
  setTitle(title) {
    process.title = title;
  },
  exit: (status) => process.exit(status),
  crash(signal) {
    process.kill(process.pid, signal);
    // The signal may be delivered to another thread: nothing must happen here until then.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
};
