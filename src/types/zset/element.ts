/** An element of a sorted set while it is visited: where its member's bytes are, and its score. */

const NO_BYTES = new Uint8Array(0);

/** One object serves any number of elements; what it says is valid during the visitor's call. */
export class Element {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  score = 0;
}

export type Visitor = (element: Element) => void;
