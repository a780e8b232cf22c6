import assert from "node:assert/strict";
import { test } from "node:test";
import { CATEGORIES } from "#tidemark/engine/categories.js";
import { sameReplies } from "../../support/compare.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { Plain } from "../../support/reply.js";

sameReplies(
  "ACL of the default user",
  String.raw`
=== the container
ACL
ACL nonsense
ACL HELP x
~match "^\\*[0-9]+\r\n\\+ACL <subcommand> .*\\+HELP\r\n" ACL HELP
=== who
ACL WHOAMI
ACL WHOAMI x
ACL USERS
ACL USERS x
=== categories
ACL CAT
ACL CAT nonsense
ACL CAT a b
acl cat a b
acl genpass a b
~unordered ACL CAT transaction
~unordered ACL CAT BITMAP
=== passwords
~match "^.64\r\n[0-9a-f]{64}\r\n$" ACL GENPASS
~match "^.1\r\n[0-9a-f]\r\n$" ACL GENPASS 1
~match "^.2\r\n[0-9a-f]{2}\r\n$" ACL GENPASS 5
~match "^.1024\r\n[0-9a-f]{1024}\r\n$" ACL GENPASS 4096
ACL GENPASS 0
ACL GENPASS -1
ACL GENPASS 4097
ACL GENPASS x
ACL GENPASS 99999999999999999999
ACL GENPASS 1 2
=== rules
ACL LIST x
~7.2 "sanitize-payload is shown" "*1\r\n$51\r\nuser default on nopass sanitize-payload ~* &* +@all\r\n" ACL LIST
ACL GETUSER
ACL GETUSER nobody
ACL GETUSER DEFAULT
`,
  { digest: false },
);

/** The flags and the rest of ACL GETUSER default. */
async function userOf(server: { client: TidemarkHere["client"] }): Promise<[Plain[], Map<Plain, Plain>]> {
  using client = await server.client();
  await client.call("HELLO", "3");
  const user = (await client.call("ACL", "GETUSER", "default")) as Map<Plain, Plain>;
  const flags = [...(user.get("flags") as Set<Plain>)];
  user.delete("flags");
  return [flags, user];
}

oracleTest("ACL GETUSER shows what redis-server shows, and sanitize-payload as 7.2 does", async () => {
  await using oracle = await startOracle();
  await using server = await TidemarkHere.start({});
  const [theirFlags, theirs] = await userOf(oracle);
  const [flags, ours] = await userOf(server);
  assert.deepEqual(ours, theirs);
  assert.deepEqual(flags, [...theirFlags, "sanitize-payload"]);
});

test("a password is shown by its digest", async () => {
  await using server = await TidemarkHere.start({ requirepass: "abc" });
  using client = await server.client();
  await client.call("AUTH", "abc");
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.deepEqual(await client.call("ACL", "LIST"), [
    `user default on sanitize-payload #${digest} ~* &* +@all`,
  ]);
  assert.deepEqual(((await client.call("ACL", "GETUSER", "default")) as Plain[]).slice(0, 4), [
    "flags",
    ["on", "sanitize-payload"],
    "passwords",
    [digest],
  ]);
});

oracleTest("every category has the commands that it has in redis-server", async () => {
  await using oracle = await startOracle();
  await using server = await TidemarkHere.start({});
  using theirs = await oracle.client();
  using ours = await server.client();
  const known = new Set((await theirs.call("COMMAND", "LIST", "FILTERBY", "PATTERN", "*")) as Plain[]);
  const here = new Set((await ours.call("COMMAND", "LIST", "FILTERBY", "PATTERN", "*")) as Plain[]);
  for (const category of CATEGORIES) {
    const expected = ((await theirs.call("ACL", "CAT", category)) as Plain[]).filter((name) =>
      here.has(name),
    );
    const actual = ((await ours.call("ACL", "CAT", category)) as Plain[]).filter((name) => known.has(name));
    assert.deepEqual(actual.sort(), expected.sort(), category);
  }
});
