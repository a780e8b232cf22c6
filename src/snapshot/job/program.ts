/** What the thread of a snapshot job runs: encodes a capture into a file or a stream of pieces. */

import { systemReason } from "../../config/kinds/directory.js";
import type { Program, ThreadSide } from "../../platform/thread.js";
import { encode } from "../encoder.js";
import { Output, type Sink } from "../output.js";
import { encoderOf, hasChecksum } from "./formats.js";
import { Control, type JobInput, type JobMessage } from "./message.js";
import { SnapshotFile } from "./snapshot-file.js";

/** So many pieces may wait to be taken. */
const PIECES_MAX = 4;

/** After so long a job that waits looks whether it shall stop. */
const SLEEP_US = 50_000;

class Aborted extends Error {}

export const program: Program = {
  url: new URL(import.meta.url),
  *run(input, side) {
    const job = input as JobInput;
    const post = (message: JobMessage, moved: readonly ArrayBuffer[] = []): void => side.post(message, moved);
    const { target } = job;
    let file: SnapshotFile | null = null;
    try {
      if (target.kind === "file") {
        file = new SnapshotFile(side.disk, target);
        yield* write(job, side, (bytes, start, end) => file!.write(bytes, start, end));
        file.publish();
      } else {
        yield* write(job, side, pieces(job, side, post));
      }
      post({ kind: "done" });
    } catch (error) {
      file?.discard();
      if (error instanceof Aborted) post({ kind: "aborted" });
      else post(failureOf(error));
    }
  },
};

function* write(job: JobInput, side: ThreadSide, sink: Sink): Iterable<void> {
  const control = new Control(job.control);
  const output = new Output((bytes, start, end) => {
    if (control.aborted) throw new Aborted();
    sink(bytes, start, end);
  }, hasChecksum(job.format));
  let before = 0;
  for (const keys of encode(job.image, encoderOf(job.format, output))) {
    if (control.aborted) throw new Aborted();
    for (let left = job.keyDelayUs * (keys - before); left > 0 && !control.aborted; left -= SLEEP_US)
      side.sleepUs(Math.min(left, SLEEP_US));
    before = keys;
    control.progress(keys, output.total);
    yield;
  }
  control.progress(before, output.total);
}

function pieces(
  job: JobInput,
  side: ThreadSide,
  post: (message: JobMessage, moved: readonly ArrayBuffer[]) => void,
): Sink {
  const control = new Control(job.control);
  return (bytes, start, end) => {
    const piece = bytes.slice(start, end);
    post({ kind: "chunk", bytes: piece }, [piece.buffer as ArrayBuffer]);
    control.sent(PIECES_MAX, (words, at, value) => side.wait(words, at, value));
  };
}

function failureOf(error: unknown): JobMessage {
  return { kind: "failed", message: systemReason(error), code: (error as NodeJS.ErrnoException).code ?? "" };
}
