/** Temporary directories that go away with the test. */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty directory; the caller removes it with `removeDirectory`. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "tidemark-"));
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** A TCP port on the loopback address that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen({ port: 0, host: "127.0.0.1" }, () => {
      const bound = probe.address();
      const port = typeof bound === "object" && bound !== null ? bound.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
