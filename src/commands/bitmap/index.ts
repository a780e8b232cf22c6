/** The commands of group bitmap. */

import type { Declaration } from "../../engine/command.js";
import { getbit, setbit } from "./bit.js";
import { bitcount } from "./bitcount.js";
import { bitfield, bitfieldRo } from "./bitfield.js";
import { bitop } from "./bitop.js";
import { bitpos } from "./bitpos.js";

export const bitmapCommands: readonly Declaration[] = [
  bitcount,
  bitfield,
  bitfieldRo,
  bitop,
  bitpos,
  getbit,
  setbit,
];
