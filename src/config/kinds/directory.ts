/** The `dir` directive, and the words for what goes wrong with a path. */

import { resolve } from "node:path";
import { getSystemErrorMap } from "node:util";
import type { Disk } from "../../platform/disk.js";
import { type Kind, Refusal } from "../directive.js";
import { byteString, quote, textOf } from "../parse.js";
import { scalar } from "./scalar.js";

/** What Node calls EDQUOT. */
const QUOTA_EXCEEDED = "Unknown system error -122";
/** Where libuv words an error in another way than the C library, whose words Redis shows. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: "Cannot assign requested address",
  EAFNOSUPPORT: "Address family not supported by protocol",
  EHOSTUNREACH: "No route to host",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
  // It has no names for these.
  "Unknown system error -116": "Stale file handle",
  [QUOTA_EXCEEDED]: "Disk quota exceeded",
};

/** The system's sentence for a failed call, as C's strerror gives it. */
export function systemReason(error: unknown): string {
  const { errno, code = "", message } = error as NodeJS.ErrnoException;
  const [, reason = message] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return SYSTEM_WORDS[code] ?? reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** Whether the system says that there is no room for more. */
export function isLackOfRoom(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === QUOTA_EXCEEDED;
}

/** Like `systemReason`, behind the path that the error is about if it names one. */
export function systemFailure(error: unknown): string {
  const { path } = error as NodeJS.ErrnoException;
  return path === undefined ? systemReason(error) : `${path}: ${systemReason(error)}`;
}

/** Throws a Refusal unless the path is that of a directory. */
export function checkDirectory(path: string, disk: Disk): void {
  let isDirectory: boolean | undefined;
  try {
    isDirectory = disk.stat(path)?.isDirectory;
  } catch (error) {
    throw new Refusal(systemReason(error));
  }
  if (isDirectory === undefined) throw new Refusal("No such file or directory");
  if (!isDirectory) throw new Refusal("Not a directory");
}

/**
 * An existing directory; the value is its absolute path. Several servers share a process, so none changes the
 * process's working directory: a relative path starts from the server's directory until then.
 */
export const directory: Kind<string> = scalar(
  "an existing directory",
  (argument, { current, disk }) => {
    if (argument === "") throw new Refusal("No such file or directory");
    const path = resolve(current, textOf(argument));
    checkDirectory(path, disk);
    return path;
  },
  byteString,
  (value) => quote(byteString(value)),
);
