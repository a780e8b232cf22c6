/**
 * The program: a server in a process of its own, started with redis-server's arguments, or a tool beside it. What is
 * asked of V8 is asked before the rest is loaded, which makes enough garbage to let the young generation grow.
 */

import { allowCollecting, inlineDeeply, stayYoung } from "./platform/compiler.js";
import { keepCompilersBehind } from "./platform/priority.js";

stayYoung();
const { tools } = await import("./server/tools/index.js");
const [name = "", ...rest] = process.argv.slice(2);
const loadTool = tools.get(name);
if (loadTool === undefined) {
  keepCompilersBehind();
  inlineDeeply();
  allowCollecting();
  const { runProcess } = await import("./server/process.js");
  void runProcess(process.argv.slice(2));
} else {
  const { nodePlatform } = await import("./platform/platform.js");
  const tool = await loadTool();
  process.exitCode = await tool(rest, nodePlatform());
}
