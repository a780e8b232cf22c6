/** CLIENT: the container. */

import { command } from "../../../engine/command.js";
import { helpCommand } from "../../help.js";
import { kill } from "./kill.js";
import { id, info, list } from "./list.js";
import { pause, unblock, unpause } from "./pause.js";
import { getname, noEvict, noTouch, reply, setinfo, setname } from "./settings.js";

export const client = command({
  name: "client",
  group: "connection",
  since: "2.4.0",
  summary: "Asks about connections and steers them",
  complexity: "Depends on the subcommand",
  subcommands: [
    getname,
    helpCommand("connection", "5.0.0"),
    id,
    info,
    kill,
    list,
    noEvict,
    noTouch,
    pause,
    reply,
    setinfo,
    setname,
    unblock,
    unpause,
  ],
});
