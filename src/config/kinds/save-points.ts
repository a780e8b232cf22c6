/** The `save` directive: after so many seconds with at least so many changes, a snapshot is saved. */

import { type Kind, Refusal } from "../directive.js";
import { list } from "./list.js";

export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

function point(seconds: string, changes: string): SavePoint {
  const canonical = /^[+-]?[0-9]+$/;
  const read = { seconds: Number(seconds), changes: Number(changes) };
  if (!canonical.test(seconds) || !canonical.test(changes) || read.seconds < 1 || read.changes < 0)
    throw new Refusal("Invalid save parameters");
  return read;
}

const show = ({ seconds, changes }: SavePoint): string => `${seconds} ${changes}`;

/**
 * Pairs of seconds and changes. The first line of a file replaces the default, later ones add to it; `""` removes
 * what was there.
 */
export const savePoints: Kind<readonly SavePoint[]> = {
  clear: '""',
  ...list<readonly SavePoint[]>(
    'pairs of seconds and changes, or ""',
    (args, { earlier }) => {
      if (args.length === 1 && args[0] === "") return [];
      if (args.length % 2 !== 0) throw new Refusal("Invalid save parameters");
      const points: SavePoint[] = [];
      for (let at = 0; at < args.length; at += 2) points.push(point(args[at]!, args[at + 1]!));
      return [...(earlier ?? []), ...points];
    },
    (value) => value.map(show).join(" "),
    (value) => (value.length === 0 ? ['""'] : value.map(show)),
  ),
};
