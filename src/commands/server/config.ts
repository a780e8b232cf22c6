/** CONFIG: reads and changes the configuration of the running server. */

import { findDirective } from "../../config/table.js";
import { block, multiple, string } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command, type Flag } from "../../engine/command.js";
import type { Engine } from "../../engine/engine.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { Words } from "../../engine/key-spec.js";
import { bytesOfLatin1, latin1 } from "../../util/ascii.js";
import { helpCommand } from "../help.js";

const FLAGS: readonly Flag[] = ["admin", "noscript", "loading", "stale"];

/** An argument as the configuration knows it: one character for each byte. */
const word = (call: Call, at: number): string => latin1(call.view(at));

const get = command({
  name: "get",
  group: "server",
  since: "2.0.0",
  summary: "Lists the directives that match patterns, with their values",
  complexity: "O(N), N being the number of directives",
  flags: FLAGS,
  args: [multiple(string("parameter"))],
  history: [["7.0.0", "Takes several patterns."]],
  run(call) {
    const patterns = Array.from({ length: call.argc - 2 }, (_, i) => word(call, i + 2));
    const found = call.engine.config.get(patterns);
    call.reply.map(found.length);
    for (const [name, value] of found) {
      call.reply.bulk(bytesOfLatin1(name));
      call.reply.bulk(bytesOfLatin1(value));
    }
  },
});

const set = command({
  name: "set",
  group: "server",
  since: "2.0.0",
  summary: "Changes directives, all of those given or none",
  complexity: "O(N), N being the number of directives given",
  flags: FLAGS,
  args: [multiple(block("data", [string("parameter"), string("value")]))],
  history: [["7.0.0", "Takes several directives."]],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  secrets: sensitiveValues,
  run(call) {
    if (call.argc % 2 !== 0) throw syntaxError();
    const pairs: [string, string][] = [];
    for (let at = 2; at < call.argc; at += 2) pairs.push([word(call, at), word(call, at + 1)]);
    const conditions = { isLocal: call.client.link.isLocal, loading: call.engine.services.loading !== null };
    const { config, services } = call.engine;
    const old = pairs.flatMap(([name]) => config.get([name]));
    const error = config.set(pairs, conditions);
    if (error !== null) throw fail(error);
    if (services.moving === null) call.reply.ok();
    else
      waitForMove(call, services.moving, () => {
        config.set(old, conditions);
        return moveFailure(pairs);
      });
  },
});

/** Replies when the server has moved; when it cannot, `undo` takes the change back and tells the error. */
function waitForMove(call: Call, moving: Promise<void>, undo: () => string): void {
  const { client, reply, engine, mayBlock } = call;
  if (mayBlock) engine.blocking.block(call, { timedOut: null, end: () => {} }, 0);
  else reply.ok();
  const { blocked } = client;
  const isWaiting = (): boolean => mayBlock && client.blocked === blocked;
  moving.then(
    () => {
      if (isWaiting()) engine.blocking.finish(client, () => reply.ok());
    },
    () => {
      const error = undo();
      if (isWaiting()) engine.blocking.refuse(client, error);
    },
  );
}

function moveFailure(pairs: readonly (readonly [string, string])[]): string {
  const port = pairs.find(([name]) => name.toLowerCase() === "port");
  const [cause, reason] =
    port === undefined
      ? ["bind", "Failed to bind to specified addresses."]
      : [port[0], "Unable to listen on this port. Check server logs."];
  return `ERR CONFIG SET failed (possibly related to argument '${cause}') - ${reason}`;
}

/** The places of values that are passwords. */
function sensitiveValues(words: Words): number[] {
  const found: number[] = [];
  for (let at = 2; at + 1 < words.argc; at += 2) {
    if (findDirective(words.text(at))?.directive.sensitive === true) found.push(at + 1);
  }
  return found;
}

const rewrite = command({
  name: "rewrite",
  group: "server",
  since: "2.8.0",
  summary: "Brings the configuration file up to date with the running server",
  complexity: "O(1)",
  flags: FLAGS,
  run(call) {
    call.engine.services.rewriteConfig(false);
    call.reply.ok();
  },
});

const resetStat = command({
  name: "resetstat",
  group: "server",
  since: "2.0.0",
  summary: "Begins to count anew what INFO reports",
  complexity: "O(1)",
  flags: FLAGS,
  run(call) {
    resetStatistics(call.engine);
    call.reply.ok();
  },
});

function resetStatistics(engine: Engine): void {
  const { statistics, keyspace, eviction, commands, services } = engine;
  statistics.reset();
  Object.assign(keyspace.stats, { hits: 0, misses: 0, expired: 0, evicted: 0, lazilyFreed: 0 });
  eviction.exceededUs = 0;
  eviction.exceededSinceUs = 0;
  for (const command of commands.all()) command.resetStatistics();
  if (services.aof !== null) services.aof.delayedFsync = 0;
  services.rewriter.rewrites = 0;
  services.saver.saves = 0;
  services.saver.cuts = 0;
}

export const config = command({
  name: "config",
  group: "server",
  since: "2.0.0",
  summary: "A container for commands about the server's configuration",
  complexity: "Depends on the subcommand",
  subcommands: [get, helpCommand("server", "5.0.0"), resetStat, rewrite, set],
});
