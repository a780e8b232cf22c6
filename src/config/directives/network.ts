/** Listening, connections and their limits. */

import { directive } from "../directive.js";
import { bufferLimits } from "../kinds/buffer-limits.js";
import { addresses } from "../kinds/list.js";
import { INT_MAX, integer, LONG_MAX, MB, memory, octal, UINT_MAX } from "../kinds/number.js";
import { flag, text } from "../kinds/scalar.js";

export const network = {
  bind: directive(
    addresses,
    ["*", "-::*"],
    "The addresses to listen on; one that begins with `-` may be absent from the machine.",
  ),
  "bind-source-addr": directive(
    text,
    "",
    "The address that the connection to a primary comes from; empty: the system chooses.",
  ),
  port: directive(integer(0n, 65535n), 6379, "The TCP port; 0 is none."),
  "tcp-backlog": directive(integer(0n, INT_MAX), 511, "How many connections may wait to be accepted.", {
    immutable: true,
  }),
  "tcp-keepalive": directive(
    integer(0n, INT_MAX),
    300,
    "Seconds of silence after which the system probes a connection; 0 is never.",
  ),
  unixsocket: directive(text, "", "The path of a Unix socket to listen on.", { immutable: true }),
  unixsocketperm: directive(octal(0o777), 0, "The permissions of the Unix socket; 0 leaves the system's.", {
    immutable: true,
  }),
  "protected-mode": directive(
    flag,
    true,
    "Whether other machines are refused as long as there is no password.",
  ),
  maxclients: directive(
    integer(1n, UINT_MAX),
    10000,
    "How many clients may be connected, if so many files may be open.",
  ),
  timeout: directive(
    integer(0n, INT_MAX),
    0,
    "Seconds after which an idle client is disconnected; 0 is never.",
  ),
  "client-output-buffer-limit": directive(
    bufferLimits,
    {
      normal: { hard: 0, soft: 0, softSeconds: 0 },
      replica: { hard: 256 * MB, soft: 64 * MB, softSeconds: 60 },
      pubsub: { hard: 32 * MB, soft: 8 * MB, softSeconds: 60 },
    },
    "How much may wait to be sent to a client before it is disconnected.",
  ),
  "client-query-buffer-limit": directive(
    memory(1024n * 1024n, LONG_MAX),
    1024 * MB,
    "How much of a command may be buffered before the client is disconnected.",
  ),
  "proto-max-bulk-len": directive(
    memory(1024n * 1024n, LONG_MAX),
    512 * MB,
    "The longest argument that a client may send.",
  ),
  "tracking-table-max-keys": directive(
    integer(0n, LONG_MAX),
    1_000_000,
    "How many keys are remembered for client-side caching.",
  ),
};
