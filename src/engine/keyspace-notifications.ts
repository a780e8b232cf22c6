/** Keyspace notifications: what happens to keys, published as messages (`notify-keyspace-events`). */

import type { Config } from "../config/config.js";
import { KeyspaceEvents } from "../config/kinds/keyspace-events.js";
import type { Database } from "../keyspace/database.js";
import type { Key } from "../memory/key.js";
import { copy } from "../util/copy.js";
import { type Slice, sliceOf } from "../util/slice.js";
import type { PubSub } from "./pubsub.js";

/** What is the same for all events of one name in one database. */
interface EventTexts {
  readonly name: Slice;
  /** The channel `__keyevent@<db>__:<event>`. */
  readonly channel: Slice;
}

export class KeyspaceNotifications {
  /** By database: the texts of its events, and what the channels of its keys begin with. */
  private readonly texts: Map<string, EventTexts>[] = [];
  private readonly prefixes: Buffer[] = [];
  /** Takes the channel of a key, unless that is longer. */
  private readonly channel = Buffer.alloc(1024);

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
    const { name, channel } = this.textsOf(database.index, event);
    if (kinds & KeyspaceEvents.keyspace) this.pubsub.publish(this.channelOf(database.index, key), name);
    if (kinds & KeyspaceEvents.keyevent) this.pubsub.publish(channel, key);
  }

  private textsOf(db: number, event: string): EventTexts {
    this.texts[db] ??= new Map();
    let texts = this.texts[db].get(event);
    if (texts === undefined) {
      const channel = sliceOf(Buffer.from(`__keyevent@${db}__:${event}`));
      texts = { name: sliceOf(Buffer.from(event)), channel };
      this.texts[db].set(event, texts);
    }
    return texts;
  }

  /** `__keyspace@<db>__:<key>`; valid until the next call. */
  private channelOf(db: number, key: Key): Slice {
    this.prefixes[db] ??= Buffer.from(`__keyspace@${db}__:`);
    const prefix = this.prefixes[db];
    const end = prefix.length + key.end - key.start;
    const bytes = end <= this.channel.length ? this.channel : Buffer.alloc(end);
    copy(prefix, 0, prefix.length, bytes, 0);
    copy(key.bytes, key.start, key.end, bytes, prefix.length);
    return { bytes, start: 0, end };
  }
}
