import assert from "node:assert/strict";
import { test } from "node:test";
import { sameReplies } from "../../support/compare.js";
import { ServerProcess } from "../../support/process.js";

sameReplies(
  "SHUTDOWN that does not end the server",
  `
SHUTDOWN x
SHUTDOWN ABORT
SHUTDOWN ABORT NOW
SHUTDOWN ABORT FORCE
SHUTDOWN SAVE ABORT
SHUTDOWN SAVE NOSAVE
SHUTDOWN NOSAVE SAVE
SHUTDOWN NOW FORCE x
SHUTDOWN ""
MULTI
SHUTDOWN NOSAVE
EXEC
`,
);

for (const words of [[], ["nosave"], ["NOW", "NOW"], ["FORCE", "NOSAVE"]]) {
  test(`SHUTDOWN ${words.join(" ")} ends the process in order, with everything on disk`, async () => {
    const server = await ServerProcess.start({ args: ["--appendonly", "yes"] });
    const client = await server.client();
    await client.call("SET", "a", "1");
    client.send("SHUTDOWN", ...words);
    await client.closed();
    assert.deepEqual(await server.run.end(), { code: 0, signal: null });
    const again = await ServerProcess.start({ args: ["--appendonly", "yes"], dir: server.dir });
    assert.equal(await (await again.client()).call("GET", "a"), "1");
    await again.close();
    await server.close();
  });
}
