/** What clients subscribe to, and what one client has subscribed to. */

import { latin1 } from "../util/ascii.js";
import type { Slice } from "../util/slice.js";
import type { Client } from "./client.js";

/** Channels, patterns of channels, and the channels of SSUBSCRIBE, which are names of their own. */
export type TopicKind = "channel" | "pattern" | "shard";

/** One channel or pattern that somebody has subscribed to; its clients are in the order of their coming. */
export class Topic {
  readonly clients = new Set<Client>();

  constructor(
    /** Its name, one character for each byte: the key in `Topics`. */
    readonly id: string,
    readonly name: Buffer,
  ) {}
}

/** All channels, or all patterns, that somebody has subscribed to. */
export class Topics {
  private readonly byId = new Map<string, Topic>();

  get count(): number {
    return this.byId.size;
  }

  all(): IterableIterator<Topic> {
    return this.byId.values();
  }

  find({ bytes, start, end }: Slice): Topic | undefined {
    return this.byId.size === 0 ? undefined : this.byId.get(latin1(bytes, start, end));
  }

  /** Adds the client to the topic of that name. */
  join(name: Buffer, client: Client): Topic {
    const id = latin1(name, 0, name.length);
    let topic = this.byId.get(id);
    if (topic === undefined) {
      topic = new Topic(id, Buffer.from(name));
      this.byId.set(id, topic);
    }
    topic.clients.add(client);
    return topic;
  }

  /** Takes the client out; a topic without clients is forgotten. */
  leave(topic: Topic, client: Client): void {
    topic.clients.delete(client);
    if (topic.clients.size === 0) this.byId.delete(topic.id);
  }
}

/** What a subscription costs besides the name, roughly: an entry here and one in the topic. */
const SUBSCRIPTION_BYTES = 64;

/** The topics of one client. */
export class Subscriptions {
  readonly channel = new Set<Topic>();
  readonly pattern = new Set<Topic>();
  readonly shard = new Set<Topic>();
  /** Bytes that they take, roughly. Names count for each client, as in Redis, although a topic has its name once. */
  bytes = 0;

  /** The number that confirmations of that kind tell: shard channels are counted by themselves. */
  countFor(kind: TopicKind): number {
    return kind === "shard" ? this.shard.size : this.channel.size + this.pattern.size;
  }

  get count(): number {
    return this.channel.size + this.pattern.size + this.shard.size;
  }

  add(kind: TopicKind, topic: Topic): void {
    if (!this[kind].has(topic)) this.bytes += SUBSCRIPTION_BYTES + topic.name.length;
    this[kind].add(topic);
  }

  remove(kind: TopicKind, topic: Topic): void {
    if (this[kind].delete(topic)) this.bytes -= SUBSCRIPTION_BYTES + topic.name.length;
  }
}
