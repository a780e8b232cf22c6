/** Everything outside the program, in one object that is passed down from the composition root. */

import { type Chance, nodeChance } from "./chance.js";
import { type Clock, nodeClock } from "./clock.js";
import { type Disk, nodeDisk } from "./disk.js";
import { type Host, nodeHost } from "./host.js";
import { type Network, NodeNetwork } from "./network.js";
import { nodeThreads, type Threads } from "./thread.js";

export interface Platform {
  readonly disk: Disk;
  readonly network: Network;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly host: Host;
  readonly threads: Threads;
}

/** The real machine. Each server takes one of its own, since the network's read buffer is shared inside it. */
export function nodePlatform(): Platform {
  return {
    disk: nodeDisk,
    network: new NodeNetwork(),
    clock: nodeClock,
    chance: nodeChance,
    host: nodeHost,
    threads: nodeThreads,
  };
}
