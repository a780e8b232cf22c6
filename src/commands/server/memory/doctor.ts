/** MEMORY DOCTOR: what is unusual about the server's memory. */

import { command } from "../../../engine/command.js";
import type { Engine } from "../../../engine/engine.js";
import { type MemoryFigures, memoryFigures } from "./figures.js";
import { TIPS } from "./traits.js";

/** With less data than this the proportions mean nothing. */
const LEAST_DATASET = 5 * 1024 * 1024;
const CLIENT_BYTES_MAX = 200 * 1024;
const PEAK_RATIO = 1.5;
const WASTE_RATIO = 1.4;

export const doctor = command({
  name: "doctor",
  group: "server",
  since: "4.0.0",
  summary: "Explains in words what is unusual about the server's memory",
  complexity: "O(1)",
  tips: TIPS,
  run(call) {
    call.reply.verbatim(`${report(memoryFigures(call.engine), call.engine)}\n`);
  },
});

function report(figures: MemoryFigures, { clients }: Engine): string {
  if (figures.used - figures.startup < LEAST_DATASET) {
    return "There is too little data to say anything about the use of memory.";
  }
  const { used, peak, allocator } = figures;
  const findings = [
    peak > used * PEAK_RATIO &&
      `At its peak the server used ${times(peak, used)} of what it uses now. Chunks that are partly in use stay with it, so the resident memory may be larger than the data need.`,
    allocator.active > allocator.allocated * WASTE_RATIO &&
      `The dataset's blocks lie in ${times(allocator.active, allocator.allocated)} of the memory that they need: many were freed between others. New data will fill the gaps.`,
    clients.count > 0 &&
      figures.clients / clients.count > CLIENT_BYTES_MAX &&
      "Clients have large buffers: some send large commands, or do not read their replies. CLIENT LIST shows them (qbuf, omem); client-output-buffer-limit bounds them.",
  ].filter((finding) => finding !== false);
  if (findings.length === 0) return "Nothing is unusual about the use of memory.";
  return ["This is unusual:", ...findings.map((finding) => `  - ${finding}`)].join("\n");
}

function times(a: number, b: number): string {
  return `${(a / b).toFixed(1)} times`;
}
