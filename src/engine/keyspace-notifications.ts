/** Keyspace notifications: what happens to keys, published as messages (`notify-keyspace-events`). */

import type { Config } from "../config/config.js";
import { KeyspaceEvents } from "../config/kinds/keyspace-events.js";
import type { Database } from "../keyspace/database.js";
import type { Key } from "../memory/key.js";
import { sliceOf, viewOf } from "../util/slice.js";
import type { PubSub } from "./pubsub.js";

export class KeyspaceNotifications {
  constructor(
    private readonly pubsub: PubSub,
    private readonly config: Config,
  ) {}

  /** The classes of events that are to be published: none when neither of the two kinds of channels is wanted. */
  get kinds(): number {
    const bits = this.config.values["notify-keyspace-events"];
    return (bits & (KeyspaceEvents.keyspace | KeyspaceEvents.keyevent)) === 0 ? 0 : bits;
  }

  /** Publishes an event of a wanted class: first to the channel of the key, then to that of the event. */
  publish(database: Database, event: string, key: Key): void {
    if (!this.pubsub.hasListeners) return;
    const { kinds } = this;
    if (kinds & KeyspaceEvents.keyspace) {
      const prefix = Buffer.from(`__keyspace@${database.index}__:`);
      const channel = Buffer.concat([prefix, viewOf(key)]);
      this.pubsub.publish(sliceOf(channel), sliceOf(Buffer.from(event)));
    }
    if (kinds & KeyspaceEvents.keyevent) {
      this.pubsub.publish(sliceOf(Buffer.from(`__keyevent@${database.index}__:${event}`)), key);
    }
  }
}
