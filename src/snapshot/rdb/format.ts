/**
 * RDB: the format of snapshot files, of a full resync's payload and, one value at a time, of DUMP.
 *
 *     file     = "REDIS" version  field*  [database*]  ff  [checksum]
 *     version  = four decimal digits, "0010"
 *     field    = fa name value                            names: AUX; both are strings
 *     database = fe number  fb keys expiring  entry*      numbers are lengths
 *     entry    = [fc ms] [f8 idle | f9 freq] type key value
 *     checksum = CRC-64 of all bytes before it, 8 bytes little endian (util/crc64.ts); all zero means "none"
 *
 * ## Lengths
 *
 * A length is 1, 2, 5 or 9 bytes. The upper two bits of the first byte tell: 00 the other six are it; 01 they and the
 * next byte are it, big endian; 10 it follows big endian, in 4 bytes after 0x80 and in 8 after 0x81; 11 what follows
 * is not a length but a string in a special encoding, which the lower six bits name (ENCODING).
 *
 * ## Strings
 *
 * A string is a length and so many bytes, or the text of a signed little-endian number of 1, 2 or 4 bytes, or what LZF
 * (util/lzf.ts) makes of it: length compressed, length of the text, compressed bytes.
 *
 * ## Values
 *
 * A type's number names both the type and its encoding. "String" below is a string as above.
 *
 *     STRING               string
 *     LIST, SET            length, so many strings
 *     ZSET                 length, so often: member string, score as text after its length in a byte (TEXT_SCORE)
 *     ZSET_2               length, so often: member string, score as a little-endian double
 *     HASH                 length, so often: field string, value string
 *     *_ZIPMAP, *_ZIPLIST, *_INTSET, *_LISTPACK
 *                          one string: the compact encoding's bytes
 *     LIST_QUICKLIST       length, so many strings, each a ziplist
 *     LIST_QUICKLIST_2     length, so often: container (CONTAINER) as a length, then a string: one element, or a listpack
 *     STREAM_LISTPACKS*    the versions of streams
 *     MODULE_*             values of modules, which only the module can read
 *     HASH_METADATA, HASH_LISTPACK_EX and their *_PRE_GA
 *                          hashes whose fields expire
 *
 * DUMP's payload is a type's number, the value, the version in 2 bytes and the checksum of all that in 8, both little
 * endian.
 */

export const MAGIC = "REDIS";
/** Bytes of the magic and the version that a file begins with. */
export const HEADER_SIZE = 9;
/** Bytes of the checksum that a file of version 5 or later ends with. */
export const CHECKSUM_SIZE = 8;
/** Bytes that follow the value in a payload of DUMP: version and checksum. */
export const DUMP_FOOTER_SIZE = 10;

/** The newest version that can be read. */
export const NEWEST_VERSION = 12;
/** The first version with a checksum. */
export const CHECKSUM_VERSION = 5;

/** What may stand where an entry's type may. */
export const OPCODE = {
  /** A slot of a cluster, with its counts: three lengths. Of Redis 7.4 and later. */
  SLOT_INFO: 0xf4,
  /** A library of functions: a string with its source. */
  FUNCTION_2: 0xf5,
  /** A library as release candidates of 7.0 wrote it. */
  FUNCTION_PRE_GA: 0xf6,
  /** Data of a module: its id, when it is to be loaded, then opcodes of MODULE until its end. */
  MODULE_AUX: 0xf7,
  /** Seconds since the next entry's last access: a length. */
  IDLE: 0xf8,
  /** The logarithmic counter of the next entry's accesses: a byte. */
  FREQ: 0xf9,
  AUX: 0xfa,
  RESIZE_DB: 0xfb,
  /** When the next entry expires: milliseconds since 1970, 8 bytes little endian. */
  EXPIRE_MS: 0xfc,
  /** The same in seconds, 4 bytes little endian: files of version 1 and 2. */
  EXPIRE_SECONDS: 0xfd,
  SELECT_DB: 0xfe,
  END: 0xff,
} as const;

/** The numbers of types. */
export const TYPE = {
  STRING: 0,
  LIST: 1,
  SET: 2,
  ZSET: 3,
  HASH: 4,
  ZSET_2: 5,
  MODULE_PRE_GA: 6,
  MODULE_2: 7,
  HASH_ZIPMAP: 9,
  LIST_ZIPLIST: 10,
  SET_INTSET: 11,
  ZSET_ZIPLIST: 12,
  HASH_ZIPLIST: 13,
  LIST_QUICKLIST: 14,
  STREAM_LISTPACKS: 15,
  HASH_LISTPACK: 16,
  ZSET_LISTPACK: 17,
  LIST_QUICKLIST_2: 18,
  STREAM_LISTPACKS_2: 19,
  /** From version 11 on. */
  SET_LISTPACK: 20,
  /** From version 11 on. */
  STREAM_LISTPACKS_3: 21,
  /** From version 12 on, as are those below. */
  HASH_METADATA_PRE_GA: 22,
  HASH_LISTPACK_EX_PRE_GA: 23,
  HASH_METADATA: 24,
  HASH_LISTPACK_EX: 25,
} as const;

/** How a length begins. */
export const LENGTH = {
  BITS_6: 0x00,
  BITS_14: 0x40,
  /** The whole first byte. */
  BITS_32: 0x80,
  /** The whole first byte. */
  BITS_64: 0x81,
  /** No length: a string in an encoding of ENCODING. */
  ENCODED: 0xc0,
} as const;

/** How a string is encoded: the lower six bits after LENGTH.ENCODED. */
export const ENCODING = { INT8: 0, INT16: 1, INT32: 2, LZF: 3 } as const;

/** What a node of LIST_QUICKLIST_2 is. */
export const CONTAINER = {
  /** One element that is too large for a listpack. */
  PLAIN: 1,
  LISTPACK: 2,
} as const;

/** Lengths in TEXT_SCORE's byte that stand for a score and not for a text's length. */
export const TEXT_SCORE = { NAN: 253, INFINITY: 254, MINUS_INFINITY: 255 } as const;

/** The opcodes in a value of MODULE_2, each a length, and what follows. */
export const MODULE = {
  END: 0,
  /** A length. */
  SIGNED: 1,
  /** A length. */
  UNSIGNED: 2,
  /** 4 bytes. */
  FLOAT: 3,
  /** 8 bytes. */
  DOUBLE: 4,
  STRING: 5,
} as const;

/** Names of fields about the file. */
export const AUX = {
  /** Version of the server that wrote the file. */
  VERSION: "redis-ver",
  /** 32 or 64. */
  BITS: "redis-bits",
  /** Seconds since 1970. */
  CREATED: "ctime",
  /** Bytes. */
  USED_MEMORY: "used-mem",
  /** 1 in the base of an append-only file (`aof-preamble` before Redis 7.0). */
  AOF_BASE: "aof-base",
  /** Database of the replication stream at the file's mark, -1 for none. */
  REPL_DATABASE: "repl-stream-db",
  REPL_ID: "repl-id",
  REPL_OFFSET: "repl-offset",
} as const;
