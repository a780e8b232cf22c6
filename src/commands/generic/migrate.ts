/** MIGRATE: keys go to another server. */

import { block, integer, key, multiple, oneOf, optional, string, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { fail, syntaxError } from "../../engine/errors.js";
import type { Words } from "../../engine/key-spec.js";
import { Migration, MigrationError, type MigrationOptions } from "./migration.js";

const FIRST_OPTION = 6;
const DEFAULT_TIMEOUT_MS = 1000;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export const migrate = command({
  name: "migrate",
  group: "generic",
  since: "2.6.0",
  summary: "Moves keys to another server",
  complexity: "O(N) for values of N bytes in all, to dump them here and restore them there, and to send them",
  flags: ["write"],
  categories: ["dangerous"],
  tips: ["nondeterministic_output"],
  arity: -6,
  args: [
    string("host"),
    integer("port"),
    oneOf("key-selector", [key("key", ["RW", "access", "delete"]), token("empty-string", "")]),
    integer("destination-db"),
    integer("timeout"),
    optional(token("copy", "COPY", { since: "3.0.0" })),
    optional(token("replace", "REPLACE", { since: "3.0.0" })),
    optional(
      oneOf("authentication", [
        string("auth", { token: "AUTH", displayText: "password", since: "4.0.7" }),
        block("auth2", [string("username"), string("password")], { token: "AUTH2", since: "6.0.0" }),
      ]),
    ),
    optional(
      multiple(
        key("keys", ["RW", "access", "delete", "incomplete"], {
          token: "KEYS",
          displayText: "key",
          keySpecIndex: 1,
          since: "3.0.6",
        }),
      ),
    ),
  ],
  keySpecs: [
    {
      flags: ["RW", "access", "delete"],
      begin: { type: "index", index: 3 },
      find: { type: "range", lastKey: 0, step: 1, limit: 0 },
    },
    {
      flags: ["RW", "access", "delete", "incomplete"],
      begin: { type: "keyword", keyword: "KEYS", startFrom: -2 },
      find: { type: "range", lastKey: -1, step: 1, limit: 0 },
    },
  ],
  findKeys: (call) => {
    const { first, count } = keysOf(call);
    return Array.from({ length: count }, (_, at) => ({ at: first + at, flags: ["RW", "access", "delete"] }));
  },
  history: [
    ["3.0.0", "Added the `COPY` and `REPLACE` options."],
    ["3.0.6", "Added the `KEYS` option."],
    ["4.0.7", "Added the `AUTH` option."],
    ["6.0.0", "Added the `AUTH2` option."],
  ],
  secrets: (words) => secretsOf(words),
  run(call) {
    const { engine, client, reply, argc } = call;
    const options = readOptions(call);
    const { first, count } = keysOf(call);
    const keys = Array.from({ length: count }, (_, at) => call.bytes(first + at)).filter(
      (_, at) => first + at < argc,
    );
    if (engine.isNested) throw fail("MIGRATE is not possible inside a transaction");
    const migration = new Migration(engine, call.database, keys, options);
    // Nothing is logged but the deletions, by the migration itself.
    call.propagateNothing();
    if (migration.isEmpty) {
      reply.simple("NOKEY");
      return;
    }
    engine.blocking.block(call, { timedOut: null, end: () => {} }, 0);
    const { blocked } = client;
    migration.run().then(
      () => {
        if (client.blocked !== blocked) return;
        engine.blocking.finish(client, () => {
          // The keys are not here any more: that has to be as safe as any write.
          client.waitFor(engine.log.fileOffset, reply.length);
          reply.ok();
        });
      },
      (error: unknown) => {
        if (!(error instanceof MigrationError)) throw error;
        if (client.blocked === blocked) engine.blocking.refuse(client, error.message);
      },
    );
  },
});

/** Where the keys are: behind KEYS, or the one in its place. */
function keysOf(words: Words): { first: number; count: number } {
  if (words.argc > 3 && words.text(3) === "") {
    for (let at = FIRST_OPTION; at < words.argc; at++) {
      const word = words.text(at).toLowerCase();
      if (word === "keys") return { first: at + 1, count: words.argc - at - 1 };
      if (word === "auth") at++;
      else if (word === "auth2") at += 2;
    }
  }
  return { first: 3, count: 1 };
}

function secretsOf(words: Words): number[] {
  const found: number[] = [];
  for (let at = FIRST_OPTION; at < words.argc; at++) {
    const word = words.text(at).toLowerCase();
    if (word === "auth") found.push(++at);
    else if (word === "auth2") found.push(++at, ++at);
    else if (word === "keys") break;
  }
  return found.filter((at) => at < words.argc);
}

function readOptions(call: Call): MigrationOptions {
  let copy = false;
  let replace = false;
  let authentication: Buffer[] = [];
  for (let at = FIRST_OPTION; at < call.argc; at++) {
    const left = call.argc - 1 - at;
    if (call.is(at, "copy")) copy = true;
    else if (call.is(at, "replace")) replace = true;
    else if (call.is(at, "auth") && left >= 1) authentication = [call.bytes(++at)];
    else if (call.is(at, "auth2") && left >= 2) authentication = [call.bytes(++at), call.bytes(++at)];
    else if (call.is(at, "keys")) {
      if (call.length(3) > 0)
        throw fail("When using MIGRATE KEYS option, the key argument must be set to the empty string");
      break;
    } else throw syntaxError();
  }
  const timeout = call.integer64(5);
  const database = String(call.integer64(4));
  const timeoutMs = timeout <= 0n ? DEFAULT_TIMEOUT_MS : Math.min(Number(timeout), TIMEOUT_MS_MAX);
  const port = Number.parseInt(call.text(2), 10);
  const endpoint = { host: call.text(1), port: port >= 0 && port < 65536 ? port : 0 };
  return { endpoint, database, timeoutMs, copy, replace, authentication };
}
