/** ECHO, QUIT, RESET and SELECT. */

import { integer, string } from "../../engine/argument.js";
import { command } from "../../engine/command.js";
import { fail } from "../../engine/errors.js";

const INT_MIN = -2147483648n;
const INT_MAX = 2147483647n;

export const echo = command({
  name: "echo",
  group: "connection",
  since: "1.0.0",
  summary: "Answers with its argument",
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  args: [string("message")],
  run(call) {
    const { bytes, start, end } = call.slice(1);
    call.reply.bulk(bytes, start, end);
  },
});

export const quit = command({
  name: "quit",
  group: "connection",
  since: "1.0.0",
  summary: "Closes the connection once the replies before it are sent",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  arity: -1,
  deprecated: { since: "7.2.0", replacedBy: "just closing the connection" },
  immediate: true,
  whileSubscribed: true,
  run(call) {
    call.client.closing = true;
    call.reply.ok();
  },
});

export const reset = command({
  name: "reset",
  group: "connection",
  since: "6.2.0",
  summary: "Makes the session what it was when the client connected",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  immediate: true,
  whileSubscribed: true,
  run(call) {
    const { engine, client, reply } = call;
    client.discard();
    engine.monitors.remove(client);
    engine.pubsub.forget(client);
    client.database = engine.keyspace.databases[0]!;
    client.user = "default";
    client.authenticated = engine.config.values.requirepass === "";
    client.name = "";
    // After CLIENT REPLY SKIP it is this very command whose reply is left out.
    if (client.replyMode === "off") client.replyMode = "on";
    client.noEvict = false;
    client.noTouch = false;
    reply.version = 2;
    reply.simple("RESET");
  },
});

export const select = command({
  name: "select",
  group: "connection",
  since: "1.0.0",
  summary: "Chooses the database that the following commands work on",
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  args: [integer("index")],
  run(call) {
    const index = call.integer64(1);
    if (index < INT_MIN || index > INT_MAX) {
      throw fail(`value is out of range, value must between ${INT_MIN} and ${INT_MAX}`);
    }
    const database = call.engine.keyspace.databases[Number(index)];
    if (database === undefined) throw fail("DB index is out of range");
    call.client.database = database;
    call.reply.ok();
  },
});
