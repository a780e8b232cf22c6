import assert from "node:assert/strict";
import { sameReplies } from "../../support/compare.js";
import { oracleTest } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";

// Connection @0 sets the password; the others are opened after that and meet it.
sameReplies(
  "a password",
  String.raw`
=== until it is known
CONFIG SET requirepass secret
@1 PING
@1 GET key
@1 nonsense
@1 GET
@1 CLIENT ID
@1 COMMAND COUNT
@1 MULTI
~7.2 "the advice has the version now" "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n" @1 HELLO
~7.2 "the advice has the version now" "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n" @1 HELLO 3
~7.2 "the advice has the version now" "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n" @1 HELLO 3 SETNAME x
@1 HELLO 3 AUTH default wrong
@1 AUTH wrong
@1 AUTH ""
@1 AUTH secre
@1 AUTH secrets
@1 AUTH default wrong
@1 AUTH nobody secret
@1 AUTH a b c
@1 RESET
@1 AUTH secret
@1 PING
@1 RESET
@1 PING
@1 AUTH default secret
@1 AUTH wrong
@1 PING
@1 QUIT
@1 ~closed
CONFIG SET requirepass ""
=== by HELLO
CONFIG SET requirepass secret
@1 ~match "\r\nproto\r\n:3\r\n" HELLO 3 AUTH default secret SETNAME x
@1 CLIENT GETNAME
@1 GET missing
CONFIG SET requirepass ""
=== of any bytes
CONFIG SET requirepass "\x00\xff \xc3\xa9"
@1 AUTH "\x00\xff \xc3"
@1 AUTH "\x00\xff \xc3\xa9"
CONFIG SET requirepass ""
=== that is set later is for later connections
@1 PING
CONFIG SET requirepass secret
@1 PING
@2 PING
@2 AUTH secret
CONFIG SET requirepass other
@2 PING
@3 AUTH secret
@3 AUTH other
CONFIG SET requirepass ""
=== that is taken away is asked of nobody
CONFIG SET requirepass secret
@1 PING
CONFIG SET requirepass ""
@1 PING
@1 HELLO 3 nonsense
=== limits what a stranger may send
CONFIG SET requirepass secret
@1 ~silent ~raw "*10\r\n"
@1 ~raw "$4\r\nPING\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n"
@2 ~raw "*11\r\n"
@2 ~closed
@3 ~raw "*2\r\n$4\r\nECHO\r\n$16385\r\n"
@3 ~closed
@4 ~silent ~raw "*2\r\n$4\r\nECHO\r\n$16384\r\n"
CONFIG SET requirepass ""
`,
  { protocols: [2], digest: false },
);

oracleTest("refused passwords are counted", async () => {
  await using server = await TidemarkHere.start({ requirepass: "secret" });
  using client = await server.client();
  for (const words of [
    ["AUTH", "x"],
    ["HELLO", "3", "AUTH", "default", "x"],
    ["AUTH", "nobody", "secret"],
  ]) {
    await assert.rejects(client.call(...words), /WRONGPASS/);
  }
  await client.call("AUTH", "secret");
  assert.match(String(await client.call("INFO", "stats")), /^acl_access_denied_auth:3\r$/m);
});
