/** What is wrong with a snapshot, and where. */

export class RdbError extends Error {
  /** The key whose value could not be read, as text that may be shown; null outside of an entry. */
  key: string | null = null;

  constructor(
    /** A clause without a full stop: "a string of 7 bytes begins 3 bytes before the end". */
    readonly reason: string,
    /** Bytes from the beginning of the file or payload. */
    readonly offset: number,
  ) {
    super(`${reason}, at offset ${offset}`);
  }

  /** Reason, key and place in one sentence without a full stop. */
  describe(): string {
    return this.key === null ? this.message : `${this.message} (key ${this.key})`;
  }
}

/** The snapshot is sound, but holds what this server has no place for. */
export class RdbUnsupported extends RdbError {}
