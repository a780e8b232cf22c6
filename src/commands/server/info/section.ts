/** What a section of INFO is, and how its values are written. */

import type { Engine } from "../../../engine/engine.js";

export type Field = readonly [name: string, value: string | number];

export interface Section {
  /** As its heading shows it; clients ask for it in any mixture of cases. */
  readonly title: string;
  /** Whether INFO shows it without being asked. */
  readonly isDefault: boolean;
  /** Whether it is one of "all". */
  readonly isOfAll: boolean;
  fields(engine: Engine): readonly Field[];
}

/** A section that INFO shows without being asked. */
export function section(title: string, fields: Section["fields"], rest: Partial<Section> = {}): Section {
  return { title, isDefault: true, isOfAll: true, fields, ...rest };
}

const UNITS = ["B", "K", "M", "G", "T", "P", "E"];

/** A number of bytes as people read it: `1.30M`. */
export function human(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${value}B` : `${value.toFixed(2)}${UNITS[unit]}`;
}

/** A number of bytes, and the same for people. */
export function sizes(name: string, bytes: number): Field[] {
  return [
    [name, bytes],
    [`${name}_human`, human(bytes)],
  ];
}
