/** The whole server on a disk that fails: it stays up, says why it refuses, reads on, and recovers by itself. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedPlatform } from "../support/platform.js";
import { SimulatedServer } from "../support/simulated-server.js";

function started(policy: string): Promise<SimulatedServer> {
  return SimulatedServer.start({ appendonly: "yes", appendfsync: policy }, simulatedPlatform(7));
}

for (const policy of ["always", "everysec", "no"]) {
  test(`${policy}: a full disk refuses writes with the reason, reads go on, and room is enough to recover`, async () => {
    const server = await started(policy);
    await server.says("+OK\r\n", "SET", "before", "1");
    const full = server.disk.fail({ operation: "write", code: "ENOSPC" });
    const unsafe = await server.say("SET", "during", "1");
    assert.match(
      unsafe,
      /^-MISCONF Errors writing to the AOF file: No space left on device/,
      "never a success",
    );
    assert.match(
      await server.say("SET", "refused", "1"),
      /^-MISCONF Errors writing to the AOF file: No space left on device/,
    );
    await server.says("$1\r\n1\r\n", "GET", "before");
    assert.match(await server.say("INFO", "persistence"), /aof_last_write_status:err/);
    full.stop();
    await server.advance(1500);
    await server.says("+OK\r\n", "SET", "after", "1");
    assert.match(await server.say("INFO", "persistence"), /aof_last_write_status:ok/);
    await server.close();
    const left = server.disk.afterPowerLoss("synced");
    const again = await SimulatedServer.start({ appendonly: "yes" }, server.rebooted(left));
    assert.deepEqual(await again.call("MGET", "before", "during", "refused", "after"), ["1", "1", null, "1"]);
    await again.close();
  });
}

test("always: a failed fsync is answered with an error, and the log goes on in a new file", async () => {
  const server = await started("always");
  await server.says("+OK\r\n", "SET", "before", "1");
  server.disk.fail({ operation: "sync", code: "EIO", times: 1 });
  assert.match(
    await server.say("SET", "during", "1"),
    /^-MISCONF Errors writing to the AOF file: Input\/output error/,
  );
  await server.advance(1500);
  await server.says("+OK\r\n", "SET", "after", "1");
  assert.ok((server.disk.list("/data/appendonlydir") ?? []).includes("appendonly.aof.2.incr.aof"));
  await server.close();
});

test("a shutdown that the disk does not allow is refused, and the server goes on", async () => {
  const server = await started("everysec");
  await server.says("+OK\r\n", "SET", "key", "1");
  const broken = server.disk.fail({ operation: "sync", code: "EIO" });
  assert.match(await server.say("SHUTDOWN"), /^-ERR Errors trying to SHUTDOWN/);
  await server.says("$1\r\n1\r\n", "GET", "key");
  broken.stop();
  await server.advance(1500);
  await server.says("+OK\r\n", "SET", "key", "2");
  await server.close();
});

for (const policy of ["everysec", "always"])
  test(`a failed sync behind writes that were left to the system is mended by a rewrite (${policy})`, async () => {
    const server = await started("no");
    await server.says("+OK\r\n", "SET", "key", "1");
    server.disk.fail({ operation: "sync", code: "EIO", times: 1 });
    await server.says("+OK\r\n", "CONFIG", "SET", "appendfsync", policy);
    await server.advance(1500);
    // Under `always` its reply waits for the rewrite.
    await server.says("+OK\r\n", "SET", "other", "1");
    await server.platform.clock.until("the rewrite has ended", () =>
      (server.disk.list("/data/appendonlydir") ?? []).some((name) => name.includes(".2.base.")),
    );
    await server.says("*2\r\n:1\r\n:0\r\n", "WAITAOF", "1", "0", "0");
    const left = server.disk.afterPowerLoss("synced");
    const again = await SimulatedServer.start({ appendonly: "yes" }, server.rebooted(left));
    assert.deepEqual(await again.call("MGET", "key", "other"), ["1", "1"]);
    await again.close();
    await server.close();
  });

test("a rewrite that alone can mend the file is tried until it succeeds, and soon while replies wait for it", async () => {
  const server = await started("no");
  await server.says("+OK\r\n", "SET", "key", "1");
  server.disk.fail({ operation: "sync", path: ".incr.", times: 1 });
  const full = server.disk.fail({ operation: "write", path: ".base." });
  await server.says("+OK\r\n", "CONFIG", "SET", "appendfsync", "always");
  await server.platform.clock.until("the limit holds", () => /triggered the limit/.test(server.output));
  full.stop();
  let reply = "";
  void server.say("SET", "key", "2").then((text) => {
    reply = text;
  });
  await server.advance(1500);
  assert.equal(reply, "+OK\r\n");
});

test("CONFIG SET appendonly yes says at once when no file can be made, and the log says which", async () => {
  const server = await SimulatedServer.start({ appendonly: "no" });
  const full = server.disk.fail({ operation: "open", code: "ENOSPC" });
  assert.equal(
    await server.say("CONFIG", "SET", "appendonly", "yes"),
    "-ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.\r\n",
  );
  assert.match(
    server.output,
    /Can't open the append-only file \/data\/appendonlydir\/temp-\S+: No space left on device/,
  );
  assert.match(await server.say("CONFIG", "GET", "appendonly"), /\r\nno\r\n/);
  full.stop();
  await server.says("+OK\r\n", "CONFIG", "SET", "appendonly", "yes");
  await server.close();
});
