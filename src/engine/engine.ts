/**
 * Executes commands: decides whether a command may run, runs it, and sees to what follows: its effect goes into the
 * log, watchers and monitors learn of it, statistics count it.
 *
 * One command is one atomic unit, an EXEC with all that it runs is one, and so is a key that the cron expires. At the
 * unit's end the effects go to the log (`Unit`), and the client's reply is bound to the place in the log that it must
 * wait for.
 */

import type { Config } from "../config/config.js";
import type { Database } from "../keyspace/database.js";
import { Eviction } from "../keyspace/eviction.js";
import { ExpiryCycle } from "../keyspace/expiry-cycle.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import { History } from "../log/history.js";
import type { Log } from "../log/log.js";
import { ArenaFull } from "../memory/chunks.js";
import type { Key } from "../memory/key.js";
import type { Platform } from "../platform/platform.js";
import { BlockPool } from "../resp/reply.js";
import type { Request } from "../resp/request.js";
import { Serializer } from "../snapshot/rdb/serialize.js";
import { Blocking } from "./blocking.js";
import { Call } from "./call.js";
import type { Client } from "./client.js";
import { Clients } from "./clients.js";
import {
  ADMIN,
  ANY_KEY,
  type Command,
  IMMEDIATE,
  NO_MULTI,
  SKIP_MONITOR,
  SKIP_SLOWLOG,
  WRITE,
} from "./command.js";
import type { CommandTable } from "./command-table.js";
import { CommandError } from "./errors.js";
import { Gate } from "./gate.js";
import { KeyspaceNotifications } from "./keyspace-notifications.js";
import { LatencyMonitor } from "./latency-monitor.js";
import { MemoryAccount } from "./memory-account.js";
import { Monitors } from "./monitors.js";
import { PubSub } from "./pubsub.js";
import type { Services } from "./services.js";
import { SlowLog } from "./slow-log.js";
import type { LoadedKeys } from "./snapshot-reader.js";
import { Statistics } from "./statistics.js";
import { TransactionPool } from "./transaction.js";
import { Unit } from "./unit.js";

const DEL = Buffer.from("DEL");
const UNLINK = Buffer.from("UNLINK");

/** What an engine is made of. */
export interface EngineParts {
  readonly platform: Platform;
  readonly config: Config;
  readonly keyspace: Keyspace;
  readonly log: Log;
  readonly commands: CommandTable;
  readonly services: Services;
}

export class Engine {
  readonly platform: Platform;
  readonly config: Config;
  readonly keyspace: Keyspace;
  readonly log: Log;
  /** What the log's offsets are offsets of. */
  readonly history: History;
  readonly commands: CommandTable;
  readonly services: Services;
  readonly unit: Unit;
  readonly pool = new BlockPool();
  readonly transactions = new TransactionPool();
  /** Makes the payloads of DUMP and MIGRATE. */
  readonly serializer = new Serializer();
  readonly clients: Clients;
  readonly blocking: Blocking;
  readonly statistics = new Statistics();
  readonly slowLog = new SlowLog();
  readonly latency: LatencyMonitor;
  readonly monitors: Monitors;
  readonly pubsub = new PubSub(this.pool);
  readonly notifications: KeyspaceNotifications;
  readonly expiry: ExpiryCycle;
  readonly eviction: Eviction;
  readonly memory: MemoryAccount;
  /** False after DEBUG SET-SKIP-CHECKSUM-VALIDATION: snapshots and payloads are read whatever their checksum says. */
  verifiesChecksums = true;
  /** Of the last snapshot that was read into the dataset. */
  lastLoad: LoadedKeys = { keysLoaded: 0, keysExpired: 0 };
  private readonly gate: Gate;
  /** One for each depth of nesting: EXEC runs commands inside a command. */
  private readonly calls: Call[] = [];
  private depth = 0;
  /** Monotonic microseconds when the last command ended: the next one of the same read begins there. */
  private clockUs = 0;

  constructor(parts: EngineParts) {
    this.platform = parts.platform;
    this.config = parts.config;
    this.keyspace = parts.keyspace;
    this.log = parts.log;
    this.history = new History(parts.platform.chance);
    this.commands = parts.commands;
    this.services = parts.services;
    this.unit = new Unit(parts.log);
    this.clients = new Clients(this);
    this.blocking = new Blocking(this);
    this.latency = new LatencyMonitor(parts.config, parts.platform.clock);
    this.monitors = new Monitors(parts.platform.clock);
    this.notifications = new KeyspaceNotifications(this.pubsub, parts.config);
    this.expiry = new ExpiryCycle(parts.keyspace, parts.platform.clock);
    this.memory = new MemoryAccount(this);
    this.eviction = new Eviction(
      parts.keyspace,
      parts.config,
      parts.platform.clock,
      parts.platform.chance,
      // What a primary evicts, its replicas are told of.
      () => (this.leavesEviction ? 0 : this.memory.evictableBytes),
      (action) => this.runUnit(action),
    );
    this.gate = new Gate(this);
    this.keyspace.hooks = {
      expired: (database, key) =>
        this.propagateDeletion(database, key, this.config.values["lazyfree-lazy-expire"]),
      evicted: (database, key) =>
        this.propagateDeletion(database, key, this.config.values["lazyfree-lazy-eviction"]),
      event: (database, event, key) => this.notifications.publish(database, event, key),
    };
    this.refreshTime();
  }

  private get leavesEviction(): boolean {
    return this.services.follower.isReplica && this.config.values["replica-ignore-maxmemory"];
  }

  /** Whether the command that runs is one of an EXEC. */
  get isNested(): boolean {
    return this.depth > 1;
  }

  /** Reads the clocks; called when bytes have arrived and when a timer has fired. */
  refreshTime(): void {
    this.keyspace.tick(this.platform.clock.now());
    this.clockUs = this.platform.clock.monotonicUs();
  }

  /** Decides what an expired entry means from now on: after a change of what it depends on. */
  settleExpiry(): void {
    const { services, keyspace, clients } = this;
    if (services.loading !== null) keyspace.expiryMode = "ignore";
    else if (services.follower.isReplica) keyspace.expiryMode = "own";
    else keyspace.expiryMode = clients.pausedUntilMs !== 0 ? "hide" : "delete";
  }

  /** How long this turn of the loop has been running commands, microseconds. */
  get turnUs(): number {
    return this.statistics.turnUsSoFar(this.clockUs);
  }

  /**
   * Executes what the client has sent, or queues it, or refuses it; the reply is in `client.reply`, unless the client
   * must wait for it (`client.blocked`).
   */
  execute(client: Client, request: Request): void {
    const replied = client.reply.length;
    this.statistics.turnIsUnderWay(this.clockUs);
    const command = this.gate.admit(client, request);
    if (command !== null) {
      client.lastCommand = command;
      if (this.gate.mustWait(client, command)) {
        this.blocking.postpone(client, command, request);
        return;
      }
      if (client.transaction !== null && !command.is(IMMEDIATE)) this.queue(client, command, request);
      else this.run(client, command, request);
    }
    if (client.blocked === null) this.replied(client, replied);
    if (client.replica !== null && client.reply.length > replied) this.refuseReplica(client);
    this.unitEnded();
  }

  /** What a unit may have caused outside of it: messages for subscribers, and keys that clients have waited for. */
  private unitEnded(): void {
    if (this.pubsub.hasMessages) this.pubsub.deliver(this.log.fileOffset);
    if (this.keyspace.ready.length > 0) this.blocking.serve();
  }

  /** A command has ended; its reply begins at `from`. */
  replied(client: Client, from: number): void {
    client.replied(from);
    if (client.replyMode !== "on") this.mute(client, from);
  }

  /** Runs a command that nothing forbids, inside a unit if one is open, else as a unit of its own. */
  run(client: Client, command: Command, request: Request): void {
    const call = this.openCall(client, command, request);
    const before = this.keyspace.dirty;
    const startUs = this.clockUs;
    this.runGuarded(call);
    this.depth--;
    // Afterwards, as in Redis: a monitor sees the commands of a transaction, then EXEC.
    if (this.monitors.any && !command.is(SKIP_MONITOR | ADMIN) && !this.blocking.isRetrying)
      this.monitors.feed(client, command, request);
    if (command.is(ANY_KEY)) this.keyspace.unsettled.sawAll();
    const changed = this.keyspace.dirty !== before;
    const effect =
      call.propagation === "forced" || (changed && call.propagation === "verbatim" && command.is(WRITE))
        ? request
        : null;
    if (this.depth > 0) {
      if (effect !== null) this.unit.addRequest(call.database.index, effect);
    } else {
      this.endUnit(client, call, effect);
    }
    const now = this.platform.clock.monotonicUs();
    this.clockUs = now;
    const { blocked } = client;
    if (blocked === null) this.account(client, command, request, now - startUs + this.blocking.ranUs);
    else blocked.ranUs += now - startUs;
  }

  /** Runs `action`, which changes the dataset outside of any command, as one atomic unit. */
  runUnit(action: () => void): void {
    this.depth++;
    try {
      action();
    } finally {
      this.depth--;
    }
    if (this.depth > 0) return;
    this.endUnit(null, null, null);
    this.unitEnded();
  }

  /** Writes an error reply and counts it. */
  replyError(client: Client, command: Command | null, text: string): void {
    if (command !== null) command.failed++;
    this.statistics.countError(text);
    client.reply.error(text);
  }

  /** A replica's connection carries the stream: a reply in it would be taken for a part of that. */
  private refuseReplica(client: Client): void {
    const name = client.lastCommand?.fullName ?? "<unknown>";
    client.reply.cutTo(0);
    this.services.log(
      "warning",
      `Replica generated a reply to command '${name}', disconnecting it: ${client.replica!.link.describe()}`,
    );
    client.link.destroy();
  }

  private queue(client: Client, command: Command, request: Request): void {
    const transaction = client.transaction!;
    if (command.is(NO_MULTI)) {
      transaction.failed = true;
      this.replyError(client, null, "ERR Command not allowed inside a transaction");
      return;
    }
    transaction.add(command, request);
    client.reply.simple("QUEUED");
  }

  private openCall(client: Client, command: Command, request: Request): Call {
    const depth = this.depth++;
    let call = this.calls[depth];
    if (call === undefined) {
      call = new Call(this);
      this.calls[depth] = call;
    }
    call.client = client;
    call.command = command;
    call.request = request;
    call.database = client.database;
    call.reply = client.reply;
    call.replyStart = client.reply.length;
    call.propagation = "verbatim";
    return call;
  }

  private runGuarded(call: Call): void {
    this.keyspace.touching = !call.client.noTouch;
    try {
      call.command.run!(call);
    } catch (error) {
      if (!(error instanceof CommandError) && !(error instanceof ArenaFull)) throw error;
      call.reply.cutTo(call.replyStart);
      const text = error instanceof ArenaFull ? `OOM ${error.message}` : error.message;
      this.replyError(call.client, call.command, text);
    }
    this.keyspace.touching = true;
  }

  /** The unit's effects go into the log, and the reply waits for what it must. */
  private endUnit(client: Client | null, call: Call | null, effect: Request | null): void {
    const before = this.log.fileBytes;
    this.unit.commit(call?.database.index ?? 0, effect);
    const offset = this.log.fileOffset;
    const { unsettled } = this.keyspace;
    let waits = this.log.fileBytes === before ? 0 : offset;
    if (unsettled.active) waits = Math.max(waits, unsettled.settle(offset));
    if (client === null) return;
    client.logOffset = this.log.offset;
    if (waits > 0) client.waitFor(waits, call!.replyStart);
  }

  /** Counts a command that has ended and has run for `elapsed` microseconds. */
  account(client: Client, command: Command, request: Request, elapsed: number): void {
    command.calls++;
    command.microseconds += elapsed;
    this.statistics.commands++;
    this.statistics.commandUs += elapsed;
    client.commands++;
    if (this.config.values["latency-tracking"]) command.track(elapsed);
    if (this.slowLog.isSlow(elapsed) && !command.is(SKIP_SLOWLOG)) {
      this.slowLog.add(client, command, request, elapsed, this.keyspace.now);
    }
    this.latency.command(command, elapsed);
  }

  private propagateDeletion(database: Database, key: Key, lazily: boolean): void {
    this.unit.begin(database.index, 2);
    this.unit.word(lazily ? UNLINK : DEL);
    this.unit.word(key.bytes, key.start, key.end);
  }

  /** CLIENT REPLY OFF and SKIP: takes back what the command has replied. */
  private mute(client: Client, replied: number): void {
    client.reply.cutTo(replied);
    if (client.replyMode === "skip") client.replyMode = "on";
    else if (client.replyMode === "skip-next") client.replyMode = "skip";
  }
}
