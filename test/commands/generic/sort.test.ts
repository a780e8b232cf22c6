/** SORT and SORT_RO beside redis-server. */

import { sameReplies } from "../../support/compare.js";

sameReplies(
  "SORT by the elements",
  String.raw`
    === numbers
    RPUSH l 3 -1 2.5 10 1e1 0x10 inf -inf +7 .5 9223372036854775807 9223372036854775806
    SORT l
    SORT l ASC
    SORT l DESC
    sort l desc asc
    SORT_RO l
    SORT_RO l DESC
    SORT l ALPHA
    SORT l ALPHA DESC
    === equal numbers are in the order of their text
    RPUSH l 1.0 1 01 +1 1e0 0x1 "1\x00z" "1\x00a"
    SORT l
    SORT l DESC
    === text
    RPUSH l b a "" aa "\xff" "\x7f" B "a\x00b" "a\x00a" a
    SORT l ALPHA
    SORT l ALPHA DESC
    SORT l ALPHA LIMIT 2 3
    SORT l ALPHA STORE d
    LRANGE d 0 -1
    SORT l ALPHA DESC STORE d
    LRANGE d 0 -1
    === no numbers
    RPUSH l a 1
    SORT l
    SORT l BY nosort
    SORT l LIMIT 0 0
    DEL l
    RPUSH l nan
    SORT l
    === what strtod reads
    RPUSH ok "" " 1" "\t2" "\r\n3" "4\x00x" "\x00" infinity -INF 0X1P3 1. .5
    SORT ok
    RPUSH spaces "1 "
    SORT spaces
    RPUSH high 1e400
    SORT high
    RPUSH low 1e-400
    SORT low
    RPUSH denormal 1e-320
    SORT denormal
    RPUSH point .
    SORT point
    RPUSH blank " "
    SORT blank
    === LIMIT
    RPUSH l 5 4 3 2 1
    SORT l LIMIT 0 2
    SORT l LIMIT 2 2
    SORT l LIMIT 2 -1
    SORT l LIMIT -5 2
    SORT l LIMIT 4 100
    SORT l LIMIT 5 1
    SORT l LIMIT 100 1
    SORT l LIMIT 0 0
    SORT l LIMIT 9223372036854775807 9223372036854775807
    SORT l LIMIT -9223372036854775808 -9223372036854775808
    SORT l LIMIT 1 2 LIMIT 0 1
    SORT l LIMIT x 1
    SORT l LIMIT 1 x
    SORT l LIMIT 1.0 1
    SORT l LIMIT 1 9223372036854775808
    === sets and sorted sets
    SADD ints 3 1 2
    SORT ints
    SORT ints DESC
    SORT ints BY nosort
    SADD words c b a
    SORT words
    SORT words ALPHA
    ~unordered SORT words BY nosort
    ZADD z 1 30 2 20 3 10
    SORT z
    SORT z DESC
    OBJECT ENCODING z
    ZRANGE z 0 -1 WITHSCORES
    ZADD z 4 5
    SORT_RO z BY nosort
    === other types and no key
    SET s x
    HSET h f v
    SORT s
    SORT_RO h
    SORT s LIMIT x 1
    SORT s WHATEVER
    SORT missing
    SORT missing GET x* ALPHA
    SORT_RO missing
    === syntax
    SORT
    SORT_RO
    RPUSH l 1 2
    SORT l BY
    SORT l GET
    SORT l LIMIT 1
    SORT l STORE
    SORT l ALPHA x
    SORT_RO l STORE d
    SORT l BY x GET
  `,
);

sameReplies(
  "SORT by other keys",
  String.raw`
    === BY
    RPUSH l 1 2 3 4
    MSET w1 30 w2 10 w3 20 w4x 1
    SORT l BY w*
    SORT l BY w* DESC
    SORT l BY w* LIMIT 1 2
    SORT l BY w*x
    SORT l BY w* ALPHA
    SORT l BY w* ALPHA DESC
    MSET w1 a w2 B w3 c w4 d
    SORT l BY w* ALPHA
    SORT l BY w*
    SORT l BY w* BY nosort
    SORT l BY nosort BY w*
    === BY a field
    HSET h1 f 3 g x
    HSET h2 f 1
    HSET h3 g 2
    SET h4 9
    RPUSH l 1 2 3 4 5
    SORT l BY h*->f
    SORT l BY h*->f DESC
    SORT l BY h*->f ALPHA
    SORT l BY h*->
    SORT l BY h*-
    SORT l BY h*
    SORT l BY *->f
    SORT l BY h*->f->g
    SORT l BY h->f*
    SORT l BY "h*\x00->f"
    SORT l BY "h\x00*->f"
    === GET
    RPUSH l 2 1 3
    MSET n1 one n2 two
    HSET h1 f first
    SORT l GET n*
    SORT l GET #
    SORT l GET # GET n* GET h*->f GET h*
    SORT_RO l GET # GET n* GET h*->f
    SORT l GET constant
    SORT l GET *
    SORT l GET n* LIMIT 1 1
    SORT l GET n* DESC
    SORT l BY nosort GET # GET n*
    SORT l GET "#x"
    SORT l GET "#\x00"
    === nosort and the order of lists
    RPUSH l c a b e d
    SORT l BY nosort
    SORT l BY nosort DESC
    SORT l BY nosort LIMIT 1 2
    SORT l BY nosort LIMIT 1 2 DESC
    SORT l BY nosort DESC LIMIT 0 2
    SORT l BY nosort DESC LIMIT 4 10
    SORT l BY nosort LIMIT 5 1
    SORT l BY nosort STORE d DESC
    LRANGE d 0 -1
    === nosort and the order of sorted sets
    ZADD z 1 c 2 a 3 b 4 e 5 d
    SORT z BY nosort
    SORT z BY nosort DESC
    SORT z BY nosort LIMIT 1 2
    SORT z BY nosort LIMIT 1 2 DESC
    SORT z BY nosort LIMIT 3 -1 DESC
    SORT z BY nosort LIMIT 5 2
    SORT z BY nosort GET # GET n*
    === nosort and sets
    SADD s 5 3 4 10
    SORT s BY nosort
    SORT s BY nosort DESC
    SORT s BY nosort LIMIT 1 2
    SORT s BY nosort STORE d
    LRANGE d 0 -1
    SORT s BY nosort STORE d DESC LIMIT 0 2
    LRANGE d 0 -1
    === equal weights keep the order of the list
    RPUSH l e b d a c
    MSET wa 1 wb 1 wd 1 we 0
    SORT l BY w*
    SORT l BY w* ALPHA
    SORT l BY w* ALPHA DESC
    SORT l BY x* ALPHA
    SORT l BY x* ALPHA DESC
    SORT l BY x* DESC
    === expired keys are not there
    RPUSH l 2 1
    SET w1 5 PX 1
    SET w2 3
    ~wait 10
    SORT l BY w* GET w*
    EXISTS w1
  `,
);

/** With weights that are equal, LIMIT shows which way of sorting is at work. */
const many = Array.from({ length: 60 }, (_, at) => (at * 37) % 61);
const weights = (kinds: number): string => many.map((each) => `w${each} ${each % kinds}`).join(" ");
const limited = [1, 6, 7, 8, 40, 41, 60].flatMap((count) => [
  "DEL l",
  `RPUSH l ${many.slice(0, count).join(" ")}`,
  ...["LIMIT 0 3", "LIMIT 2 3", "LIMIT 20 15", "LIMIT 1 100", "LIMIT 3 1 DESC"].map(
    (limit) => `SORT l BY w* ALPHA ${limit}`,
  ),
]);
sameReplies(
  "SORT chooses among equal weights as Redis does",
  [2, 3, 7, 1].flatMap((kinds) => [`=== ${kinds} weights`, `MSET ${weights(kinds)}`, ...limited]).join("\n"),
  { protocols: [2] },
);

sameReplies(
  "SORT STORE",
  String.raw`
    === a list, whatever was there
    RPUSH l 3 1 2
    SET d x EX 1000
    SORT l STORE d
    TYPE d
    TTL d
    LRANGE d 0 -1
    SORT l DESC STORE l
    LRANGE l 0 -1
    HSET h f v
    SORT l STORE h LIMIT 0 1
    LRANGE h 0 -1
    SORT l STORE a STORE b
    EXISTS a b
    === nothing deletes
    SET d x
    SORT missing STORE d
    EXISTS d
    SORT missing STORE d
    RPUSH l 1
    SET d x
    SORT l LIMIT 1 1 STORE d
    EXISTS d
    === what GET does not find is no text
    RPUSH l 2 1
    SET n1 one
    SORT l GET n* GET # STORE d
    LRANGE d 0 -1
    === an error stores nothing
    RPUSH l a b
    SET d x
    SORT l STORE d
    GET d
    === what is watched
    RPUSH l 1 2
    WATCH d
    @1 SORT l STORE d
    MULTI
    PING
    EXEC
    WATCH none
    @1 SORT missing STORE none
    MULTI
    PING
    EXEC
  `,
);

sameReplies(
  "SORT STORE makes a listpack of few elements and a quicklist of many",
  String.raw`
    RPUSH l 3 1 2
    SORT l STORE d
    ~7.2 "7.0 leaves a quicklist" "$8\r\nlistpack\r\n" OBJECT ENCODING d
    CONFIG SET list-max-listpack-size 2
    SORT l STORE d
    OBJECT ENCODING d
    SORT l STORE d LIMIT 0 2
    ~7.2 "7.0 leaves a quicklist" "$8\r\nlistpack\r\n" OBJECT ENCODING d
    CONFIG SET list-max-listpack-size -2
  `,
);

sameReplies(
  "The keys of SORT",
  String.raw`
    COMMAND GETKEYS SORT a
    COMMAND GETKEYS SORT a BY b GET c STORE d
    COMMAND GETKEYS SORT a STORE d STORE e
    COMMAND GETKEYS SORT a BY store GET store LIMIT store store
    COMMAND GETKEYS SORT a STORE
    COMMAND GETKEYSANDFLAGS SORT a LIMIT 0 1 store d
    COMMAND GETKEYS SORT_RO a BY b GET c STORE d
    COMMAND GETKEYSANDFLAGS SORT_RO a
  `,
  { digest: false },
);
