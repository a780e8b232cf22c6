/** Why the server cannot start on the files it finds: nothing was changed, and the message says what to do. */
export class StartError extends Error {}
