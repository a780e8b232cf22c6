/** Why the server cannot start on the files it finds: nothing was changed, and the message says what to do. */
export class StartError extends Error {}

/** A client has ended the server before its data was loaded. */
export class EndedEarly extends Error {
  constructor() {
    super("The server was ended while it loaded its data.");
  }
}

/** Throws an EndedEarly where a load of the start may stop, if nobody wants the rest any more. */
export function stopIfEnding(isEnding: (() => boolean) | undefined): void {
  if (isEnding?.()) throw new EndedEarly();
}
