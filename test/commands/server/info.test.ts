import assert from "node:assert/strict";
import { test } from "node:test";
import { TidemarkHere } from "../../support/product.js";
import type { WireClient } from "../../support/wire.js";

const WHOLE = /^\d+$/;
const SIGNED = /^-?\d+$/;
const FRACTION = /^-?\d+\.\d\d$/;
const PERCENT = /^\d+\.\d\d%$/;
const HUMAN = /^\d+(\.\d\d)?[BKMGT]$/;
const HEX40 = /^[0-9a-f]{40}$/;
const SECONDS = /^\d+\.\d{6}$/;
const FLAG = /^[01]$/;
const OK = /^ok$/;
const UNSET = /^-1$/;

/** Every field of Redis 7.2 that a primary without replicas shows, in its order, and what its value looks like. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  Server: {
    redis_version: /^7\.2\.\d+$/,
    tidemark_version: /^\d+\.\d+\.\d+/,
    redis_git_sha1: /^[0-9a-f]{8}$/,
    redis_git_dirty: FLAG,
    redis_build_id: /^[0-9a-f]+$/,
    redis_mode: /^standalone$/,
    os: /^\S+ \S+ \S+$/,
    arch_bits: /^64$/,
    monotonic_clock: /./,
    multiplexing_api: /./,
    atomicvar_api: /./,
    gcc_version: /^\d+\.\d+\.\d+$/,
    process_id: WHOLE,
    process_supervised: /^no$/,
    run_id: HEX40,
    tcp_port: WHOLE,
    server_time_usec: /^\d{16}$/,
    uptime_in_seconds: WHOLE,
    uptime_in_days: WHOLE,
    hz: /^10$/,
    configured_hz: /^10$/,
    lru_clock: WHOLE,
    executable: /^\//,
    config_file: /^$/,
    io_threads_active: FLAG,
    listener0: /^name=tcp,bind=.*,port=\d+$/,
  },
  Clients: {
    connected_clients: /^1$/,
    cluster_connections: /^0$/,
    maxclients: /^10000$/,
    client_recent_max_input_buffer: WHOLE,
    client_recent_max_output_buffer: WHOLE,
    blocked_clients: WHOLE,
    tracking_clients: WHOLE,
    clients_in_timeout_table: WHOLE,
    total_blocking_keys: WHOLE,
    total_blocking_keys_on_nokey: WHOLE,
  },
  Memory: {
    used_memory: WHOLE,
    used_memory_human: HUMAN,
    used_memory_rss: WHOLE,
    used_memory_rss_human: HUMAN,
    used_memory_peak: WHOLE,
    used_memory_peak_human: HUMAN,
    used_memory_peak_perc: PERCENT,
    used_memory_overhead: WHOLE,
    used_memory_startup: WHOLE,
    used_memory_dataset: WHOLE,
    used_memory_dataset_perc: PERCENT,
    allocator_allocated: WHOLE,
    allocator_active: WHOLE,
    allocator_resident: WHOLE,
    total_system_memory: WHOLE,
    total_system_memory_human: HUMAN,
    used_memory_lua: WHOLE,
    used_memory_vm_eval: WHOLE,
    used_memory_lua_human: HUMAN,
    used_memory_scripts_eval: WHOLE,
    number_of_cached_scripts: WHOLE,
    number_of_functions: WHOLE,
    number_of_libraries: WHOLE,
    used_memory_vm_functions: WHOLE,
    used_memory_vm_total: WHOLE,
    used_memory_vm_total_human: HUMAN,
    used_memory_functions: WHOLE,
    used_memory_scripts: WHOLE,
    used_memory_scripts_human: HUMAN,
    maxmemory: /^0$/,
    maxmemory_human: /^0B$/,
    maxmemory_policy: /^noeviction$/,
    allocator_frag_ratio: FRACTION,
    allocator_frag_bytes: WHOLE,
    allocator_rss_ratio: FRACTION,
    allocator_rss_bytes: SIGNED,
    rss_overhead_ratio: FRACTION,
    rss_overhead_bytes: SIGNED,
    mem_fragmentation_ratio: FRACTION,
    mem_fragmentation_bytes: SIGNED,
    mem_not_counted_for_evict: WHOLE,
    mem_replication_backlog: WHOLE,
    mem_total_replication_buffers: WHOLE,
    mem_clients_slaves: WHOLE,
    mem_clients_normal: WHOLE,
    mem_cluster_links: WHOLE,
    mem_aof_buffer: WHOLE,
    mem_allocator: /./,
    active_defrag_running: FLAG,
    lazyfree_pending_objects: WHOLE,
    lazyfreed_objects: WHOLE,
  },
  Persistence: {
    loading: /^0$/,
    async_loading: /^0$/,
    current_cow_peak: WHOLE,
    current_cow_size: WHOLE,
    current_cow_size_age: WHOLE,
    current_fork_perc: FRACTION,
    current_save_keys_processed: WHOLE,
    current_save_keys_total: WHOLE,
    rdb_changes_since_last_save: /^2$/,
    rdb_bgsave_in_progress: FLAG,
    rdb_last_save_time: /^\d{10}$/,
    rdb_last_bgsave_status: OK,
    rdb_last_bgsave_time_sec: UNSET,
    rdb_current_bgsave_time_sec: UNSET,
    rdb_saves: WHOLE,
    rdb_last_cow_size: WHOLE,
    rdb_last_load_keys_expired: WHOLE,
    rdb_last_load_keys_loaded: WHOLE,
    aof_enabled: /^1$/,
    aof_rewrite_in_progress: FLAG,
    aof_rewrite_scheduled: FLAG,
    aof_last_rewrite_time_sec: UNSET,
    aof_current_rewrite_time_sec: UNSET,
    aof_last_bgrewrite_status: OK,
    aof_rewrites: WHOLE,
    aof_rewrites_consecutive_failures: WHOLE,
    aof_last_write_status: OK,
    aof_last_cow_size: WHOLE,
    module_fork_in_progress: FLAG,
    module_fork_last_cow_size: WHOLE,
    aof_current_size: /^[1-9]\d*$/,
    aof_base_size: WHOLE,
    aof_pending_rewrite: FLAG,
    aof_buffer_length: WHOLE,
    aof_pending_bio_fsync: WHOLE,
    aof_delayed_fsync: WHOLE,
  },
  Stats: {
    total_connections_received: /^1$/,
    total_commands_processed: /^[1-9]\d*$/,
    instantaneous_ops_per_sec: WHOLE,
    total_net_input_bytes: /^[1-9]\d*$/,
    total_net_output_bytes: /^[1-9]\d*$/,
    total_net_repl_input_bytes: WHOLE,
    total_net_repl_output_bytes: WHOLE,
    instantaneous_input_kbps: FRACTION,
    instantaneous_output_kbps: FRACTION,
    instantaneous_input_repl_kbps: FRACTION,
    instantaneous_output_repl_kbps: FRACTION,
    rejected_connections: /^0$/,
    sync_full: WHOLE,
    sync_partial_ok: WHOLE,
    sync_partial_err: WHOLE,
    expired_keys: WHOLE,
    expired_stale_perc: FRACTION,
    expired_time_cap_reached_count: WHOLE,
    expire_cycle_cpu_milliseconds: WHOLE,
    evicted_keys: WHOLE,
    evicted_clients: WHOLE,
    total_eviction_exceeded_time: WHOLE,
    current_eviction_exceeded_time: WHOLE,
    keyspace_hits: /^1$/,
    keyspace_misses: /^1$/,
    pubsub_channels: WHOLE,
    pubsub_patterns: WHOLE,
    pubsubshard_channels: WHOLE,
    latest_fork_usec: WHOLE,
    total_forks: WHOLE,
    migrate_cached_sockets: WHOLE,
    slave_expires_tracked_keys: WHOLE,
    active_defrag_hits: WHOLE,
    active_defrag_misses: WHOLE,
    active_defrag_key_hits: WHOLE,
    active_defrag_key_misses: WHOLE,
    total_active_defrag_time: WHOLE,
    current_active_defrag_time: WHOLE,
    tracking_total_keys: WHOLE,
    tracking_total_items: WHOLE,
    tracking_total_prefixes: WHOLE,
    unexpected_error_replies: WHOLE,
    total_error_replies: /^1$/,
    dump_payload_sanitizations: WHOLE,
    total_reads_processed: /^[1-9]\d*$/,
    total_writes_processed: /^[1-9]\d*$/,
    io_threaded_reads_processed: WHOLE,
    io_threaded_writes_processed: WHOLE,
    reply_buffer_shrinks: WHOLE,
    reply_buffer_expands: WHOLE,
    eventloop_cycles: /^[1-9]\d*$/,
    eventloop_duration_sum: /^[1-9]\d*$/,
    eventloop_duration_cmd_sum: WHOLE,
    instantaneous_eventloop_cycles_per_sec: WHOLE,
    instantaneous_eventloop_duration_usec: WHOLE,
    acl_access_denied_auth: WHOLE,
    acl_access_denied_cmd: WHOLE,
    acl_access_denied_key: WHOLE,
    acl_access_denied_channel: WHOLE,
    client_query_buffer_limit_disconnections: WHOLE,
    client_output_buffer_limit_disconnections: WHOLE,
  },
  Replication: {
    role: /^master$/,
    connected_slaves: /^0$/,
    master_failover_state: /^no-failover$/,
    master_replid: HEX40,
    master_replid2: /^0{40}$/,
    master_repl_offset: WHOLE,
    second_repl_offset: UNSET,
    repl_backlog_active: FLAG,
    repl_backlog_size: /^1048576$/,
    repl_backlog_first_byte_offset: WHOLE,
    repl_backlog_histlen: WHOLE,
  },
  CPU: {
    used_cpu_sys: SECONDS,
    used_cpu_user: SECONDS,
    used_cpu_sys_children: SECONDS,
    used_cpu_user_children: SECONDS,
    used_cpu_sys_main_thread: SECONDS,
    used_cpu_user_main_thread: SECONDS,
  },
  Modules: {},
  Errorstats: { errorstat_ERR: /^count=1$/ },
  Cluster: { cluster_enabled: /^0$/ },
  Keyspace: { db0: /^keys=2,expires=1,avg_ttl=\d+$/ },
};

const SERVER = await TidemarkHere.start({ appendonly: "yes" });
test.after(() => SERVER.close());

type Sections = Map<string, Map<string, string>>;

async function info(client: WireClient, ...sections: string[]): Promise<Sections> {
  const text = String(await client.call("INFO", ...sections));
  const found: Sections = new Map();
  for (const part of text.split("\r\n\r\n").filter((each) => each !== "")) {
    const [title, ...lines] = part.split("\r\n").filter((line) => line !== "");
    const fields = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    });
    found.set(String(title).replace("# ", ""), new Map(fields));
  }
  return found;
}

const titles = (sections: Sections): string => [...sections.keys()].join(" ");
const DEFAULT = "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster Keyspace";
const ALL =
  "Server Clients Memory Persistence Stats Replication CPU Modules Commandstats Errorstats Latencystats Cluster Keyspace";

test("INFO shows the fields of Redis 7.2 in its order, with values of their kind", async () => {
  const client = await SERVER.client();
  await client.call("SET", "a", "1");
  await client.call("SET", "b", "1", "EX", "100");
  await client.call("GET", "a");
  await client.call("GET", "missing");
  await client.reply("nosuch");
  const sections = await info(client);
  assert.equal(titles(sections), DEFAULT);
  for (const [title, fields] of Object.entries(FIELDS)) {
    const shown = sections.get(title) ?? new Map();
    assert.deepEqual([...shown.keys()], Object.keys(fields), title);
    for (const [name, form] of Object.entries(fields)) assert.match(shown.get(name), form, name);
  }
  client.close();
});

test("INFO shows the sections that are asked for, each once", async () => {
  const client = await SERVER.client();
  assert.equal(titles(await info(client, "default")), DEFAULT);
  assert.equal(titles(await info(client, "all")), ALL);
  assert.equal(titles(await info(client, "everything")), ALL);
  assert.equal(titles(await info(client, "ALL", "server")), ALL);
  assert.equal(titles(await info(client, "server", "SERVER", "cpu")), "Server CPU");
  assert.equal(titles(await info(client, "cpu", "nosuch", "clients")), "Clients CPU");
  assert.equal(titles(await info(client, "default", "commandstats")), ALL.replace("Latencystats ", ""));
  assert.equal(titles(await info(client, "debug")), "Debug");
  assert.equal(await client.call("INFO", "nosuch"), "");
  assert.equal(await client.call("INFO", "cluster"), "# Cluster\r\ncluster_enabled:0\r\n");
  await client.call("HELLO", 3);
  assert.match((await client.reply("INFO", "cluster")).raw.toString(), /^=34\r\ntxt:# Cluster/);
  client.close();
});

test("INFO commandstats, errorstats and latencystats count what was called", async () => {
  const client = await SERVER.client();
  await client.call("CONFIG", "RESETSTAT");
  await client.call("STRLEN", "a");
  await client.reply("STRLEN");
  await client.reply("INCR", "text");
  await client.call("SET", "text", "x");
  await client.reply("INCR", "text");
  await client.reply("SETBIT", "a", "x", "1");
  await client.call("CONFIG", "GET", "port");
  const sections = await info(client, "all");
  const commands = sections.get("Commandstats") ?? new Map();
  assert.match(
    commands.get("cmdstat_strlen"),
    /^calls=1,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=1,failed_calls=0$/,
  );
  assert.match(commands.get("cmdstat_incr"), /^calls=2,.*rejected_calls=0,failed_calls=1$/);
  assert.match(commands.get("cmdstat_config|get"), /^calls=1,/);
  assert.equal(commands.has("cmdstat_config"), false);
  assert.equal(sections.get("Errorstats")?.get("errorstat_ERR"), "count=3");
  assert.match(
    sections.get("Latencystats")?.get("latency_percentiles_usec_strlen") ?? "",
    /^p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}$/,
  );
  await client.call("CONFIG", "SET", "latency-tracking-info-percentiles", "0 50.5 100");
  const changed = (await info(client, "latencystats")).get("Latencystats");
  assert.match(changed?.get("latency_percentiles_usec_strlen") ?? "", /^p0=.*,p50\.5=.*,p100=/);
  client.close();
});

test("INFO debug counts the time of the event loop", async () => {
  const client = await SERVER.client();
  await client.call("CONFIG", "RESETSTAT");
  await client.call("DEBUG", "SLEEP", "0.02");
  await client.pipeline(Array.from({ length: 50 }, () => ["PING"]));
  const debug = (await info(client, "debug")).get("Debug") ?? new Map();
  assert.ok(Number(debug.get("eventloop_duration_max")) >= 20_000);
  assert.ok(Number(debug.get("eventloop_cmd_per_cycle_max")) >= 10);
  assert.match(debug.get("eventloop_duration_cron_sum"), WHOLE);
  assert.match(debug.get("eventloop_duration_aof_sum"), WHOLE);
  client.close();
});

test("INFO keyspace names the databases that have keys", async () => {
  const client = await SERVER.client();
  await client.call("FLUSHALL");
  assert.equal(await client.call("INFO", "keyspace"), "# Keyspace\r\n");
  await client.call("SELECT", 9);
  await client.call("SET", "a", "1");
  assert.equal(await client.call("INFO", "keyspace"), "# Keyspace\r\ndb9:keys=1,expires=0,avg_ttl=0\r\n");
  client.close();
});
