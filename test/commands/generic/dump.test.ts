/** DUMP and RESTORE, here and in redis-server. */

import assert from "node:assert/strict";
import { Crc64 } from "#tidemark/util/crc64.js";
import { generatedData } from "../../snapshot/rdb/generated.js";
import { sameReplies } from "../../support/compare.js";
import { oracleTest, startOracle } from "../../support/oracle.js";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";
import { sameEffects } from "../effects.js";

/** A payload in redis-cli's quoting: the bytes, the version and their checksum. */
function payload(bytes: readonly number[] | Buffer, version = 10): string {
  const body = Buffer.concat([Buffer.from(bytes), Buffer.from([version & 255, version >> 8])]);
  const all = Buffer.concat([body, new Crc64().update(body).bytes()]);
  return `"${[...all].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
}

const V = payload([0, 1, 0x76]);
/** A hash as a listpack with the field f twice, its values v and w. */
const TWICE = payload(
  Buffer.from("\x10\x13\x13\0\0\0\x04\0\x81f\x02\x81v\x02\x81f\x02\x81w\x02\xff", "latin1"),
);

sameReplies(
  "RESTORE",
  String.raw`
    RESTORE a 0 ${V}
    GET a
    OBJECT ENCODING a
    TTL a
    RESTORE a 0 ${V}
    RESTORE a 0 ${V} REPLACE
    RESTORE a 100000 ${V} replace
    TTL a
    RESTORE a 4102444800000 ${V} REPLACE ABSTTL
    PEXPIRETIME a
    RESTORE a 1 ${V} REPLACE ABSTTL
    EXISTS a
    RESTORE a 0 ${V} IDLETIME 1000
    ~near 2 OBJECT IDLETIME a
    RESTORE a 0 ${V} REPLACE FREQ 100
    OBJECT FREQ a
    CONFIG SET maxmemory-policy allkeys-lfu
    RESTORE a 0 ${V} REPLACE FREQ 100
    OBJECT FREQ a
    CONFIG SET maxmemory-policy noeviction
    === what is wrong
    SET there 1
    RESTORE there x ${V}
    RESTORE k x ${V}
    RESTORE k -1 ${V}
    RESTORE k 0 x
    RESTORE k 0 ""
    RESTORE k 0 0123456789
    RESTORE k 0 ${payload([0, 1, 0x76], 99)}
    RESTORE k 0 ${V} FREQ 1 IDLETIME 1
    RESTORE k 0 ${V} IDLETIME 1 FREQ 1
    RESTORE k 0 ${V} IDLETIME -1
    RESTORE k 0 ${V} IDLETIME x
    RESTORE k 0 ${V} FREQ 256
    RESTORE k 0 ${V} FREQ -1
    RESTORE k 0 ${V} FREQ
    RESTORE k 0 ${V} NONE
    RESTORE k 0
    RESTORE k 0 ${payload([])}
    RESTORE k 0 ${payload([0, 30, 0x76])}
    RESTORE k 0 ${payload([99, 1, 0x76])}
    RESTORE k 0 ${payload([2, 0])}
    RESTORE k 0 ${payload([16, 3, 1, 2, 3])}
    RESTORE k 0 ${payload([0, 0xc3, 2, 0x80, 0xff, 0xff, 0xff, 0xff, 0, 0])}
    EXISTS k
    DUMP k
    DUMP
    RESTORE-ASKING k 0 ${V}
    GET k
    === the ways of a number
    RESTORE a 0 ${payload([0, 0xc0, 0xff])}
    RESTORE b 0 ${payload([0, 0xc1, 0xff, 0x7f])}
    RESTORE c 0 ${payload([0, 0xc2, 0, 0, 0, 0x80])}
    MGET a b c
    === an element that is there twice in a compact encoding
    RESTORE h 0 ${TWICE}
    HGETALL h
    DEL h
    CONFIG SET sanitize-dump-payload yes
    RESTORE h 0 ${TWICE}
    CONFIG SET sanitize-dump-payload clients
    RESTORE h 0 ${TWICE}
    CONFIG SET sanitize-dump-payload no
    EXISTS h
    === WATCH
    SET a 1
    WATCH a
    @1 RESTORE a 0 ${V} REPLACE
    MULTI
    GET a
    EXEC
    === notifications
    CONFIG SET notify-keyspace-events KEA
    @1 PSUBSCRIBE *
    RESTORE a 0 ${V}
    @1 ~read
    @1 ~read
    RESTORE a 1 ${V} REPLACE ABSTTL
    @1 ~read
    @1 ~read
    CONFIG SET notify-keyspace-events ""
  `,
);

sameEffects(
  "What RESTORE leaves in the log",
  String.raw`
    SET a 1
    RESTORE a 100000000 ${V} REPLACE
    RESTORE b 4102444800000 ${V} ABSTTL
    RESTORE c 0 ${V} IDLETIME 5
    RESTORE b 1 ${V} ABSTTL REPLACE
    RESTORE d 1 ${V} ABSTTL
    RESTORE c 0 ${V}
  `,
  [
    "SET a 1",
    `RESTORE a <time> <v> REPLACE ABSTTL`,
    "RESTORE b 4102444800000 <v> ABSTTL",
    "RESTORE c 0 <v> IDLETIME 5",
    "DEL b",
  ].map((line) => line.replace("<v>", Buffer.from(V.slice(1, -1).replace(/\\x/g, ""), "hex").toString())),
);

/** The bulk reply's bytes. */
async function dumpOf(client: WireClient, key: string | Buffer): Promise<Buffer> {
  const { raw } = await client.reply("DUMP", key);
  return Buffer.from(raw.subarray(raw.indexOf("\r\n") + 2, raw.length - 2));
}

oracleTest("values of every type and size go to redis-server and back by DUMP and RESTORE", async () => {
  await using oracle = await startOracle();
  await using tidemark = await TidemarkHere.start();
  using theirs = await oracle.client();
  using ours = await tidemark.client();
  await theirs.pipeline(generatedData(21, 1));
  const { items } = await theirs.reply("KEYS", "*");
  for (const { raw } of items) {
    const key = Buffer.from(raw.subarray(raw.indexOf("\r\n") + 2, raw.length - 2));
    await ours.call("RESTORE", key, "0", await dumpOf(theirs, key));
    await theirs.call("PERSIST", key);
  }
  const digest = await theirs.call("DEBUG", "DIGEST");
  assert.equal(await ours.call("DEBUG", "DIGEST"), digest);
  for (const { raw } of items) {
    const key = Buffer.from(raw.subarray(raw.indexOf("\r\n") + 2, raw.length - 2));
    await theirs.call("RESTORE", key, "0", await dumpOf(ours, key), "REPLACE");
  }
  assert.equal(await theirs.call("DEBUG", "DIGEST"), digest);
});
