/**
 * Whether a command may run: the checks that Redis makes before it, in Redis's order. A refusal is the reply, and it
 * makes the transaction fail that the command would have been queued in.
 */

import type { Request } from "../resp/request.js";
import type { Client } from "./client.js";
import {
  type Command,
  DENY_OOM,
  IMMEDIATE,
  LOADING,
  MAY_REPLICATE,
  NO_ASYNC_LOADING,
  NO_AUTH,
  PROTECTED,
  READONLY,
  STALE,
  WHILE_SUBSCRIBED,
  WRITE,
} from "./command.js";
import type { Engine } from "./engine.js";
import { CommandError, fail, wrongArity } from "./errors.js";
import type { Transaction } from "./transaction.js";

/** The most characters of the arguments that an error about an unknown command repeats. */
const SHOWN_ARGUMENTS = 128;

export class Gate {
  constructor(private readonly engine: Engine) {}

  /** The command to run, or null when the reply says why not. */
  admit(client: Client, request: Request): Command | null {
    let command: Command | null = null;
    try {
      command = this.find(client, request);
      if (client.kind === "normal") this.check(client, command);
      return command;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (client.transaction !== null) client.transaction.failed = true;
      if (command !== null) command.rejected++;
      this.refuse(client, request, error.message);
      return null;
    }
  }

  /** Answers a command that may not run. An EXEC that may not run ends its transaction, and monitors see it. */
  private refuse(client: Client, request: Request, message: string): void {
    const { engine } = this;
    const command = engine.commands.find(request);
    if (command?.declaration.name !== "exec") {
      engine.replyError(client, null, message);
      return;
    }
    client.discard();
    const reason = message.replace(/^ERR /, "");
    engine.replyError(client, null, `EXECABORT Transaction discarded because of: ${reason}`);
    if (engine.monitors.any) engine.monitors.feed(client, command, request);
  }

  /** Whether the command must wait: CLIENT PAUSE. */
  mustWait(client: Client, command: Command): boolean {
    const { clients } = this.engine;
    if (clients.pausedUntilMs === 0 || client.kind !== "normal" || client.replica !== null) return false;
    clients.endPauses();
    if (!clients.paused) return false;
    if (!clients.pausesOnlyWrites) return true;
    return this.bitsOf(client, command, WRITE | MAY_REPLICATE) !== 0;
  }

  private find(client: Client, request: Request): Command {
    const command = this.engine.commands.find(request);
    if (command === undefined) {
      if (isForeign(request)) this.endForeign(client);
      throw unknownCommand(request);
    }
    if (command.subcommands.size > 0 && request.argc > 1) {
      const subcommand = command.subcommands.get(request.text(1).toLowerCase());
      if (subcommand === undefined) throw unknownSubcommand(command, request);
      if (!subcommand.acceptsCount(request.argc)) throw arityError(subcommand);
      return subcommand;
    }
    if (!command.acceptsCount(request.argc)) throw arityError(command);
    return command;
  }

  /** A browser was made to send an HTTP request here, with commands in it: none of what follows may run. */
  private endForeign(client: Client): void {
    this.engine.services.log(
      "warning",
      `Connection from ${client.link.remote} closed: it speaks HTTP, which may be an attack from a web page (cross protocol scripting).`,
    );
    client.link.destroy();
  }

  private check(client: Client, command: Command): void {
    const { config, services } = this.engine;
    if (command.bits & PROTECTED) this.checkProtected(client, command);
    if (!command.is(NO_AUTH) && this.engine.clients.mustAuthenticate(client)) {
      throw fail("NOAUTH Authentication required.");
    }
    if (config.values.maxmemory > 0 && !services.loading) {
      const full = !this.engine.eviction.makeRoom();
      // What is queued takes memory as well.
      const queued = client.transaction !== null && !command.is(IMMEDIATE);
      if (full && (queued || this.bitsOf(client, command, DENY_OOM) !== 0)) {
        throw fail("OOM command not allowed when used memory > 'maxmemory'.");
      }
    }
    const writes = this.bitsOf(client, command, WRITE) !== 0;
    // Whoever only asks whether the server is well shall hear of it too.
    const asks = command.fullName === "ping";
    if (writes || asks) {
      const reason = services.writeRefusal();
      if (reason !== null) throw fail(reason);
    }
    if (services.follower.isReplica) this.checkReplica(client, command, writes);
    else if (writes && config.values["min-replicas-to-write"] > 0 && !services.primary.hasEnoughReplicas)
      throw fail("NOREPLICAS Not enough good replicas to write.");
    if (client.subscribed && client.reply.version === 2 && !command.is(WHILE_SUBSCRIBED)) {
      throw fail(
        `Can't execute '${command.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
    }
    const isRefused =
      services.loading !== null
        ? !this.allHave(client, command, LOADING)
        : services.follower.isLoadingAside && this.bitsOf(client, command, NO_ASYNC_LOADING) !== 0;
    if (isRefused) throw fail("LOADING Redis is loading the dataset in memory");
    if ((client.monitor || client.replica !== null) && command.is(WRITE | READONLY | MAY_REPLICATE))
      throw fail("Replica can't interact with the keyspace");
  }

  /** What a replica refuses. Redis looks at its link only after some of the checks that follow; nobody can tell. */
  private checkReplica(client: Client, command: Command, writes: boolean): void {
    const { config, services } = this.engine;
    if (writes && config.values["replica-read-only"])
      throw fail("READONLY You can't write against a read only replica.");
    if (services.follower.isLinked || config.values["replica-serve-stale-data"]) return;
    if (this.allHave(client, command, STALE)) return;
    throw fail("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.");
  }

  /** The flags of the command, and of any that EXEC would run. */
  private bitsOf(client: Client, command: Command, bits: number): number {
    return (command.bits | (queuedBefore(client, command)?.bits ?? 0)) & bits;
  }

  /** Whether the command, and every one that EXEC would run, has the flag. */
  private allHave(client: Client, command: Command, flag: number): boolean {
    return (command.bits & (queuedBefore(client, command)?.commonBits ?? flag) & flag) !== 0;
  }

  private checkProtected(client: Client, command: Command): void {
    const allowed = this.engine.config.values["enable-debug-command"];
    if (allowed === "yes" || (allowed === "local" && client.link.isLocal)) return;
    const name = command.parent?.declaration.name ?? command.declaration.name;
    throw fail(
      `${name.toUpperCase()} command not allowed. If the enable-${name}-command option is set to "local", ` +
        "you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.",
    );
  }
}

/** What EXEC would run; null: the command is another one. */
function queuedBefore({ transaction }: Client, command: Command): Transaction | null {
  return transaction !== null && command.fullName === "exec" ? transaction : null;
}

/** Whether this is a line of an HTTP request that no command begins with. */
function isForeign(request: Request): boolean {
  const name = request.length(0) > 5 ? "" : request.text(0).toLowerCase();
  return name === "post" || name === "host:";
}

function unknownCommand(request: Request): CommandError {
  let shown = "";
  for (let at = 1; at < request.argc && shown.length < SHOWN_ARGUMENTS; at++) {
    shown += `'${request.shown(at, SHOWN_ARGUMENTS - shown.length)}' `;
  }
  const name = request.shown(0, SHOWN_ARGUMENTS);
  return fail(`unknown command '${name}', with args beginning with: ${shown}`);
}

function arityError(command: Command): CommandError {
  command.rejected++;
  return wrongArity(command.fullName);
}

function unknownSubcommand(command: Command, request: Request): CommandError {
  const name = request.shown(1, SHOWN_ARGUMENTS);
  return fail(`unknown subcommand '${name}'. Try ${command.declaration.name.toUpperCase()} HELP.`);
}
