/** The program: a server in a process of its own, started with redis-server's arguments, or a tool beside it. */

import { allowCollecting, inlineDeeply } from "./platform/compiler.js";
import { nodePlatform } from "./platform/platform.js";
import { runProcess } from "./server/process.js";
import { tools } from "./server/tools/index.js";

const [name = "", ...rest] = process.argv.slice(2);
const loadTool = tools.get(name);
if (loadTool === undefined) {
  inlineDeeply();
  allowCollecting();
  void runProcess(process.argv.slice(2));
} else {
  const tool = await loadTool();
  process.exitCode = await tool(rest, nodePlatform());
}
