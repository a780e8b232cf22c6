/**
 * Publish and subscribe: who listens to what, and the messages on their way to them.
 *
 * A message goes to those who have subscribed at the moment of publishing, but it reaches their replies only at the end
 * of the unit in which it was published. So a client that publishes to itself reads the reply of its command first, and
 * nothing stands between the replies of an EXEC (as in Redis 7.2), and a message that tells of a write is not sent
 * before the write is safe.
 *
 * Exact channels are found by their name; patterns are tried one after the other. A message is encoded once for each
 * version of the protocol, and all its receivers share those bytes (`Reply.share`).
 */

import { Push } from "../resp/push.js";
import { type BlockPool, Reply, ReplyBlock } from "../resp/reply.js";
import { globMatch } from "../util/glob.js";
import { type Slice, sliceOf, viewOf } from "../util/slice.js";
import type { Client } from "./client.js";
import { Subscriptions, type Topic, type TopicKind, Topics } from "./subscriptions.js";

export class PubSub {
  readonly channel = new Topics();
  readonly pattern = new Topics();
  readonly shard = new Topics();
  /** Messages of the unit that runs, and their receivers: two lists of one length. */
  private readonly messages: ReplyBlock[] = [];
  private readonly receivers: Client[] = [];

  constructor(private readonly pool: BlockPool) {}

  /** Whether a message on some channel could reach anybody. */
  get hasListeners(): boolean {
    return this.channel.count + this.pattern.count > 0;
  }

  // ---- subscribing ----

  /** Subscribes and confirms it to the client, also when it had subscribed before. */
  subscribe(client: Client, kind: TopicKind, name: Buffer): void {
    client.subscriptions ??= new Subscriptions();
    client.subscriptions.add(kind, this[kind].join(name, client));
    client.subscribed = true;
    this.confirm(client, kind, CONFIRMATIONS[kind].subscribed, name);
  }

  /** Unsubscribes and confirms it, also when the client had not subscribed. */
  unsubscribe(client: Client, kind: TopicKind, name: Buffer): void {
    const topic = this[kind].find(sliceOf(name));
    if (topic !== undefined) this.part(client, kind, topic);
    this.confirm(client, kind, CONFIRMATIONS[kind].unsubscribed, name);
  }

  /** Unsubscribes from everything of a kind, with a confirmation for each, or one for nothing. */
  unsubscribeAll(client: Client, kind: TopicKind): void {
    const topics = [...(client.subscriptions?.[kind] ?? [])];
    for (const topic of topics) this.unsubscribe(client, kind, topic.name);
    if (topics.length === 0) this.confirm(client, kind, CONFIRMATIONS[kind].unsubscribed, null);
  }

  /** The client is gone, or begins anew: it loses all its subscriptions without a word. */
  forget(client: Client): void {
    if (client.subscriptions === null) return;
    for (const kind of KINDS) for (const topic of client.subscriptions[kind]) this.part(client, kind, topic);
    client.subscriptions = null;
  }

  private part(client: Client, kind: TopicKind, topic: Topic): void {
    this[kind].leave(topic, client);
    client.subscriptions?.remove(kind, topic);
    client.subscribed = (client.subscriptions?.count ?? 0) > 0;
  }

  /** Confirmations are replies, but reach even a client that wants none: then they come as a message. */
  private confirm(client: Client, kind: TopicKind, word: string, name: Buffer | null): void {
    const muted = client.replyMode !== "on";
    const reply = muted ? new Reply(this.pool) : client.reply;
    reply.version = client.reply.version;
    reply.push(3);
    reply.text(word);
    if (name === null) reply.nil();
    else reply.bulk(name);
    reply.integer(client.subscriptions?.countFor(kind) ?? 0);
    if (!muted) return;
    this.queue(client, new ReplyBlock(reply.takeCopy(), true));
  }

  // ---- publishing ----

  /** Sends a message to all who listen to the channel, by its name or a pattern; returns the number of copies. */
  publish(channel: Slice, message: Slice): number {
    const topic = this.channel.find(channel);
    let copies = topic === undefined ? 0 : this.send(topic, ["message", viewOf(channel), viewOf(message)]);
    if (this.pattern.count === 0) return copies;
    for (const topic of this.pattern.all()) {
      if (!globMatch(topic.name, channel.bytes, channel.start, channel.end)) continue;
      copies += this.send(topic, ["pmessage", topic.name, viewOf(channel), viewOf(message)]);
    }
    return copies;
  }

  /** As `publish`, for those who listen to a shard channel; there are no patterns of these. */
  publishToShard(channel: Slice, message: Slice): number {
    const topic = this.shard.find(channel);
    return topic === undefined ? 0 : this.send(topic, ["smessage", viewOf(channel), viewOf(message)]);
  }

  private send(topic: Topic, words: readonly (Uint8Array | string)[]): number {
    const push = new Push(words);
    for (const client of topic.clients) this.queue(client, push.block(client.reply.version));
    return topic.clients.size;
  }

  private queue(client: Client, message: ReplyBlock): void {
    this.receivers.push(client);
    this.messages.push(message);
  }

  // ---- delivering ----

  /** Whether messages wait for the end of their unit. */
  get hasMessages(): boolean {
    return this.messages.length > 0;
  }

  /** A unit has ended: its messages go to the clients, to be sent when the log is safe up to `offset`. */
  deliver(offset: number): void {
    const { messages, receivers } = this;
    for (let i = 0; i < messages.length; i++) {
      const client = receivers[i]!;
      if (client.closing) continue;
      if (messages.length > FEW || messages[i]!.length > SHORT) client.reply.share(messages[i]!);
      else client.reply.raw(messages[i]!.bytes);
      client.hold(offset);
      client.link.send();
    }
    messages.length = 0;
    receivers.length = 0;
  }
}

/** Short messages of a unit that has no more of them are copied, so that several can leave in one write. */
const FEW = 32;
const SHORT = 4096;

const KINDS: readonly TopicKind[] = ["channel", "pattern", "shard"];

/** The first word of a confirmation. */
const CONFIRMATIONS: Readonly<Record<TopicKind, { subscribed: string; unsubscribed: string }>> = {
  channel: { subscribed: "subscribe", unsubscribed: "unsubscribe" },
  pattern: { subscribed: "psubscribe", unsubscribed: "punsubscribe" },
  shard: { subscribed: "ssubscribe", unsubscribed: "sunsubscribe" },
};
