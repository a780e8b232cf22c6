/** The commands of group connection. */

import type { Declaration } from "../../engine/command.js";
import { auth } from "./authentication.js";
import { client } from "./client/index.js";
import { hello } from "./hello.js";
import { ping } from "./ping.js";
import { echo, quit, reset, select } from "./session.js";

export const connectionCommands: readonly Declaration[] = [
  auth,
  client,
  echo,
  hello,
  ping,
  quit,
  reset,
  select,
];
