import assert from "node:assert/strict";
import { sameReplies } from "../../support/compare.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";

sameReplies(
  "CLIENT LIST, INFO and ID",
  String.raw`
CLIENT LIST TYPE
CLIENT LIST TYPE nonsense
CLIENT LIST TYPE normal x
CLIENT LIST nonsense
CLIENT LIST nonsense x
CLIENT LIST ID
CLIENT LIST ID x
CLIENT LIST ID 0
CLIENT LIST ID 123456 -1
CLIENT LIST ID 1 x
CLIENT LIST TYPE pubsub
CLIENT LIST TYPE replica
CLIENT LIST TYPE slave
CLIENT LIST TYPE master
~match "id=.* cmd=client.list " CLIENT LIST TYPE NORMAL
~match "id=.* cmd=client.info " CLIENT INFO
CLIENT INFO x
CLIENT ID x
~match "^:[0-9]+\r\n$" CLIENT ID
`,
  { digest: false },
);

function fieldsOf(line: string): Map<string, string> {
  return new Map(
    line
      .trim()
      .split(" ")
      .map((field) => {
        const [name = "", ...value] = field.split("=");
        return [name, value.join("=")];
      }),
  );
}

async function infoOf(client: WireClient): Promise<Map<string, string>> {
  return fieldsOf(String(await client.call("CLIENT", "INFO")));
}

oracleTest("CLIENT INFO has the fields of redis-server in its order, then those of 7.2", async () => {
  await using oracle = await startOracle();
  await using server = await TidemarkHere.start({});
  using theirs = await oracle.client();
  using ours = await server.client();
  const names = [...(await infoOf(theirs)).keys(), "lib-name", "lib-ver"];
  assert.deepEqual([...(await infoOf(ours)).keys()], names);
});

oracleTest("CLIENT INFO tells the truth", async () => {
  await using server = await TidemarkHere.start({});
  using client = await server.client();
  using other = await server.client();
  await client.call("HELLO", "3", "SETNAME", "me");
  await client.call("CLIENT", "SETINFO", "LIB-NAME", "lib");
  await client.call("CLIENT", "SETINFO", "LIB-VER", "1.0");
  await client.call("CLIENT", "NO-TOUCH", "on");
  await client.call("SELECT", 3);
  await client.call("WATCH", "key");
  await other.call("SELECT", 3);
  await other.call("SET", "key", "1");
  const id = await client.call("CLIENT", "ID");
  const fields = await infoOf(client);
  const expected = {
    id: String(id),
    laddr: `127.0.0.1:${server.port}`,
    name: "me",
    flags: "dT",
    db: "3",
    multi: "-1",
    cmd: "client|info",
    "argv-mem": "10",
    user: "default",
    redir: "-1",
    resp: "3",
    "lib-name": "lib",
    "lib-ver": "1.0",
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(fields.get(name), value, name);
  await client.call("MULTI");
  await client.call("GET", "key");
  const line = String(await other.call("CLIENT", "LIST", "ID", String(id)));
  assert.equal(fieldsOf(line).get("multi"), "1");
  assert.equal(fieldsOf(line).get("flags"), "xdT");
  assert.equal(fieldsOf(line).get("cmd"), "get");
  assert.equal(
    String(await other.call("CLIENT", "LIST"))
      .trim()
      .split("\n").length,
    2,
  );
});
