import { sameEffects } from "../string/effects.js";

sameEffects(
  "the log and the keyspace events of hash commands",
  `
HSET h a 1 b 2
HSET h a 1
HMSET h c 3
HSETNX h a no
HSETNX h d 4
HSETNX n d 4
HINCRBY h a 5
HINCRBY h a x
HINCRBY m a 0
HINCRBYFLOAT h a 0.1
HINCRBYFLOAT h new 3.0e3
HINCRBYFLOAT f new -0.5
HINCRBY h a 1
HSET h text x
HINCRBY h text 1
HINCRBYFLOAT h text 1
HDEL h zzz
HDEL h a
HDEL h b c d new text
HDEL h a
HSET h a 1
HGET h a
HGET nothing a
HMGET nothing a
HLEN nothing
HEXISTS nothing a
HSTRLEN nothing a
HGETALL nothing
HRANDFIELD nothing
HRANDFIELD nothing 3
HSCAN nothing 0
PEXPIRE h 0
HSET h a 1
EXPIRE h 100
HSET h b 1
COPY h i
RENAME i j
UNLINK j
DEL h
`,
);
