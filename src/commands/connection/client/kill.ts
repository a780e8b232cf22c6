/** CLIENT KILL, in its old form (an address) and the new one (filters). */

import { integer, multiple, oneOf, optional, string, token } from "../../../engine/argument.js";
import type { Call } from "../../../engine/call.js";
import type { Client } from "../../../engine/client.js";
import { command } from "../../../engine/command.js";
import { fail, syntaxError } from "../../../engine/errors.js";
import { type ClientType, readType, typeOfClient } from "./filter.js";

export const kill = command({
  name: "kill",
  group: "connection",
  since: "2.4.0",
  summary: "Closes connections",
  complexity: "O(N), N being the number of connections",
  flags: ["admin", "noscript", "loading", "stale"],
  args: [
    oneOf("filter", [
      string("old-format", { displayText: "ip:port", deprecatedSince: "2.8.12" }),
      multiple(
        oneOf("new-format", [
          optional(integer("client-id", { token: "ID", since: "2.8.12" })),
          optional(
            oneOf(
              "client-type",
              [
                token("normal", "NORMAL"),
                token("master", "MASTER", { since: "3.2.0" }),
                token("slave", "SLAVE"),
                token("replica", "REPLICA", { since: "5.0.0" }),
                token("pubsub", "PUBSUB"),
              ],
              { token: "TYPE", since: "2.8.12" },
            ),
          ),
          optional(string("username", { token: "USER" })),
          optional(string("addr", { displayText: "ip:port", token: "ADDR" })),
          optional(string("laddr", { displayText: "ip:port", token: "LADDR", since: "6.2.0" })),
          optional(oneOf("skipme", [token("yes", "YES"), token("no", "NO")], { token: "SKIPME" })),
        ]),
      ),
    ]),
  ],
  arity: -3,
  history: [
    ["2.8.12", "Filters."],
    ["2.8.12", "Filter `ID`."],
    ["3.2.0", "Type `master`."],
    ["5.0.0", "Type `replica`, which `slave` still stands for."],
    ["6.2.0", "Filter `LADDR`."],
  ],
  run(call) {
    if (call.argc === 3) killByAddress(call);
    else call.reply.integer(killAll(call, readFilter(call)));
  },
});

interface Filter {
  id?: number;
  type?: ClientType;
  user?: string;
  address?: string;
  localAddress?: string;
  skipSelf: boolean;
}

function killByAddress(call: Call): void {
  if (killAll(call, { address: call.text(2), skipSelf: false }) === 0) throw fail("No such client");
  call.reply.ok();
}

function readFilter(call: Call): Filter {
  const filter: Filter = { skipSelf: true };
  for (let at = 2; at < call.argc; at += 2) {
    if (at + 1 === call.argc) throw syntaxError();
    readOption(call, at, filter);
  }
  return filter;
}

function readOption(call: Call, at: number, filter: Filter): void {
  const value = at + 1;
  if (call.is(at, "id")) filter.id = readId(call, value);
  else if (call.is(at, "type")) filter.type = readType(call, value);
  else if (call.is(at, "addr")) filter.address = call.text(value);
  else if (call.is(at, "laddr")) filter.localAddress = call.text(value);
  else if (call.is(at, "user")) filter.user = readUser(call, value);
  else if (call.is(at, "skipme") && call.is(value, "yes")) filter.skipSelf = true;
  else if (call.is(at, "skipme") && call.is(value, "no")) filter.skipSelf = false;
  else throw syntaxError();
}

function readId(call: Call, at: number): number {
  const invalid = (): Error => fail("client-id should be greater than 0");
  const id = call.integer64(at, invalid);
  if (id <= 0n) throw invalid();
  return Number(id);
}

function readUser(call: Call, at: number): string {
  const user = call.text(at);
  if (user !== "default") throw fail(`No such user '${call.shown(at)}'`);
  return user;
}

function matches(client: Client, filter: Filter): boolean {
  return (
    (filter.id === undefined || client.id === filter.id) &&
    (filter.type === undefined || typeOfClient(client) === filter.type) &&
    (filter.user === undefined || client.user === filter.user) &&
    (filter.address === undefined || client.link.remote === filter.address) &&
    (filter.localAddress === undefined || client.link.local === filter.localAddress)
  );
}

/** Closes the connections that match; our own one when its reply has been sent. Returns how many. */
function killAll(call: Call, filter: Filter): number {
  const chosen = call.engine.clients
    .listed()
    .filter((client) => matches(client, filter) && !(filter.skipSelf && client === call.client));
  for (const client of chosen) {
    if (client === call.client) client.closing = true;
    else client.link.destroy();
  }
  return chosen.length;
}
