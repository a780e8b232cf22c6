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

/** Below the ports that systems give to connections: one of those may take a port between the probe and its use. */
const FIRST_PORT = 10_000;
const PORTS = 22_000;

/** A TCP port on the loopback address that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1" }, () => probe.close(() => resolve(true)));
  });
}
