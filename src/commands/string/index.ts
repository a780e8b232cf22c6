/** The commands of group string. */

import type { Declaration } from "../../engine/command.js";
import { append, setrange } from "./append.js";
import { get } from "./get.js";
import { getex } from "./getex.js";
import { getrange, strlen, substr } from "./getrange.js";
import { getdel, getset } from "./getset.js";
import { incrbyfloat } from "./incrbyfloat.js";
import { decr, decrby, incr, incrby } from "./increment.js";
import { lcs } from "./lcs.js";
import { mget, mset, msetnx } from "./mset.js";
import { psetex, set, setex } from "./set.js";
import { setnx } from "./setnx.js";

export const stringCommands: readonly Declaration[] = [
  append,
  decr,
  decrby,
  get,
  getdel,
  getex,
  getrange,
  getset,
  incr,
  incrby,
  incrbyfloat,
  lcs,
  mget,
  mset,
  msetnx,
  psetex,
  set,
  setex,
  setnx,
  setrange,
  strlen,
  substr,
];
