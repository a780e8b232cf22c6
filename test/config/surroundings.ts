/** A configuration's surroundings in memory: a disk with the given files in /etc, which is the working directory. */

import type { Config, Surroundings } from "#tidemark/config/config.js";
import { FatalConfigError } from "#tidemark/config/fatal.js";
import { load, type Sources } from "#tidemark/config/load.js";
import { SimulatedDisk } from "../support/disk.js";

export function surroundings(files: Readonly<Record<string, string>> = {}): Surroundings & {
  readonly disk: SimulatedDisk;
} {
  const disk = new SimulatedDisk();
  disk.placeDirectory("/etc/conf.d");
  for (const [name, content] of Object.entries(files)) disk.place(`/etc/${name}`, content);
  return { disk, workingDirectory: "/etc" };
}

/** The configuration that a redis.conf with this content gives. */
export function configOf(content: string, files: Readonly<Record<string, string>> = {}): Config {
  return load(surroundings({ ...files, "redis.conf": content }), { file: "redis.conf" });
}

/** What is printed about a configuration with which no server starts. */
export function reportOf(sources: Sources, files: Readonly<Record<string, string>> = {}): string {
  try {
    load(surroundings(files), sources);
  } catch (error) {
    if (error instanceof FatalConfigError) return error.report;
    throw error;
  }
  throw new Error("The configuration was accepted");
}
