/** The commands of group server. */

import type { Declaration } from "../../engine/command.js";
import { restoreAsking } from "../generic/dump.js";
import { acl } from "./acl.js";
import { bgRewriteAof } from "./bgrewriteaof.js";
import { commandCommand } from "./command/index.js";
import { config } from "./config.js";
import { dbSize } from "./dbsize.js";
import { debug } from "./debug/index.js";
import { failover } from "./failover.js";
import { flushAll, flushDb } from "./flush.js";
import { info } from "./info/index.js";
import { latency } from "./latency/index.js";
import { lolwut } from "./lolwut.js";
import { memory } from "./memory/index.js";
import { module } from "./module.js";
import { monitor } from "./monitor.js";
import { psync, sync } from "./psync.js";
import { replconf } from "./replconf.js";
import { replicaOf, slaveOf } from "./replicaof.js";
import { resyncs } from "./resyncs.js";
import { role } from "./role.js";
import { bgSave, lastSave, save } from "./save.js";
import { shutdown } from "./shutdown.js";
import { slowLog } from "./slowlog.js";
import { swapDb } from "./swapdb.js";
import { time } from "./time.js";

export const serverCommands: readonly Declaration[] = [
  acl,
  bgRewriteAof,
  bgSave,
  commandCommand,
  config,
  dbSize,
  debug,
  failover,
  flushAll,
  flushDb,
  info,
  lastSave,
  latency,
  lolwut,
  memory,
  module,
  monitor,
  psync,
  replconf,
  replicaOf,
  restoreAsking,
  resyncs,
  role,
  save,
  shutdown,
  slaveOf,
  slowLog,
  swapDb,
  sync,
  time,
];
