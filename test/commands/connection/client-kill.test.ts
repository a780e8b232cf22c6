import assert from "node:assert/strict";
import { sameReplies } from "../../support/compare.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";

sameReplies(
  "CLIENT KILL: arguments",
  `
CLIENT KILL
CLIENT KILL 1.2.3.4:5
CLIENT KILL ADDR
CLIENT KILL ID
CLIENT KILL ID 0
CLIENT KILL ID -1
CLIENT KILL ID x
CLIENT KILL ID 99999999999999999999
CLIENT KILL ID 123456
CLIENT KILL ID 123456 TYPE
CLIENT KILL ID x TYPE
CLIENT KILL TYPE nonsense
CLIENT KILL TYPE master
CLIENT KILL TYPE slave
CLIENT KILL TYPE replica
CLIENT KILL TYPE pubsub
CLIENT KILL USER nobody
CLIENT KILL USER default
CLIENT KILL ADDR 1.2.3.4:5
CLIENT KILL LADDR 1.2.3.4:5
CLIENT KILL ID 123456 SKIPME maybe
CLIENT KILL ID 123456 SKIPME no
CLIENT KILL MAXAGE 5
CLIENT KILL nonsense x
CLIENT KILL ID 123456 ADDR 1.2.3.4:5 LADDR 1.2.3.4:5 USER default TYPE normal SKIPME yes
PING
`,
  // CLIENT KILL USER default ends the connection that the comparison itself uses.
  { digest: false, protocols: [2] },
);

interface Server {
  client(): Promise<WireClient>;
}

/** What CLIENT KILL replies, and whether it ends the other connection and our own. */
async function killing(
  server: Server,
  words: (own: Place, other: Place) => readonly string[],
): Promise<readonly [reply: unknown, other: boolean, own: boolean]> {
  using own = await server.client();
  using other = await server.client();
  const reply = await own.call("CLIENT", "KILL", ...words(await placeOf(own), await placeOf(other)));
  return [reply, await isClosed(other), await isClosed(own)];
}

interface Place {
  readonly id: string;
  readonly addr: string;
  readonly laddr: string;
}

async function placeOf(client: WireClient): Promise<Place> {
  const line = String(await client.call("CLIENT", "INFO"));
  const field = (name: string): string => new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? "";
  return { id: field("id"), addr: field("addr"), laddr: field("laddr") };
}

async function isClosed(client: WireClient): Promise<boolean> {
  try {
    return (await client.call("PING")) !== "PONG";
  } catch {
    return true;
  }
}

const KILLS: readonly (readonly [string, (own: Place, other: Place) => readonly string[]])[] = [
  ["the other by its address, the old way", (_, other) => [other.addr]],
  ["ourselves by address, the old way", (own) => [own.addr]],
  ["the other by its number", (_, other) => ["ID", other.id]],
  ["not ourselves by number", (own) => ["ID", own.id]],
  ["ourselves by number", (own) => ["ID", own.id, "SKIPME", "no"]],
  ["by address", (_, other) => ["ADDR", other.addr]],
  ["by local address", (own) => ["LADDR", own.laddr]],
  ["all, ourselves too", (own) => ["LADDR", own.laddr, "SKIPME", "NO"]],
  ["by type", () => ["TYPE", "normal"]],
  ["by user", () => ["USER", "default", "SKIPME", "yes"]],
  [
    "by all of it",
    (_, other) => ["ID", other.id, "ADDR", other.addr, "LADDR", other.laddr, "TYPE", "normal"],
  ],
  ["nobody when the filters contradict", (own, other) => ["ID", other.id, "ADDR", own.addr]],
];

for (const [title, words] of KILLS) {
  oracleTest(`CLIENT KILL ends ${title}`, async () => {
    await using oracle = await startOracle();
    await using server = await TidemarkHere.start({});
    assert.deepEqual(await killing(server, words), await killing(oracle, words));
  });
}

oracleTest("a killed client is gone at once, with its watches", async () => {
  await using server = await TidemarkHere.start({});
  using own = await server.client();
  using other = await server.client();
  await other.call("WATCH", "key");
  const { id } = await placeOf(other);
  const [killed, listed, set] = await own.pipeline([
    ["CLIENT", "KILL", "ID", id],
    ["CLIENT", "LIST", "ID", id],
    ["SET", "key", "1"],
  ]);
  assert.deepEqual([killed?.value, listed?.value, set?.value], [1, "", "OK"]);
});
