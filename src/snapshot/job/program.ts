/** What the thread of a snapshot job runs: encodes a capture into a file or a stream of pieces. */

import { systemReason } from "../../config/kinds/directory.js";
import type { Program, ThreadSide } from "../../platform/thread.js";
import { encode } from "../encoder.js";
import { Output, type Sink } from "../output.js";
import { DiffChannel } from "./diff-channel.js";
import { encoderOf, hasChecksum } from "./formats.js";
import { Control, type JobInput, type JobMessage } from "./message.js";
import { SnapshotFile } from "./snapshot-file.js";

/** So many pieces may wait to be taken. */
const PIECES_MAX = 4;

/** After so long a job that waits looks whether it shall stop. */
const SLEEP_US = 50_000;

/**
 * A thread that follows the writes behind its snapshot asks for the end when so many looks in a row, a millisecond
 * apart, found nothing, and in any case after so many.
 */
const IDLE_LOOKS = 20;
const LOOKS_MAX = 1000;
const LOOK_US = 1000;

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
        const diff = target.diff === undefined ? null : new Follower(new DiffChannel(target.diff), file);
        yield* write(job, side, (bytes, start, end) => file!.write(bytes, start, end), diff);
        if (diff !== null) yield* diff.finish(new Control(job.control), side);
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

/** Takes the writes that come in meanwhile, and puts them behind the snapshot. */
class Follower {
  private readonly waiting: Uint8Array[] = [];

  constructor(
    private readonly channel: DiffChannel,
    private readonly file: SnapshotFile,
  ) {}

  /** Keeps what has come in. */
  collect(): void {
    const bytes = this.channel.take();
    if (bytes !== null) this.waiting.push(bytes);
  }

  /** The snapshot is in the file: writes what has come in since, agrees on the end, and writes the rest. */
  *finish(control: Control, side: ThreadSide): Iterable<void> {
    for (const bytes of this.waiting.splice(0)) this.append(bytes);
    for (let looks = 0, idle = 0; looks < LOOKS_MAX && idle < IDLE_LOOKS; looks++) {
      idle = this.append(this.channel.take()) ? 0 : idle + 1;
      yield* pause(control, side);
    }
    this.channel.askToStop();
    while (!this.channel.isStopped) {
      this.append(this.channel.take());
      yield* pause(control, side);
    }
    this.append(this.channel.take());
  }

  private append(bytes: Uint8Array | null): boolean {
    if (bytes !== null) this.file.write(bytes, 0, bytes.length);
    return bytes !== null;
  }
}

function* pause(control: Control, side: ThreadSide): Iterable<void> {
  if (control.aborted) throw new Aborted();
  side.sleepUs(LOOK_US);
  yield;
}

function* write(job: JobInput, side: ThreadSide, sink: Sink, diff: Follower | null = null): Iterable<void> {
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
    diff?.collect();
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
