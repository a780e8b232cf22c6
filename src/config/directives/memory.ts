/** The memory limit, eviction, expiry and freeing. */

import { directive } from "../directive.js";
import { memory as bytes, INT_MAX, integer, memoryOrPercent, ULONG_MAX } from "../kinds/number.js";
import { flag, oneOf } from "../kinds/scalar.js";

export const memory = {
  maxmemory: directive(
    bytes(0n, ULONG_MAX),
    0,
    "How much memory data and clients may take, in bytes, beside what Node itself needs; 0 is no limit.",
  ),
  "maxmemory-policy": directive(
    oneOf(
      "volatile-lru",
      "volatile-lfu",
      "volatile-random",
      "volatile-ttl",
      "allkeys-lru",
      "allkeys-lfu",
      "allkeys-random",
      "noeviction",
    ),
    "noeviction",
    "Which keys are evicted at the memory limit.",
  ),
  "maxmemory-samples": directive(
    integer(1n, INT_MAX),
    5,
    "How many keys are looked at to find one to evict.",
  ),
  "maxmemory-eviction-tenacity": directive(
    integer(0n, 100n),
    10,
    "How long eviction may delay clients: 10 as usual, 100 without regard to them.",
  ),
  "maxmemory-clients": directive(
    memoryOrPercent,
    0,
    "How much memory the buffers of all clients may take together; 0 is no limit.",
  ),
  "active-expire-effort": directive(
    integer(1n, 10n),
    1,
    "How eagerly expired keys are looked for in the background.",
  ),
  "lazyfree-lazy-eviction": directive(flag, false, "Whether evicted values are freed in the background."),
  "lazyfree-lazy-expire": directive(flag, false, "Whether expired values are freed in the background."),
  "lazyfree-lazy-server-del": directive(
    flag,
    false,
    "Whether values that a command overwrites are freed in the background.",
  ),
  "lazyfree-lazy-user-del": directive(flag, false, "Whether DEL frees in the background, as UNLINK does."),
  "lazyfree-lazy-user-flush": directive(
    flag,
    false,
    "Whether FLUSHALL and FLUSHDB without SYNC or ASYNC free in the background.",
  ),
  "lfu-log-factor": directive(
    integer(0n, INT_MAX),
    10,
    "How many accesses it takes to raise a key's frequency counter: the more, the higher it is.",
  ),
  "lfu-decay-time": directive(
    integer(0n, INT_MAX),
    1,
    "Minutes without access after which a key's frequency counter goes down by one.",
  ),
};
