/** The commands of group list. */

import type { Declaration } from "../../engine/command.js";
import { linsert, lset } from "./change.js";
import { lpos } from "./lpos.js";
import { blmove, brpoplpush, lmove, rpoplpush } from "./move.js";
import { blmpop, blpop, brpop, lmpop, lpop, rpop } from "./pop.js";
import { lpush, lpushx, rpush, rpushx } from "./push.js";
import { lindex, llen, lrange } from "./range.js";
import { lrem, ltrim } from "./remove.js";

export const listCommands: readonly Declaration[] = [
  blmove,
  blmpop,
  blpop,
  brpop,
  brpoplpush,
  lindex,
  linsert,
  llen,
  lmove,
  lmpop,
  lpop,
  lpos,
  lpush,
  lpushx,
  lrange,
  lrem,
  lset,
  ltrim,
  rpop,
  rpoplpush,
  rpush,
  rpushx,
];
