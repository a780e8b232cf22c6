/**
 * Clients that wait: for a key to come into being (BLPOP and its kind), for the end of CLIENT PAUSE, for something that
 * goes on in the background.
 *
 * What a client waits for is a `Wait`. The wait ends in one of four ways: what was waited for is there, and the command
 * runs again (`retry`); somebody else has the reply (`finish`); the time is over (`Wait.timedOut`); the client is gone
 * (`forget`). Until then the session runs nothing; what it sends stays in its connection.
 *
 * Keys are served when the unit that made them ready has ended, as in Redis 7.2: key by key in the order in which they
 * became ready, each to its clients in the order in which they began to wait, as long as there is something at the key.
 * To serve a client is to run its command again, from the gate on and as a unit of its own, so that what it does comes
 * behind the cause in the log, and so that rules that have changed meanwhile hold. If that makes further keys ready
 * (BLMOVE), they are served after the present ones.
 *
 * A command is counted, timed and looked at by the slow log once, when it has ended, and the time of its wait is not
 * part of it.
 */

import type { AwaitedKey, Waiter } from "../keyspace/awaited-keys.js";
import type { Database } from "../keyspace/database.js";
import type { Key } from "../memory/key.js";
import type { Timer } from "../platform/clock.js";
import type { Reply } from "../resp/reply.js";
import type { Request } from "../resp/request.js";
import type { Call } from "./call.js";
import type { Client } from "./client.js";
import type { Command } from "./command.js";
import type { Engine } from "./engine.js";

/** The longest time that a timer of the platform can be set to, milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a client waits for. */
export interface Wait {
  /** Writes what the client gets when its time is over, or null when nothing but the event can end the wait. */
  readonly timedOut: ((reply: Reply) => void) | null;
  /** The client waits no longer: whoever remembers it for the sake of this wait must forget it. */
  end(): void;
}

/** A client that waits, and the command that made it wait. */
export interface Blocked {
  readonly command: Command;
  readonly request: Request;
  readonly wait: Wait;
  /** When its time is over, monotonic microseconds; Infinity if never. */
  readonly deadlineUs: number;
  timer: Timer | null;
  /** Microseconds for which the command has run so far. */
  ranUs: number;
}

/** The wait for a value of one type at one of several keys. */
class KeyWait implements Wait, Waiter {
  private readonly keys = new Set<AwaitedKey>();

  constructor(
    /** The number of those who wait, by the type that they wait for. */
    private readonly waiters: Uint32Array,
    readonly type: number,
    readonly timedOut: (reply: Reply) => void,
    readonly serve: () => void,
  ) {
    waiters[type]!++;
  }

  add({ awaited }: Database, key: Key): void {
    this.keys.add(awaited.add(key, this));
  }

  end(): void {
    this.waiters[this.type]!--;
    for (const key of this.keys) key.database.awaited.remove(key, this);
  }
}

export class Blocking {
  /** Clients that wait, and those of them whose time will be over one day. */
  count = 0;
  timed = 0;
  /** Held by CLIENT PAUSE, in the order of their commands. */
  private readonly postponed = new Set<Client>();
  /** The wait that has ended while its command runs again. */
  private retried: Blocked | null = null;
  private serving = false;

  constructor(private readonly engine: Engine) {}

  /** Keys that clients wait for. */
  get keys(): number {
    return this.engine.keyspace.databases.reduce((sum, { awaited }) => sum + awaited.size, 0);
  }

  /** Whether the command that runs did so before, and has been waiting since. */
  get isRetrying(): boolean {
    return this.retried !== null;
  }

  /** For how long it ran before, microseconds. */
  get ranUs(): number {
    return this.retried?.ranUs ?? 0;
  }

  /**
   * Makes the client of the command wait, once the command has returned without a reply. `timeoutMs` 0 is forever; a
   * command that runs again and must wait again keeps the time that it was given at first.
   */
  block(call: Call, wait: Wait, timeoutMs: number): void {
    const { clock } = this.engine.platform;
    const deadlineUs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : clock.monotonicUs() + timeoutMs * 1000;
    this.add(call.client, call.command, call.request, wait, this.retried?.deadlineUs ?? deadlineUs);
  }

  /**
   * Makes the client wait for a value of that type at one of the keys that are the arguments from `first` up to, not
   * including, `end`.
   */
  blockForKeys(
    call: Call,
    type: number,
    first: number,
    end: number,
    timeoutMs: number,
    timedOut: (reply: Reply) => void,
  ): void {
    const { client } = call;
    const wait = new KeyWait(this.engine.keyspace.waiters, type, timedOut, () => this.retry(client));
    for (let at = first; at < end; at++) wait.add(call.database, call.key(at));
    this.block(call, wait, timeoutMs);
  }

  /** Holds a command, which has not run yet, until the end of CLIENT PAUSE. */
  postpone(client: Client, command: Command, request: Request): void {
    this.postponed.add(client);
    const wait = { timedOut: null, end: () => void this.postponed.delete(client) };
    this.add(client, command, request, wait, Number.POSITIVE_INFINITY);
  }

  /** The pause is over: what it has held runs at the end of the turn. */
  resumePostponed(): void {
    for (const client of this.postponed) {
      client.postponed = this.remove(client).request;
      client.link.wake();
    }
  }

  /** Ends the wait with a reply. */
  finish(client: Client, write: (reply: Reply) => void): void {
    this.conclude(client, () => write(client.reply));
  }

  /** Ends the wait with an error, given with its code. */
  refuse(client: Client, error: string): void {
    this.conclude(client, ({ command }) => this.engine.replyError(client, command, error));
  }

  /** Ends the waits of all clients, but those that a pause holds, with an error, and closes their connections. */
  refuseAll(error: string): void {
    for (const client of this.engine.clients.all()) {
      if (client.blocked === null || this.postponed.has(client)) continue;
      this.refuse(client, error);
      client.link.close();
    }
  }

  /** Ends the wait as if its time were over; false when the client does not wait, or not for something so uncertain. */
  timeOut(client: Client): boolean {
    const timedOut = client.blocked?.wait.timedOut ?? null;
    if (timedOut === null) return false;
    this.finish(client, timedOut);
    return true;
  }

  /** The client is gone. */
  forget(client: Client): void {
    if (client.blocked !== null) this.remove(client);
  }

  /** Serves the clients whose keys have become ready, unless that is being done already. */
  serve(): void {
    const { keyspace } = this.engine;
    // While a log is applied nobody is served, unless who applies it says when.
    if (this.serving || keyspace.expiryMode === "ignore") return;
    this.serving = true;
    // What the unit has written may have expired while it ran.
    this.engine.refreshTime();
    try {
      while (keyspace.ready.length > 0) {
        const { ready } = keyspace;
        keyspace.ready = [];
        for (const key of ready) this.serveKey(key);
      }
    } finally {
      this.serving = false;
    }
  }

  private serveKey(awaited: AwaitedKey): void {
    const { entries } = this.engine.keyspace;
    const { dict, space } = awaited.database;
    const key = awaited.key();
    awaited.ready = false;
    for (const waiter of [...awaited.waiters]) {
      const ref = dict.find(key);
      if (ref === 0 || space.isExpired(ref)) return;
      if (awaited.waiters.has(waiter) && waiter.type === entries.type(ref)) waiter.serve();
    }
  }

  /** What the client waited for is there, or may be: runs its command again. */
  private retry(client: Client): void {
    const blocked = this.remove(client);
    this.retried = blocked;
    this.engine.execute(client, blocked.request);
    this.retried = null;
    if (client.blocked === null) client.link.wake();
  }

  private conclude(client: Client, write: (blocked: Blocked) => void): void {
    const { engine } = this;
    const blocked = this.remove(client);
    const replied = client.reply.length;
    write(blocked);
    // The reply tells that something is not there, and the change that took it away may not be durable yet.
    if (engine.keyspace.unsettled.active) client.waitFor(engine.log.fileOffset, replied);
    engine.account(client, blocked.command, blocked.request, blocked.ranUs);
    engine.replied(client, replied);
    client.link.wake();
  }

  private add(client: Client, command: Command, request: Request, wait: Wait, deadlineUs: number): void {
    const blocked = { command, request: request.copy(), wait, deadlineUs, timer: null, ranUs: this.ranUs };
    client.blocked = blocked;
    this.count++;
    if (deadlineUs === Number.POSITIVE_INFINITY) return;
    this.timed++;
    this.arm(client, blocked);
  }

  private remove(client: Client): Blocked {
    const blocked = client.blocked!;
    client.blocked = null;
    this.count--;
    if (blocked.deadlineUs !== Number.POSITIVE_INFINITY) this.timed--;
    blocked.timer?.stop();
    blocked.wait.end();
    return blocked;
  }

  /** A long time takes several timers, and a timer may fire a little early. */
  private arm(client: Client, blocked: Blocked): void {
    const { clock } = this.engine.platform;
    const leftMs = Math.max(0, blocked.deadlineUs - clock.monotonicUs()) / 1000;
    blocked.timer = clock.after(Math.min(leftMs, TIMER_MS_MAX), () => {
      if (clock.monotonicUs() < blocked.deadlineUs) return this.arm(client, blocked);
      this.engine.refreshTime();
      this.timeOut(client);
    });
  }
}
