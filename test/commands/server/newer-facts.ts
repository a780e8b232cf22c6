/** Where Redis 7.2 says something else of a command than 7.0, which the tests compare with. */

/** Commands and subcommands that 7.0 does not have. */
export const newCommands: ReadonlySet<string> = new Set(["client|no-touch", "client|setinfo", "waitaof"]);

/** Commands of our own. */
export const ownCommands: ReadonlySet<string> = new Set(["resyncs"]);

/** Under each reason `command: path = what 7.2 says`, with `-` for nothing. */
const DIFFERENCES = `
# Renamed so that no argument has an underscore, a slash or somebody else's name
acl|cat: arguments/0/name = category
bitcount: arguments/1/name = range
bitcount: arguments/1/2/name = unit
bitfield: arguments/1/0/name = get-block
bitfield: arguments/1/1/0/name = overflow-block
bitfield: arguments/1/1/1/name = write-operation
bitfield: arguments/1/1/1/0/name = set-block
bitfield: arguments/1/1/1/1/name = incrby-block
bitfield_ro: arguments/1/name = get-block
bitpos: arguments/2/name = range
bitpos: arguments/2/1/name = end-unit-block
bitpos: arguments/2/1/1/name = unit
client|kill: arguments/0/0/name = old-format
client|kill: arguments/0/1/1/name = client-type
client|kill: arguments/0/1/3/name = addr
client|kill: arguments/0/1/4/name = laddr
client|kill: arguments/0/1/5/name = skipme
client|list: arguments/0/name = client-type
client|reply: arguments/0/name = action
client|unblock: arguments/1/name = unblock-type
config|set: arguments/0/name = data
flushall: arguments/0/name = flush-type
flushdb: arguments/0/name = flush-type
hello: arguments/0/1/name = auth
hmset: arguments/1/name = data
hset: arguments/1/name = data
lcs: arguments/4/name = min-match-len
mset: arguments/0/name = data
msetnx: arguments/0/name = data
shutdown: arguments/0/name = save-selector
sort: arguments/1/name = by-pattern
sort: arguments/2/name = limit
sort: arguments/3/name = get-pattern
sort_ro: arguments/1/name = by-pattern
sort_ro: arguments/2/name = limit
sort_ro: arguments/3/name = get-pattern
zadd: arguments/5/name = data
zrange: arguments/5/name = limit
zrangebylex: arguments/3/name = limit
zrangebyscore: arguments/4/name = limit
zrangestore: arguments/6/name = limit
zrevrangebylex: arguments/3/name = limit
zrevrangebyscore: arguments/4/name = limit
migrate: arguments/2/name = key-selector
migrate: arguments/2/1/name = empty-string
migrate: arguments/7/0/name = auth
migrate: arguments/7/1/name = auth2
migrate: arguments/8/name = keys

# Words to choose from are alternatives, no longer any string
bitop: arguments/0/type = oneof
bitop: arguments/0/0/name = and
bitop: arguments/0/0/type = pure-token
bitop: arguments/0/0/token = AND
bitop: arguments/0/1/name = or
bitop: arguments/0/1/type = pure-token
bitop: arguments/0/1/token = OR
bitop: arguments/0/2/name = xor
bitop: arguments/0/2/type = pure-token
bitop: arguments/0/2/token = XOR
bitop: arguments/0/3/name = not
bitop: arguments/0/3/type = pure-token
bitop: arguments/0/3/token = NOT
client|kill: arguments/0/1/5/type = oneof
client|kill: arguments/0/1/5/0/name = yes
client|kill: arguments/0/1/5/0/type = pure-token
client|kill: arguments/0/1/5/0/token = YES
client|kill: arguments/0/1/5/1/name = no
client|kill: arguments/0/1/5/1/type = pure-token
client|kill: arguments/0/1/5/1/token = NO

# A block has more than one argument
client|list: arguments/1/name = client-id
client|list: arguments/1/type = integer
client|list: arguments/1/flags = optional multiple
client|list: arguments/1/0/name = -
client|list: arguments/1/0/type = -
client|list: arguments/1/0/flags = -
config|get: arguments/0/type = string
config|get: arguments/0/0/name = -
config|get: arguments/0/0/type = -
psubscribe: arguments/0/type = pattern
psubscribe: arguments/0/0/name = -
psubscribe: arguments/0/0/type = -

# One word is enough, and the arguments are documented
command|getkeys: arity = -3
command|getkeys: arguments/0/name = command
command|getkeys: arguments/0/type = string
command|getkeys: arguments/1/name = arg
command|getkeys: arguments/1/type = string
command|getkeys: arguments/1/flags = optional multiple
command|getkeysandflags: arity = -3
command|getkeysandflags: arguments/0/name = command
command|getkeysandflags: arguments/0/type = string
command|getkeysandflags: arguments/1/name = arg
command|getkeysandflags: arguments/1/type = string
command|getkeysandflags: arguments/1/flags = optional multiple

# The score beside the rank
zrank: arity = -3
zrank: history = 7.2.0
zrank: arguments/2/name = withscore
zrank: arguments/2/type = pure-token
zrank: arguments/2/token = WITHSCORE
zrank: arguments/2/flags = optional
zrevrank: arity = -3
zrevrank: history = 7.2.0
zrevrank: arguments/2/name = withscore
zrevrank: arguments/2/type = pure-token
zrevrank: arguments/2/token = WITHSCORE
zrevrank: arguments/2/flags = optional

# Deprecated in the documentation
psetex: doc_flags = deprecated
psetex: deprecated_since = 2.6.12
psetex: replaced_by = \`SET\` with the \`PX\` argument
quit: doc_flags = deprecated
quit: deprecated_since = 7.2.0
quit: replaced_by = just closing the connection
setex: doc_flags = deprecated
setex: deprecated_since = 2.6.12
setex: replaced_by = \`SET\` with the \`EX\` argument
setnx: doc_flags = deprecated
setnx: deprecated_since = 2.6.12
setnx: replaced_by = \`SET\` with the \`NX\` argument

# Scripts may call them, since nothing blocks there
blmove: flags = write denyoom blocking
blpop: flags = write blocking
brpop: flags = write blocking
brpoplpush: flags = write denyoom blocking
bzpopmax: flags = write blocking fast
bzpopmin: flags = write blocking fast
wait: flags =

# More tips for clients of a cluster
randomkey: tips = request_policy:all_shards response_policy:special nondeterministic_output
scan: tips = nondeterministic_output request_policy:special response_policy:special

# The release it came with, not the development version
client|pause: since = 3.0.0

# The choice is optional, not each of its ways
migrate: arguments/7/0/flags = -
migrate: arguments/7/1/flags = -
`;

/** What 7.2 says, by command and path. */
export const newerFacts: ReadonlyMap<string, ReadonlyMap<string, string>> = read(DIFFERENCES);

function read(text: string): Map<string, Map<string, string>> {
  const all = new Map<string, Map<string, string>>();
  for (const [, name = "", path = "", value = ""] of text.matchAll(/^([a-z_|-]+): (.*?) =(?: (.*))?$/gm)) {
    const facts = all.get(name) ?? new Map<string, string>();
    all.set(name, facts.set(path, value));
  }
  return all;
}
