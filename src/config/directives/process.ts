/** The server as a process: its log, its signals, its name, its rhythm. */

import { directive } from "../directive.js";
import { shutdownOptions } from "../kinds/list.js";
import { clamped, INT_MAX, integer, LONG_MAX } from "../kinds/number.js";
import { flag, oneOf, refusing, text } from "../kinds/scalar.js";
import { titleTemplate } from "../kinds/title.js";

/** What to do instead of letting the server put itself in the background, which takes fork. */
const INSTEAD = "start the server in the background with the shell or the service manager instead";

export const server = {
  daemonize: directive(
    refusing(flag, "no", (yes) => (yes ? `daemonize yes is not possible in Node.js: ${INSTEAD}` : null)),
    false,
    "Whether the server puts itself in the background, which it cannot.",
    { immutable: true },
  ),
  supervised: directive(
    oneOf("upstart", "systemd", "auto", "no"),
    "no",
    "Which service manager started the server; one that waits to be told of readiness waits in vain, so that is refused.",
    { immutable: true },
  ),
  pidfile: directive(text, "", "The file that the process id is written to.", { immutable: true }),
  logfile: directive(text, "", "The log's file; standard output when empty.", { immutable: true }),
  loglevel: directive(
    oneOf("debug", "verbose", "notice", "warning", "nothing"),
    "notice",
    "The least important lines that are logged.",
  ),
  "always-show-logo": directive(
    flag,
    false,
    "Whether the log begins with the logo even if it is no terminal.",
    {
      immutable: true,
    },
  ),
  "crash-log-enabled": directive(
    flag,
    true,
    "Whether an internal error is logged with all that is known of it.",
  ),
  "set-proc-title": directive(flag, true, "Whether the process's title shows what is served.", {
    immutable: true,
  }),
  "proc-title-template": directive(
    titleTemplate,
    "{title} {listen-addr} {server-mode}",
    "What the process's title is made of.",
  ),
  "shutdown-timeout": directive(
    integer(0n, INT_MAX),
    10,
    "Seconds that a shutdown waits for replicas to catch up.",
  ),
  "shutdown-on-sigint": directive(
    shutdownOptions,
    [],
    "With which options of SHUTDOWN the server ends on SIGINT.",
  ),
  "shutdown-on-sigterm": directive(
    shutdownOptions,
    [],
    "With which options of SHUTDOWN the server ends on SIGTERM.",
  ),
  databases: directive(integer(1n, INT_MAX), 16, "How many databases there are.", { immutable: true }),
  hz: directive(
    clamped("1 to 500; others become the nearest", integer(0n, INT_MAX), 1, 500),
    10,
    "How often a second background work (expiry, timeouts, statistics) is done.",
  ),
  "dynamic-hz": directive(flag, true, "Whether background work is done more often with many clients."),
  "busy-reply-threshold": directive(
    integer(0n, LONG_MAX),
    5000,
    "Milliseconds after which other clients are told that a script keeps the server busy.",
    { alias: "lua-time-limit" },
  ),
  "locale-collate": directive(text, "", "The locale whose order SORT ALPHA and scripts use for text."),
};
