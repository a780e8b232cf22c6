/** What a capture can be turned into. A further format is a further kind here. */

import { type CommandOptions, CommandWriter } from "../commands/writer.js";
import type { MakeEncoder } from "../encoder.js";
import type { Output } from "../output.js";
import { type RdbOptions, RdbWriter } from "../rdb/writer.js";

/** Plain data, since it is posted to the thread that encodes. */
export type Format =
  | { readonly kind: "rdb"; readonly options: RdbOptions }
  | { readonly kind: "commands"; readonly options: CommandOptions };

/** The encoder of a format, which writes to `output`. */
export function encoderOf(format: Format, output: Output): MakeEncoder {
  return (entries, image) =>
    format.kind === "rdb"
      ? new RdbWriter(entries, image, output, format.options)
      : new CommandWriter(entries, output, format.options);
}

/** Whether what is written carries a checksum that the output has to keep. */
export function hasChecksum(format: Format): boolean {
  return format.kind === "rdb" && format.options.checksum;
}
