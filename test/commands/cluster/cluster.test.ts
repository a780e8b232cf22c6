import { sameReplies } from "../../support/compare.js";

sameReplies(
  "a server that is not part of a cluster says so to those who ask",
  `
CLUSTER
CLUSTER INFO
CLUSTER SLOTS
cluster shards
CLUSTER NODES
CLUSTER KEYSLOT k
READONLY
READONLY x
READWRITE
READWRITE x
ASKING
ASKING x
=== in a transaction
MULTI
CLUSTER INFO
READONLY
EXEC
`,
  { digest: false },
);
