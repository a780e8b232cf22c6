/** What can be seen of the server at work: slow commands, latency, keyspace events. */

import { directive } from "../directive.js";
import { keyspaceEvents } from "../kinds/keyspace-events.js";
import { percentiles } from "../kinds/list.js";
import { integer, LONG_MAX } from "../kinds/number.js";
import { flag } from "../kinds/scalar.js";

export const observation = {
  "slowlog-log-slower-than": directive(
    integer(-1n, LONG_MAX),
    10000,
    "Microseconds after which a command is put in the slow log; -1 is never, 0 is always.",
  ),
  "slowlog-max-len": directive(integer(0n, LONG_MAX), 128, "How many entries the slow log keeps."),
  "latency-monitor-threshold": directive(
    integer(0n, LONG_MAX),
    0,
    "Milliseconds after which an event is recorded for LATENCY; 0 is never.",
  ),
  "latency-tracking": directive(
    flag,
    true,
    "Whether the distribution of each command's latency is recorded.",
  ),
  "latency-tracking-info-percentiles": directive(
    percentiles,
    [50, 99, 99.9],
    "Which percentiles of latency INFO shows.",
  ),
  "notify-keyspace-events": directive(
    keyspaceEvents,
    0,
    "Which keyspace events are published; none when empty.",
  ),
};
