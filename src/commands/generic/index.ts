/** The commands of group generic. */

import type { Declaration } from "../../engine/command.js";
import { del, unlink } from "./delete.js";
import { dump, restore } from "./dump.js";
import { exists, touch } from "./exists.js";
import { expire, expireAt, persist, pexpire, pexpireAt } from "./expire.js";
import { keys, randomKey } from "./keys.js";
import { migrate } from "./migrate.js";
import { copy, move } from "./move.js";
import { object } from "./object.js";
import { rename, renameNx } from "./rename.js";
import { scan } from "./scan.js";
import { sort, sortRo } from "./sort.js";
import { expireTime, pexpireTime, pttl, ttl } from "./ttl.js";
import { type } from "./type.js";
import { wait, waitAof } from "./wait.js";

export const genericCommands: readonly Declaration[] = [
  copy,
  del,
  dump,
  exists,
  expire,
  expireAt,
  expireTime,
  keys,
  migrate,
  move,
  object,
  persist,
  pexpire,
  pexpireAt,
  pexpireTime,
  pttl,
  randomKey,
  rename,
  renameNx,
  restore,
  scan,
  sort,
  sortRo,
  touch,
  ttl,
  type,
  unlink,
  wait,
  waitAof,
];
