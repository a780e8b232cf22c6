/**
 * The server's log: lines in the form that tools for Redis read,
 *
 *     PID:ROLE 26 Aug 2019 11:54:48.918 * text
 *
 * with `.` for debug, `-` verbose, `*` notice, `#` warning, and as role `M` for a primary, `S` for a replica, `C` before
 * the server has become either. Without a `logfile` they go to standard output. The file is opened for each line, as Redis
 * does: whoever rotates logs moves the file away, and the next line begins a new one.
 */

import type { Config } from "../config/config.js";
import type { Platform } from "../platform/platform.js";
import type { LogLevel, LogLine } from "../util/log-line.js";

const ORDER: Record<LogLevel | "nothing", number> = {
  debug: 0,
  verbose: 1,
  notice: 2,
  warning: 3,
  nothing: 4,
};
const MARKS: Record<LogLevel, string> = { debug: ".", verbose: "-", notice: "*", warning: "#" };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export class Logger {
  /** Set once the server is a primary or a replica, as its configuration says from then on. */
  hasRole = false;
  /** The `logfile`, once it has proved to be writable; null for standard output. */
  private path: string | null = null;

  constructor(
    private readonly platform: Platform,
    private readonly config: Config,
  ) {}

  /** From now on lines go to the `logfile`, if there is one; throws Node's error when it cannot be written. */
  open(): void {
    const { logfile } = this.config.values;
    if (logfile === "") return;
    const path = this.config.pathOf(logfile);
    this.append(path, "");
    this.path = path;
  }

  /** Writes a line, unless it matters less than `loglevel` asks for. */
  readonly log: LogLine = (level, text) => {
    if (ORDER[level] < ORDER[this.config.values.loglevel]) return;
    const { host, clock } = this.platform;
    this.raw(`${host.pid}:${this.role} ${timestamp(clock.now())} ${MARKS[level]} ${text}\n`);
  };

  private get role(): "M" | "S" | "C" {
    if (!this.hasRole) return "C";
    return this.config.values.replicaof === null ? "M" : "S";
  }

  /** Text without a prefix: the logo. */
  raw(text: string): void {
    if (this.path === null) {
      this.platform.host.write("stdout", text);
      return;
    }
    try {
      this.append(this.path, text);
    } catch {
      // A log that cannot be written must not stop the server; the next line tries again.
    }
  }

  private append(path: string, text: string): void {
    const bytes = Buffer.from(text);
    const file = this.platform.disk.open(path, "append");
    try {
      file.write(bytes, 0, bytes.length);
    } finally {
      file.close();
    }
  }
}

function timestamp(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
