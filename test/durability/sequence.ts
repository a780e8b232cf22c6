/**
 * One connection that writes a sequence which is known beforehand and notes what was acknowledged. After a crash the
 * data must be what the first m operations leave, for some m between the acknowledged and the sent ones.
 */

import type { SeededChance } from "../support/chance.js";
import type { Reply, WireClient } from "../support/wire.js";

/** What the server holds of one sequence. */
interface State {
  readonly counter: string | null;
  readonly left: string | null;
  readonly right: string | null;
  /** The numbers of the operations whose own key is there. */
  readonly keys: readonly number[];
}

export class Sequence {
  sent = 0;
  acknowledged = 0;

  constructor(readonly name: string) {}

  /** Pipelines operations, as many at a time as chance says, until the connection breaks. */
  async write(client: WireClient, chance: SeededChance, onAcknowledged: () => void): Promise<void> {
    for (;;) {
      const batch = 1 + chance.below(16);
      for (let left = batch; left > 0; left--) this.send(client, ++this.sent);
      for (let left = batch; left > 0; left--) {
        if (!(await this.acknowledge(client))) return;
        onAcknowledged();
      }
    }
  }

  /** What is wrong with the data on this server, or null; from then on exactly this data has to be there. */
  async check(client: WireClient): Promise<string | null> {
    const found = await this.read(client);
    for (let done = this.sent; done >= this.acknowledged; done--) {
      if (!sameState(found, this.stateAfter(done))) continue;
      this.sent = done;
      this.acknowledged = done;
      return null;
    }
    const expected = JSON.stringify(summary(this.stateAfter(this.acknowledged)));
    return `${this.name}: sent ${this.sent}, acknowledged ${this.acknowledged}; expected at least ${expected}, found ${JSON.stringify(summary(found))}`;
  }

  /** Operation `n` is one of three: a key of its own, a counter, a transaction over two keys. */
  private send(client: WireClient, n: number): void {
    if (n % 3 === 0) client.send("SET", this.key(n), String(n));
    else if (n % 3 === 1) client.send("INCR", `${this.name}:counter`);
    else {
      client.send("MULTI");
      client.send("SET", `${this.name}:left`, String(n));
      client.send("SET", `${this.name}:right`, String(n));
      client.send("EXEC");
    }
  }

  /** Takes the replies of the next operation. False when the connection broke. */
  private async acknowledge(client: WireClient): Promise<boolean> {
    const n = this.acknowledged + 1;
    for (let left = n % 3 === 2 ? 4 : 1; left > 0; left--) {
      const reply = await client.receive().catch(() => null);
      if (reply === null) return false;
      refuseErrors(reply);
    }
    this.acknowledged = n;
    return true;
  }

  private key(n: number): string {
    return `${this.name}:${n}`;
  }

  private stateAfter(n: number): State {
    const counter = Math.floor((n + 2) / 3);
    const pair = n - ((n + 1) % 3);
    return {
      counter: counter === 0 ? null : String(counter),
      left: pair < 2 ? null : String(pair),
      right: pair < 2 ? null : String(pair),
      keys: Array.from({ length: Math.floor(n / 3) }, (_, index) => 3 * (index + 1)),
    };
  }

  private async read(client: WireClient): Promise<State> {
    const text = async (suffix: string): Promise<string | null> =>
      (await client.call("GET", `${this.name}:${suffix}`)) as string | null;
    const keys: number[] = [];
    const all = this.stateAfter(this.sent).keys;
    for (let at = 0; at < all.length; at += 1000) {
      const some = all.slice(at, at + 1000);
      const values = (await client.call("MGET", ...some.map((n) => this.key(n)))) as (string | null)[];
      keys.push(...some.filter((n, index) => values[index] === String(n)));
    }
    return { counter: await text("counter"), left: await text("left"), right: await text("right"), keys };
  }
}

function refuseErrors(reply: Reply): void {
  if (reply.type === "-") throw new Error(`The server refused a write: ${reply.value}`);
}

function sameState(a: State, b: State): boolean {
  return (
    a.counter === b.counter &&
    a.left === b.left &&
    a.right === b.right &&
    a.keys.length === b.keys.length &&
    a.keys.every((n, index) => n === b.keys[index])
  );
}

function summary(state: State): object {
  return { ...state, keys: `${state.keys.length} up to ${state.keys.at(-1) ?? "none"}` };
}
