import assert from "node:assert/strict";
import { test } from "node:test";
import { sameEffects } from "../string/effects.js";
import { Session } from "../string/session.js";

sameEffects(
  "the log and the keyspace events of set commands",
  `
SADD s a b
SADD s a
SADD s a c d
SREM s x
SREM s b c
SADD s b
SREM nothing a
SREM s d
SCARD s
SCARD nothing
SISMEMBER nothing a
SMEMBERS nothing
SRANDMEMBER nothing
SMOVE s t a
SMOVE s t zzz
SMOVE nothing t a
SADD t b
SMOVE s t b
SMOVE t t a
SMOVE t u a
SMOVE u t a
SPOP nothing
SPOP nothing 3
SPOP t 0
SPOP t 100
SADD u one
SPOP u
SADD u one
SPOP u 1
SADD u 1
SREM u 1
SADD i 1 2 3
SADD j 2 3 4
SINTERSTORE d i j
EXPIRE d 100
SUNIONSTORE d i j
SDIFFSTORE d i j
SDIFFSTORE d i i
SDIFFSTORE d i i
SINTERSTORE d nothing i
SET d string
SUNIONSTORE d nothing none
SUNION i j nothing
SINTERCARD 2 i nothing
SSCAN i 0
COPY i k
RENAME k l
UNLINK l
`,
);

// 7.0 logs an SREM for each member, and DEL whatever lazyfree-lazy-server-del says.
test("SPOP with a count logs members by the thousand, as 7.2 does", () => {
  const session = new Session();
  const members = Array.from({ length: 3000 }, (_, at) => `member ${at}`);
  session.run("SADD", "s", ...members);
  session.logged();
  session.run("SPOP", "s", "2500");
  const [multi, first, second, third, exec] = session.logged();
  assert.deepEqual([multi, exec], [["MULTI"], ["EXEC"]]);
  const removed = [first, second, third].flatMap((words) => {
    assert.deepEqual(words!.slice(0, 2), ["SREM", "s"]);
    return words!.slice(2);
  });
  assert.deepEqual(
    [first, second, third].map((words) => words!.length - 2),
    [1024, 1024, 452],
  );
  assert.equal(new Set(removed).size, 2500);
  for (const member of removed) assert.equal(session.run("SISMEMBER", "s", member), ":0\r\n");
});

test("SPOP of a whole set logs UNLINK under lazyfree-lazy-server-del, as 7.2 does", () => {
  const session = new Session({ "lazyfree-lazy-server-del": true });
  session.run("SADD", "s", "a");
  session.run("SPOP", "s", "2");
  assert.deepEqual(session.logged(), [
    ["SADD", "s", "a"],
    ["UNLINK", "s"],
  ]);
});
