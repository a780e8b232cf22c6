/** LOLWUT: something to look at, and the version. */

import { REDIS_VERSION } from "../../config/version.js";
import { integer, optional } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { command } from "../../engine/command.js";
import { below, type Chance } from "../../platform/chance.js";
import { landscape, tide } from "./tide-art.js";

const COLUMNS = { least: 1, usual: 66, most: 1000 };
const ROWS = { least: 1, usual: 12, most: 200 };
const WAVES = { least: 1, usual: 5, most: 200 };

/** A picture, made of chance and of up to three numbers. */
type Artist = (chance: Chance, numbers: readonly (number | undefined)[]) => string;

const shores: Artist = (chance, [columns, rows, waves]) =>
  tide(chance, within(columns, COLUMNS), within(rows, ROWS), within(waves, WAVES));
const evenings: Artist = (chance, [columns, rows]) =>
  landscape(chance, within(columns, COLUMNS), within(rows, ROWS));

const ARTISTS: ReadonlyMap<number, Artist> = new Map([
  [5, shores],
  [6, evenings],
]);

export const lolwut = command({
  name: "lolwut",
  group: "server",
  since: "5.0.0",
  summary: "Draws a picture that nobody has seen before, and tells the version",
  flags: ["readonly", "fast"],
  args: [optional(integer("version", { token: "VERSION" }))],
  run(call) {
    call.reply.verbatim(`${picture(call)}Redis ver. ${REDIS_VERSION}\n`);
  },
});

/** The picture that is asked for, or any; none for a version that nobody has drawn. */
function picture(call: Call): string {
  const { chance } = call.engine.platform;
  const isChosen = call.argc > 2 && call.is(1, "version");
  const artist = ARTISTS.get(isChosen ? call.integer(2) : 5 + below(chance, ARTISTS.size));
  if (artist === undefined) return "";
  const count = isChosen ? Math.min(3, call.argc - 3) : 0;
  const numbers = Array.from({ length: count }, (_, i) => call.integer(3 + i));
  return `${artist(chance, numbers)}\n\n`;
}

function within(value: number | undefined, { least, usual, most }: typeof COLUMNS): number {
  return Math.min(most, Math.max(least, value ?? usual));
}
