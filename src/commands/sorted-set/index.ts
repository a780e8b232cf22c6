/** The commands of group sorted-set. */

import type { Declaration } from "../../engine/command.js";
import { zadd, zincrby } from "./zadd.js";
import { zdiff, zinter, zintercard, zunion } from "./zcombine.js";
import { zcount, zlexcount } from "./zcount.js";
import { bzmpop, bzpopmax, bzpopmin, zmpop, zpopmax, zpopmin } from "./zpop.js";
import { zrandmember } from "./zrandmember.js";
import { zrange, zrangebylex, zrangebyscore, zrevrange, zrevrangebylex, zrevrangebyscore } from "./zrange.js";
import { zrangestore } from "./zrangestore.js";
import { zrem, zremrangebylex, zremrangebyrank, zremrangebyscore } from "./zrem.js";
import { zscan } from "./zscan.js";
import { zcard, zmscore, zrank, zrevrank, zscore } from "./zscore.js";
import { zdiffstore, zinterstore, zunionstore } from "./zstore.js";

export const sortedSetCommands: readonly Declaration[] = [
  bzmpop,
  bzpopmax,
  bzpopmin,
  zadd,
  zcard,
  zcount,
  zdiff,
  zdiffstore,
  zincrby,
  zinter,
  zintercard,
  zinterstore,
  zlexcount,
  zmpop,
  zmscore,
  zpopmax,
  zpopmin,
  zrandmember,
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrank,
  zrem,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
  zrevrank,
  zscan,
  zscore,
  zunion,
  zunionstore,
];
