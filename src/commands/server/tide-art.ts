/** The pictures of LOLWUT: waves on a shore in braille dots, and an evening at sea in coloured cells. */

import { below, type Chance } from "../../platform/chance.js";

/** A braille character is two dots wide and four high; these are the bits of its dots, row by row. */
const DOTS: readonly (readonly [number, number])[] = [
  [1, 8],
  [2, 16],
  [4, 32],
  [64, 128],
];
const BRAILLE = 0x2800;
const ESCAPE = "\u001b";
const TURN = 2 * Math.PI;

/** A canvas of dots. */
class Dots {
  private readonly cells: Uint8Array;

  constructor(
    private readonly columns: number,
    private readonly rows: number,
  ) {
    this.cells = new Uint8Array(columns * rows);
  }

  set(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.columns * 2 || y >= this.rows * 4) return;
    this.cells[(y >> 2) * this.columns + (x >> 1)]! |= DOTS[y & 3]![x & 1]!;
  }

  toString(): string {
    const lines = Array.from({ length: this.rows }, (_, row) => {
      const cells = this.cells.subarray(row * this.columns, (row + 1) * this.columns);
      return Array.from(cells, (cell) => String.fromCharCode(BRAILLE + cell)).join("");
    });
    return lines.join("\n");
  }
}

/** Waves that run up a shore, each less regular than the one before, and the line that the highest has left. */
export function tide(chance: Chance, columns: number, rows: number, waves: number): string {
  const dots = new Dots(columns, rows);
  const width = columns * 2;
  const height = rows * 4;
  for (let wave = 0; wave < waves; wave++) {
    const middle = ((wave + 1) * height) / (waves + 1);
    const swell = {
      phase: chance.real(),
      length: width / (1 + below(chance, 4)),
      height: height / (waves + 3),
    };
    const unrest = (wave / waves) ** 2 * 3;
    for (let x = 0; x < width; x++) {
      const rise = Math.sin((x / swell.length + swell.phase) * TURN) * swell.height;
      dots.set(x, Math.round(middle + rise + (chance.real() - 0.5) * 2 * unrest));
    }
  }
  for (let x = 0; x < width; x++) if (chance.real() < 0.5) dots.set(x, chance.real() < 0.2 ? 1 : 0);
  return dots.toString();
}

const SKY = [17, 18, 54, 90, 126, 162, 202, 214];
const SEA = [24, 25, 31, 32];
const SUN = 227;
const GLITTER = 222;

/** The sun over the sea, in 256 colours. */
export function landscape(chance: Chance, columns: number, rows: number): string {
  const horizon = Math.max(1, Math.round(rows * (0.5 + chance.real() * 0.2)));
  const sun = {
    x: below(chance, columns),
    y: horizon - below(chance, Math.max(1, rows >> 2)),
    radius: rows / 4,
  };
  const lines = Array.from({ length: rows }, (_, y) => {
    let line = "";
    for (let x = 0; x < columns; x++) {
      const colour = y < horizon ? skyColour(x, y, horizon, sun) : seaColour(chance, x, sun.x);
      line += `${ESCAPE}[48;5;${colour}m `;
    }
    return `${line}${ESCAPE}[0m`;
  });
  return lines.join("\n");
}

interface Sun {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

function skyColour(x: number, y: number, horizon: number, sun: Sun): number {
  // A character is about twice as high as it is wide.
  if (Math.hypot((x - sun.x) / 2, y - sun.y) <= sun.radius) return SUN;
  return SKY[Math.floor((y / horizon) * SKY.length)]!;
}

function seaColour(chance: Chance, x: number, sunX: number): number {
  const isLit = Math.abs(x - sunX) < 3 + below(chance, 6) && chance.real() < 0.6;
  return isLit ? GLITTER : SEA[below(chance, SEA.length)]!;
}
