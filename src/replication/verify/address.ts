/** Where a server is and who asks, as written on a command line. */

import type { Endpoint } from "../../platform/network.js";

export interface Address {
  /** As it was written, without the password. */
  readonly text: string;
  readonly endpoint: Endpoint;
  readonly user: string | null;
  readonly password: string | null;
}

const DEFAULT_PORT = 6379;

/**
 * Reads `host`, `host:port`, `/path/of/a.sock` or `redis://[user][:password]@host[:port]`; null when it is none of them.
 */
export function parseAddress(text: string): Address | null {
  if (text.startsWith("/")) return { text, endpoint: { path: text }, user: null, password: null };
  let url: URL;
  try {
    url = new URL(text.includes("://") ? text : `redis://${text}`);
  } catch {
    return null;
  }
  if (url.protocol !== "redis:" || url.hostname === "") return null;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  return {
    text: `${url.hostname}:${port}`,
    endpoint: { host, port },
    user: url.username === "" ? null : decodeURIComponent(url.username),
    password: url.password === "" ? null : decodeURIComponent(url.password),
  };
}
