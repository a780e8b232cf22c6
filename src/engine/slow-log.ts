/** SLOWLOG: the commands that took longest, newest first. */

import type { Request } from "../resp/request.js";
import type { Client } from "./client.js";
import type { Command } from "./command.js";
import { shownArguments } from "./shown-arguments.js";

const ARGUMENTS_MAX = 32;
const ARGUMENT_BYTES_MAX = 128;

export interface SlowEntry {
  readonly id: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly microseconds: number;
  readonly args: readonly Buffer[];
  /** The client's address and name. */
  readonly remote: string;
  readonly clientName: string;
}

export class SlowLog {
  /** `slowlog-log-slower-than`: microseconds, negative for never. */
  thresholdUs = 10000;
  /** `slowlog-max-len`. */
  private roomFor = 128;
  /** Oldest first. */
  private readonly entries: SlowEntry[] = [];
  private nextId = 0;

  isSlow(microseconds: number): boolean {
    return this.thresholdUs >= 0 && microseconds >= this.thresholdUs;
  }

  /** Remembers a command that was slow; `nowMs` since 1970. */
  add(client: Client, command: Command, request: Request, microseconds: number, nowMs: number): void {
    this.entries.push({
      id: this.nextId++,
      time: Math.floor(nowMs / 1000),
      microseconds: Math.floor(microseconds),
      args: keptArguments(command, request),
      remote: client.link.remote,
      clientName: client.name,
    });
    this.trim();
  }

  /** Sets how many entries are kept. */
  limit(entries: number): void {
    this.roomFor = entries;
    this.trim();
  }

  get length(): number {
    return this.entries.length;
  }

  /** At most `count` entries, newest first. */
  newest(count: number): readonly SlowEntry[] {
    return this.entries.slice(Math.max(0, this.entries.length - count)).reverse();
  }

  clear(): void {
    this.entries.length = 0;
  }

  private trim(): void {
    const surplus = this.entries.length - this.roomFor;
    if (surplus > 0) this.entries.splice(0, surplus);
  }
}

/** The arguments as the log keeps them: long ones and long lists are cut, and say by how much. */
function keptArguments(command: Command, request: Request): Buffer[] {
  const { argc } = request;
  const kept = argc > ARGUMENTS_MAX ? ARGUMENTS_MAX - 1 : argc;
  const args = shownArguments(command, request, kept).map(shortened);
  if (kept < argc) args.push(Buffer.from(`... (${argc - kept} more arguments)`));
  return args;
}

function shortened(arg: Buffer): Buffer {
  const more = arg.length - ARGUMENT_BYTES_MAX;
  if (more <= 0) return Buffer.from(arg);
  return Buffer.concat([arg.subarray(0, ARGUMENT_BYTES_MAX), Buffer.from(`... (${more} more bytes)`)]);
}
