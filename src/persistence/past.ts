/**
 * Finding a moment in a log and the generations that rewrites have replaced (kept-history.ts), for `tidemark restore`.
 *
 * What is restored is always a base and the incr files that follow it, the last one up to a place in it; so the result
 * is a copy, and nothing has to be applied. A moment is found by what the files say of themselves:
 *
 *  - **a time** by `#TS:` annotations, whole seconds: everything up to the end of that second, that is up to before
 *    the first annotation with a later one. A base tells its own time (the field `ctime`).
 *  - **an offset** by the marks in seals and in the base's fields: up to the last mark that is not beyond it. Bytes are
 *    never counted, since the history also has commands that no file has.
 *  - **a command** by its name: up to before the unit it is in.
 */

import { join } from "node:path";
import { parseSeal, parseTimestamp } from "../log/seal.js";
import type { Disk } from "../platform/disk.js";
import { baseFields } from "./base-fields.js";
import { CONTINUATION_BYTES, parseContinuation } from "./continuation.js";
import type { Generation } from "./kept-history.js";
import { LogDamage, LogWalk } from "./log-walk.js";

/** A generation, and how much of it: `files` of its incr files, the last one up to `bytes`. */
export interface Place {
  readonly generation: Generation;
  /** Index of the last incr file that counts; -1: the base alone. */
  readonly file: number;
  readonly bytes: number;
}

/** What is looked for. */
export type Moment =
  | { readonly kind: "time"; readonly seconds: number }
  | { readonly kind: "offset"; readonly offset: number }
  /** The n-th of that name, from the beginning, or from the end when it is negative. */
  | { readonly kind: "before"; readonly command: string; readonly occurrence: number };

/** The moment is not in the files, for a reason to be shown. */
export class NotCovered extends Error {}

export interface Found {
  readonly place: Place;
  /** What has been found, as a sentence. */
  readonly text: string;
}

/** What the files say, in order. */
type Event =
  | {
      readonly kind: "begin";
      readonly place: Place;
      readonly seconds: number | null;
      readonly offset: number | null;
    }
  | { readonly kind: "time"; readonly place: Place; readonly seconds: number }
  | { readonly kind: "mark"; readonly place: Place; readonly offset: number }
  | { readonly kind: "command"; readonly place: Place; readonly name: string }
  | { readonly kind: "end"; readonly place: Place };

/** The length to which an incr file counts: a file that was continued elsewhere may have more. */
export function countedBytes(disk: Disk, { path, incrs }: Generation, index: number): number {
  const { name, seq } = incrs[index]!;
  const size = disk.stat(join(path, name))?.bytes ?? 0;
  const next = incrs[index + 1];
  if (next === undefined) return size;
  const head = Buffer.alloc(CONTINUATION_BYTES);
  const handle = disk.open(join(path, next.name), "read");
  const length = handle.read(head, 0);
  handle.close();
  const continuation = parseContinuation(head.toString("latin1", 0, length));
  return continuation?.seq === seq ? Math.min(size, continuation.position) : size;
}

/** Looks for the moment. Throws NotCovered, also where damage is in the way. */
export class Past {
  constructor(
    private readonly disk: Disk,
    /** Oldest first. */
    private readonly generations: readonly Generation[],
    /** Where the snapshot ends that the first incr file begins with, as only a single file does; 0 where there is none. */
    private readonly snapshotEnd: (generation: Generation) => number,
    private readonly onProgress: (bytes: number) => void,
  ) {}

  find(moment: Moment): Found {
    if (moment.kind === "time") return this.atTime(moment.seconds);
    if (moment.kind === "offset") return this.atOffset(moment.offset);
    return this.before(moment.command.toLowerCase(), moment.occurrence);
  }

  private atTime(wanted: number): Found {
    let found: Found | null = null;
    /** When the generation begins, and the last time that it notes. */
    let start = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    let oldest = Number.POSITIVE_INFINITY;
    let hasCommands = false;
    for (const event of this.events()) {
      if (event.kind === "begin") {
        start = event.seconds ?? Number.POSITIVE_INFINITY;
        last = Number.NEGATIVE_INFINITY;
        hasCommands = false;
      } else if (event.kind === "time") {
        start = Math.min(start, event.seconds);
        if (event.seconds > wanted) {
          if (start <= wanted) return { place: event.place, text: `the data set of ${when(wanted)}` };
          oldest = Math.min(oldest, start);
          break;
        }
        last = event.seconds;
      } else if (event.kind === "command") hasCommands = true;
      else if (event.kind === "end") {
        oldest = Math.min(oldest, start);
        if (start > wanted) continue;
        if (hasCommands && last === Number.NEGATIVE_INFINITY)
          throw new NotCovered(
            `The files of ${event.place.generation.path} have no times: aof-timestamp-enabled was off. ` +
              "A moment can be given as offset:N or before:COMMAND.",
          );
        const until =
          last === Number.NEGATIVE_INFINITY ? "" : `; the last write that has a time is of ${when(last)}`;
        found = { place: event.place, text: `the data set of ${when(wanted)}${until}` };
      }
    }
    if (found !== null) return found;
    if (oldest === Number.POSITIVE_INFINITY)
      throw new NotCovered("The files tell no time: aof-timestamp-enabled was off.");
    throw new NotCovered(`The files begin at ${when(oldest)}, later than ${when(wanted)}.`);
  }

  private atOffset(wanted: number): Found {
    let found: { place: Place; offset: number } | null = null;
    let first: number | null = null;
    let isBeyond = false;
    for (const event of this.events()) {
      const offset = event.kind === "begin" || event.kind === "mark" ? event.offset : null;
      if (offset === null) continue;
      first ??= offset;
      isBeyond = offset > wanted;
      if (isBeyond) break;
      found = { place: event.place, offset };
    }
    if (first === null)
      throw new NotCovered("The files have no marks, so an offset cannot be found in them.");
    if (found === null) throw new NotCovered(`The files begin at offset ${first}, later than ${wanted}.`);
    if (!isBeyond && found.offset < wanted)
      throw new NotCovered(`The last mark in the files is at offset ${found.offset}, before ${wanted}.`);
    const exactly = found.offset === wanted ? "" : `, the last mark that is not beyond ${wanted}`;
    return { place: found.place, text: `the data set at offset ${found.offset}${exactly}` };
  }

  private before(command: string, occurrence: number): Found {
    const places: Place[] = [];
    for (const event of this.events()) {
      if (event.kind !== "command" || event.name !== command) continue;
      places.push(event.place);
      if (places.length === occurrence) break;
    }
    const place = places[occurrence > 0 ? occurrence - 1 : places.length + occurrence];
    const name = command.toUpperCase();
    if (places.length === 0)
      throw new NotCovered(
        `There is no ${name} in the files. Commands are there as their effects: DEL may be UNLINK, SPOP is SREM.`,
      );
    if (place === undefined)
      throw new NotCovered(
        `There are only ${places.length} ${name} in the files, so none is number ${occurrence}.`,
      );
    const number = occurrence > 0 ? `number ${occurrence}` : `number ${places.length + occurrence + 1}`;
    return { place, text: `the data set before ${name} ${number}` };
  }

  private *events(): Generator<Event> {
    let done = 0;
    for (const generation of this.generations) {
      const { base, path, incrs } = generation;
      const first = base ?? incrs[0];
      const fields =
        first === undefined ? { seconds: null, offset: null } : baseFields(this.disk, join(path, first.name));
      const snapshotEnd = this.snapshotEnd(generation);
      let place: Place = { generation, file: base === null ? 0 : -1, bytes: snapshotEnd };
      yield { kind: "begin", place, ...fields };
      for (const [file, { name }] of incrs.entries()) {
        const size = countedBytes(this.disk, generation, file);
        const handle = this.disk.open(join(path, name), "read");
        try {
          const walk = new LogWalk(handle, file === 0 ? snapshotEnd : 0, size);
          for (const { request, line, unit, end } of walk.pieces()) {
            const before = { generation, file, bytes: unit };
            if (request !== null)
              yield { kind: "command", place: before, name: request.text(0).toLowerCase() };
            else yield* annotation(line, before, { generation, file, bytes: end });
            this.onProgress(done + end);
          }
          place = { generation, file, bytes: walk.whole };
        } catch (error) {
          if (!(error instanceof LogDamage)) throw error;
          throw new NotCovered(
            `${join(path, name)} is damaged from offset ${error.offset} on (${error.message}), and the moment is behind ` +
              `that. "tidemark check-aof ${join(path, name)}" shows more.`,
          );
        } finally {
          handle.close();
        }
        done += size;
      }
      yield { kind: "end", place };
    }
  }
}

function* annotation(line: string, before: Place, behind: Place): Generator<Event> {
  const seconds = parseTimestamp(line);
  if (seconds !== null) yield { kind: "time", place: before, seconds };
  const mark = parseSeal(line)?.mark ?? null;
  if (mark !== null) yield { kind: "mark", place: behind, offset: mark.offset };
}

/** Seconds since 1970 as people read them. */
function when(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
