/** CLIENT ID, INFO and LIST. */

import { integer, multiple, oneOf, optional, token } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import type { Client } from "../../../engine/client.js";
import { command } from "../../../engine/command.js";
import { fail, syntaxError } from "../../../engine/errors.js";
import { readType, typeOfClient } from "./filter.js";
import { clientLine } from "./line.js";

export const id = command({
  name: "id",
  group: "connection",
  since: "5.0.0",
  summary: "Returns the number of this connection, which no other will ever have",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  run(call) {
    call.reply.integer(call.client.id);
  },
});

export const info = command({
  name: "info",
  group: "connection",
  since: "6.2.0",
  summary: "Describes this connection in one line",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  tips: ["nondeterministic_output"],
  run(call) {
    call.reply.verbatim(lineOf(call, call.client));
  },
});

export const list = command({
  name: "list",
  group: "connection",
  since: "2.4.0",
  summary: "Describes the connections, a line for each",
  complexity: "O(N), N being the number of connections",
  flags: ["admin", "noscript", "loading", "stale"],
  args: [
    optional(
      oneOf(
        "client-type",
        [
          token("normal", "NORMAL"),
          token("master", "MASTER"),
          token("replica", "REPLICA"),
          token("pubsub", "PUBSUB"),
        ],
        { token: "TYPE", since: "5.0.0" },
      ),
    ),
    optional(multiple(integer("client-id", { token: "ID", since: "6.2.0" }))),
  ],
  tips: ["nondeterministic_output"],
  history: [
    ["2.8.12", "Field `id`, which is unique."],
    ["5.0.0", "Option `TYPE`."],
    ["6.0.0", "Field `user`."],
    ["6.2.0", "Fields `argv-mem`, `tot-mem`, `laddr` and `redir`; option `ID`."],
    ["7.0.0", "Fields `resp`, `multi-mem`, `rbs` and `rbp`."],
    ["7.0.3", "Field `ssub`."],
  ],
  run(call) {
    const lines = selected(call).map((client) => `${lineOf(call, client)}`);
    call.reply.verbatim(lines.join(""));
  },
});

function lineOf(call: Call, client: Client): string {
  const request = client === call.client ? call.request : null;
  return `${clientLine(client, call.engine.keyspace.now, request)}\n`;
}

function selected(call: Call): Client[] {
  const { clients } = call.engine;
  if (call.argc === 2) return clients.listed();
  if (call.argc === 4 && call.is(2, "type")) {
    const type = readType(call, 3);
    return clients.listed().filter((client) => typeOfClient(client) === type);
  }
  if (call.argc > 3 && call.is(2, "id")) return withIds(call);
  throw syntaxError();
}

function withIds(call: Call): Client[] {
  const found: Client[] = [];
  const listed = new Map(call.engine.clients.listed().map((client) => [client.id, client]));
  for (let at = 3; at < call.argc; at++) {
    const number = call.integer64(at, () => fail("Invalid client ID"));
    const client = listed.get(Number(number));
    if (client !== undefined) found.push(client);
  }
  return found;
}
