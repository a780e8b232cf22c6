/** The commands of group set. */

import type { Declaration } from "../../engine/command.js";
import { sdiff, sdiffstore, sinter, sinterstore, sunion, sunionstore } from "./combinations.js";
import { sadd, srem } from "./sadd.js";
import { sintercard } from "./sintercard.js";
import { scard, sismember, smembers, smismember } from "./sismember.js";
import { smove } from "./smove.js";
import { spop } from "./spop.js";
import { srandmember } from "./srandmember.js";
import { sscan } from "./sscan.js";

export const setCommands: readonly Declaration[] = [
  sadd,
  scard,
  sdiff,
  sdiffstore,
  sinter,
  sintercard,
  sinterstore,
  sismember,
  smembers,
  smismember,
  smove,
  spop,
  srandmember,
  srem,
  sscan,
  sunion,
  sunionstore,
];
