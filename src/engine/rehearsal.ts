/**
 * What happens seldom, done a few times before the first client.
 *
 * V8 compiles a function for what it has seen it do. Compiled code that comes to a place where it has not been is
 * thrown away, with everything that it has taken in, which for us is the whole way of a command; until it is compiled
 * anew commands take many times as long, at the first snapshot of a busy server for a tenth of a second and more. While a
 * snapshot is open, writes copy blocks and set them aside; and the first call of each command makes its histogram. What
 * has been seen is compiled along.
 */

import { Keyspace } from "../keyspace/keyspace.js";
import type { Chance } from "../platform/chance.js";
import { Command } from "./command.js";

/** V8 begins to note what a function does only when it has run a few times. */
const ROUNDS = 16;
const KEYS = 8;

/** Writes, changes and removes keys of a dataset that is thrown away, while snapshots of it are open and while not. */
export function rehearse(chance: Chance): void {
  const space = new Keyspace(1, chance);
  space.tick(1);
  const names = Array.from({ length: KEYS }, (_, index) => space.key(Buffer.from(`key:${index}`)));
  const database = space.databases[0]!;
  const value = Buffer.alloc(ROUNDS);
  const setAll = (length: number): void => {
    for (const name of names) database.setSeenString(name, database.peek(name), value, 0, length);
  };
  for (let round = 0; round < ROUNDS; round++) {
    setAll(round);
    const cut = space.arena.openCut();
    setAll(round);
    for (const name of names) database.own(name, database.peek(name));
    if (round % 2 === 0) for (const name of names) database.remove(name, database.peek(name));
    cut.close();
    setAll(round + 1);
    while (space.arena.reap(KEYS));
    for (let call = 0; call < KEYS; call++) countCall();
  }
}

/** The first call of a command. */
function countCall(): void {
  const command = new Command({
    name: "rehearsal",
    group: "server",
    since: "",
    summary: "",
    run: () => {},
  });
  command.track(1);
}
