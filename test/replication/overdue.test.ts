/** Keys whose time is over, at a replica to which clients write. */

import assert from "node:assert/strict";
import { eventually } from "../support/condition.js";
import { caughtUp } from "../support/replication.js";
import type { WireClient } from "../support/wire.js";
import { asReplica, ofBoth } from "./both.js";

const WRITABLE = { "replica-read-only": "no" };

async function all(client: WireClient, commands: readonly string[]): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (const line of commands) {
    client.send(...line.split(" "));
    replies.push((await client.receive()).value);
  }
  return replies;
}

ofBoth("a command that removes or replaces a key does so with one that is only hidden", WRITABLE, (server) =>
  asReplica(server, async (source, replica) => {
    const names = ["string", "getdel", "unlink", "set", "union", "sort", "bits"];
    await source.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    await source.pipeline(names.map((name) => ["SET", name, "v", "PX", "1"]));
    await source.pipeline([
      ["SADD", "s", "1", "2"],
      ["SET", "only", "hidden", "PX", "1"],
    ]);
    await caughtUp(source, replica);
    await eventually("all are over", async () => (await replica.call("EXISTS", ...names, "only")) === 0);
    assert.equal(await replica.call("DBSIZE"), names.length + 2);
    assert.deepEqual(
      await all(replica, [
        ...["DEL string none", "GETDEL getdel", "UNLINK unlink", "SINTERSTORE set s none"],
        ...["SUNIONSTORE union s", "SORT s STORE sort", "BITOP AND bits none", "DBSIZE"],
        ...["SMEMBERS union", "LRANGE sort 0 -1", "TTL union", "TTL sort"],
      ]),
      [1, null, 1, 0, 2, 2, 0, 4, ["1", "2"], ["1", "2"], -1, -1],
    );
  }),
);

ofBoth("a time that is over is given to the key, which then expires", WRITABLE, (server) =>
  asReplica(server, async (source, replica) => {
    await source.pipeline([
      ["SET", "a", "v"],
      ["SET", "b", "v"],
    ]);
    await caughtUp(source, replica);
    await replica.call("CONFIG", "SET", "notify-keyspace-events", "EA");
    using listener = await server.client();
    await listener.call("PSUBSCRIBE", "*");
    await all(replica, ["EXPIRE a -1", "EXISTS a", "GETEX b PXAT 1", "EXISTS b"]);
    const events: string[] = [];
    for (let i = 0; i < 4; i++) events.push(String((await listener.receive()).value).split(":")[1]!);
    assert.deepEqual(events.sort(), ["expire,a", "expire,b", "expired,a", "expired,b"]);
  }),
);
