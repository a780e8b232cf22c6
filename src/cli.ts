/** The program: a server in a process of its own, started with redis-server's arguments. */

import { runProcess } from "./server/process.js";

void runProcess(process.argv.slice(2));
