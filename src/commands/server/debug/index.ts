/**
 * DEBUG: for tests of clients and of servers. Those of Redis's subcommands that have a meaning here; to Redis they are
 * arguments of one command, not subcommands with a declaration of their own.
 */

import type { Call } from "../../../engine/call.js";
import { command } from "../../../engine/command.js";
import { CommandError, wrongSubcommand } from "../../../engine/errors.js";
import { latin1 } from "../../../util/ascii.js";
import { digest, digestValue } from "./digest.js";
import { object, stringLengths, tableOfKey } from "./entry.js";
import { populate } from "./populate.js";
import { protocol } from "./protocol.js";
import { loadAof, reload } from "./reload.js";
import { showListpack, showQuicklist } from "./structure.js";
import { tables } from "./tables.js";

interface Subcommand {
  readonly args: string;
  readonly summary: string;
  /** The fewest and the most words of the command line. */
  readonly argc: readonly [least: number, most: number];
  readonly run: (call: Call) => void;
}

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  [
    "aof-flush-sleep",
    {
      args: "<microseconds>",
      summary: "Do nothing for so long before each write to the append-only file.",
      argc: [3, 3],
      run: sleepBeforeFlush,
    },
  ],
  ["assert", { args: "", summary: "End the process by SIGABRT.", argc: [2, 2], run: abort }],
  [
    "change-repl-id",
    {
      args: "",
      summary: "Give the history a new id, so that no replica can continue.",
      argc: [2, 2],
      run: changeHistory,
    },
  ],
  [
    "config-rewrite-force-all",
    {
      args: "",
      summary: "Rewrite the configuration file with all directives, also those that have their defaults.",
      argc: [2, 2],
      run: rewriteConfig,
    },
  ],
  ["digest", { args: "", summary: "Hash all data, as Redis does.", argc: [2, 2], run: digest }],
  [
    "digest-value",
    { args: "<key> [<key> ...]", summary: "Hash single values.", argc: [2, Infinity], run: digestValue },
  ],
  ["error", { args: "<text>", summary: "Reply with that error.", argc: [3, 3], run: error }],
  ["htstats", { args: "<db>", summary: "Describe a database's hash tables.", argc: [3, 3], run: tables }],
  [
    "htstats-key",
    { args: "<key>", summary: "Describe a value's hash table.", argc: [3, 3], run: tableOfKey },
  ],
  [
    "listpack",
    { args: "<key>", summary: "Write a listpack's entries to the log.", argc: [3, 3], run: showListpack },
  ],
  ["loadaof", { args: "", summary: "Load the append-only file anew.", argc: [2, 2], run: loadAof }],
  ["log", { args: "<text>", summary: "Write a line to the server's log.", argc: [3, 3], run: log }],
  ["object", { args: "<key>", summary: "Describe a value.", argc: [3, 3], run: object }],
  ["oom", { args: "", summary: "End the process as when memory has run out.", argc: [2, 2], run: abort }],
  ["panic", { args: "", summary: "End the process by SIGABRT.", argc: [2, 2], run: abort }],
  [
    "pause-cron",
    { args: "<0|1>", summary: "Stop background work, or resume it.", argc: [3, 3], run: pauseCron },
  ],
  [
    "populate",
    {
      args: "<count> [<prefix>] [<size>]",
      summary: "Create so many keys with strings, which are not logged.",
      argc: [3, 5],
      run: populate,
    },
  ],
  ["protocol", { args: "<type>", summary: "Reply with a value of that type.", argc: [3, 3], run: protocol }],
  [
    "quicklist",
    {
      args: "<key> [<0|1>]",
      summary: "Write a quicklist's nodes to the log; with 1 their elements as well.",
      argc: [3, 4],
      run: showQuicklist,
    },
  ],
  [
    "replicate",
    {
      args: "<word> [<word> ...]",
      summary: "Send the replicas this command, which is not executed here.",
      argc: [3, Infinity],
      run: replicate,
    },
  ],
  [
    "sdslen",
    { args: "<key>", summary: "Tell the lengths of a key and its string.", argc: [3, 3], run: stringLengths },
  ],
  [
    "reload",
    {
      args: "[MERGE] [NOFLUSH] [NOSAVE]",
      summary: "Save a snapshot and load it, unless told otherwise in the place of what there is.",
      argc: [2, 5],
      run: reload,
    },
  ],
  ["segfault", { args: "", summary: "End the process by SIGSEGV.", argc: [2, 2], run: segfault }],
  [
    "set-active-expire",
    {
      args: "<0|1>",
      summary: "Stop deleting expired keys unasked, or resume it.",
      argc: [3, 3],
      run: setActiveExpire,
    },
  ],
  [
    "set-skip-checksum-validation",
    {
      args: "<0|1>",
      summary: "Read snapshots and payloads of RESTORE whatever their checksum says, or verify it again.",
      argc: [3, 3],
      run: skipChecksums,
    },
  ],
  ["sleep", { args: "<seconds>", summary: "Do nothing at all for so long.", argc: [3, 3], run: sleep }],
  ["help", { args: "", summary: "Print this help.", argc: [2, 2], run: help }],
]);

export const debug = command({
  name: "debug",
  group: "server",
  since: "1.0.0",
  summary: "A container for commands that look inside the server and disturb it",
  complexity: "Depends on the subcommand",
  flags: ["admin", "noscript", "loading", "stale", "protected"],
  arity: -2,
  internal: true,
  run(call) {
    const subcommand = SUBCOMMANDS.get(call.text(1).toLowerCase());
    const [least, most] = subcommand?.argc ?? [0, 0];
    if (subcommand === undefined || call.argc < least || call.argc > most) {
      throw wrongSubcommand(call.shown(1, 128), "DEBUG");
    }
    subcommand.run(call);
  },
});

/** Integers here are what C's atoi makes of a text: 0 of what is none. */
function integerAt(call: Call, at: number): number {
  const value = Number.parseInt(call.text(at), 10);
  return Number.isNaN(value) ? 0 : value;
}

function isOn(call: Call, at: number): boolean {
  return integerAt(call, at) !== 0;
}

function abort(call: Call): void {
  call.engine.platform.host.crash("SIGABRT");
}

function segfault(call: Call): void {
  call.engine.platform.host.crash("SIGSEGV");
}

function changeHistory(call: Call): void {
  const { services, history } = call.engine;
  services.log("notice", "Changing replication IDs after receiving DEBUG change-repl-id");
  history.renew();
  call.reply.ok();
}

function rewriteConfig(call: Call): void {
  call.engine.services.rewriteConfig(true);
  call.reply.ok();
}

function replicate(call: Call): void {
  const words: Uint8Array[] = [];
  for (let at = 2; at < call.argc; at++) words.push(call.view(at));
  call.engine.unit.tell(-1, words);
  call.reply.ok();
}

function error(call: Call): void {
  throw new CommandError(latin1(call.view(2)));
}

function log(call: Call): void {
  call.engine.services.log("warning", `DEBUG LOG: ${call.text(2)}`);
  call.reply.ok();
}

function pauseCron(call: Call): void {
  call.engine.services.pauseCron(isOn(call, 2));
  call.reply.ok();
}

function setActiveExpire(call: Call): void {
  call.engine.expiry.enabled = isOn(call, 2);
  call.reply.ok();
}

function sleepBeforeFlush(call: Call): void {
  call.engine.services.sleepBeforeFlush(Math.max(0, integerAt(call, 2)));
  call.reply.ok();
}

function skipChecksums(call: Call): void {
  call.engine.verifiesChecksums = !isOn(call, 2);
  call.reply.ok();
}

function sleep(call: Call): void {
  const seconds = Number.parseFloat(call.text(2));
  if (seconds > 0) call.engine.platform.clock.stall(seconds * 1000);
  call.reply.ok();
}

function help(call: Call): void {
  const lines = ["DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"];
  for (const [name, { args, summary }] of SUBCOMMANDS) {
    lines.push(`${name.toUpperCase()} ${args}`.trimEnd(), `    ${summary}`);
  }
  call.reply.lines(lines);
}
