/** The commands of group hash. */

import type { Declaration } from "../../engine/command.js";
import { hdel } from "./hdel.js";
import { hexists, hget, hlen, hmget, hstrlen } from "./hget.js";
import { hgetall, hkeys, hvals } from "./hgetall.js";
import { hincrby, hincrbyfloat } from "./hincrby.js";
import { hrandfield } from "./hrandfield.js";
import { hscan } from "./hscan.js";
import { hmset, hset, hsetnx } from "./hset.js";

export const hashCommands: readonly Declaration[] = [
  hdel,
  hexists,
  hget,
  hgetall,
  hincrby,
  hincrbyfloat,
  hkeys,
  hlen,
  hmget,
  hmset,
  hrandfield,
  hscan,
  hset,
  hsetnx,
  hstrlen,
  hvals,
];
