/** An engine without a server around it: shows what a command leaves in the log, and which keyspace events it fires. */

import { commandTable } from "#tidemark/commands/table.js";
import { type DirectiveOptions, fromOptions } from "#tidemark/config/options.js";
import { Client, type ClientLink } from "#tidemark/engine/client.js";
import { CommandTable } from "#tidemark/engine/command-table.js";
import { Engine } from "#tidemark/engine/engine.js";
import type { Services } from "#tidemark/engine/services.js";
import { Keyspace } from "#tidemark/keyspace/keyspace.js";
import { Log } from "#tidemark/log/log.js";
import { NEVER } from "#tidemark/memory/entry.js";
import { Request } from "#tidemark/resp/request.js";
import { LIST } from "#tidemark/types/type.js";
import { simulatedPlatform } from "../../support/platform.js";
import { parseReply } from "../../support/reply.js";

const LINK: ClientLink = {
  remote: "127.0.0.1:1",
  local: "127.0.0.1:2",
  fd: 1,
  isUnix: false,
  isLocal: true,
  queryBytes: 0,
  queryBufferBytes: 0,
  outputBytes: 0,
  send: () => {},
  close: () => {},
  destroy: () => {},
  wake: () => {},
  forReplica: () => {
    throw new Error("not a replica");
  },
};

/** What the engine asks of a server on the way of these commands; the rest would be a whole server. */
const SERVICES = {
  loading: null,
  aof: null,
  follower: { isReplica: false },
  writeRefusal: () => null,
} as unknown as Services;

export class Session {
  /** Keyspace events so far: `set a`. */
  readonly events: string[] = [];
  private readonly platform = simulatedPlatform(1);
  private readonly keyspace = new Keyspace(16, this.platform.chance, { poison: true });
  private readonly log = new Log();
  private readonly engine: Engine;
  private readonly client: Client;

  constructor(directives: DirectiveOptions = {}) {
    const surroundings = { disk: this.platform.disk, workingDirectory: "/data" };
    this.log.listen("file", true);
    this.engine = new Engine({
      platform: this.platform,
      config: fromOptions(surroundings, directives),
      keyspace: this.keyspace,
      log: this.log,
      commands: new CommandTable(commandTable),
      services: SERVICES,
    });
    this.client = new Client(1, "normal", LINK, this.keyspace.databases[0]!, this.engine.pool, 0);
    this.client.authenticated = true;
    this.keyspace.notifyKinds = -1;
    this.keyspace.hooks = {
      ...this.keyspace.hooks,
      event: (_database, event, key) => {
        this.events.push(`${event} ${Buffer.from(key.bytes.slice(key.start, key.end))}`);
      },
    };
  }

  /** Runs a command and gives the bytes of its reply. */
  run(...words: readonly (string | Buffer)[]): string {
    this.engine.execute(this.client, Request.of(words));
    const { bytes, length } = this.client.reply.take()!;
    return bytes.toString("latin1", 0, length);
  }

  /** Puts an entry there that is no string. */
  placeList(name: string): void {
    const key = this.keyspace.key(Buffer.from(name));
    const traits = { type: LIST, encoding: 0, access: 0, expiry: NEVER };
    const none = new Uint8Array(0);
    this.keyspace.databases[0]!.put(key, 0, this.keyspace.entries.createString(key, none, 0, 0, traits));
  }

  /** The commands in the log, without the SELECT at its beginning. */
  logged(): string[][] {
    const parts: Buffer[] = [];
    for (let block = this.log.take(); block !== null; block = this.log.take()) {
      parts.push(Buffer.from(block.bytes.subarray(block.start, block.end)));
    }
    return commandsOf(Buffer.concat(parts));
  }
}

/** The commands that the bytes are, without the SELECT at their beginning. */
export function commandsOf(bytes: Buffer): string[][] {
  const commands: string[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const parsed = parseReply(bytes, at)!;
    commands.push(parsed.reply.value as string[]);
    at = parsed.end;
  }
  return commands[0]?.[0] === "SELECT" ? commands.slice(1) : commands;
}
