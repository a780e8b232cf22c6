/** INFO persistence: the dataset on disk. */

import type { Engine } from "../../../engine/engine.js";
import type { LoadingProgress } from "../../../engine/services.js";
import type { AppendOnlyFile } from "../../../persistence/append-only-file.js";
import type { BackgroundJob } from "../../../persistence/background.js";
import { type Field, section } from "./section.js";

export const persistence = section("Persistence", (engine) => {
  const { services } = engine;
  const { aof, loading, rewriter, background } = services;
  return [
    ["loading", loading === null ? 0 : 1],
    ["async_loading", services.follower.isLoadingAside ? 1 : 0],
    ...snapshots(engine),
    ["aof_enabled", engine.config.values.appendonly ? 1 : 0],
    ["aof_rewrite_in_progress", rewriter.isRunning ? 1 : 0],
    ["aof_rewrite_scheduled", background.rewriteScheduled ? 1 : 0],
    ["aof_last_rewrite_time_sec", rewriter.lastSeconds],
    ["aof_current_rewrite_time_sec", rewriter.currentSeconds],
    ["aof_last_bgrewrite_status", rewriter.lastStatus],
    ["aof_rewrites", rewriter.rewrites],
    ["aof_rewrites_consecutive_failures", rewriter.limit.failures],
    ["aof_last_write_status", aof?.health.isFailing ? "err" : "ok"],
    ["aof_last_cow_size", rewriter.lastHeldBytes],
    ["module_fork_in_progress", 0],
    ["module_fork_last_cow_size", 0],
    ...(aof === null ? [] : appendOnlyFile(aof, background.rewriteScheduled)),
    ...(aof === null || engine.config.values["aof-layout"] !== "single" ? [] : rewriteBuffer(aof)),
    ...(loading === null ? [] : progress(loading, engine.keyspace.now)),
  ];
});

function snapshots({ keyspace, services, lastLoad }: Engine): Field[] {
  const { saver, background } = services;
  const { saving } = background;
  return [
    ...inProgress(background.current),
    ["rdb_changes_since_last_save", saver.changes],
    ["rdb_bgsave_in_progress", saving === null ? 0 : 1],
    ["rdb_last_save_time", saver.lastSave],
    ["rdb_last_bgsave_status", saver.lastStatus],
    ["rdb_last_bgsave_time_sec", saver.lastSeconds],
    [
      "rdb_current_bgsave_time_sec",
      saving === null ? -1 : Math.floor((keyspace.now - saving.startedMs) / 1000),
    ],
    ["rdb_saves", saver.saves],
    ["rdb_last_cow_size", saver.lastHeldBytes],
    ["rdb_last_load_keys_expired", lastLoad.keysExpired],
    ["rdb_last_load_keys_loaded", lastLoad.keysLoaded],
  ];
}

/** The snapshot that is being made, whatever for. What it costs is asked at this moment, and only ever grows. */
function inProgress(current: BackgroundJob | null): Field[] {
  const { heldBytes = 0, keysDone = 0, keysTotal = 0 } = current?.job ?? {};
  return [
    ["current_cow_peak", heldBytes],
    ["current_cow_size", heldBytes],
    ["current_cow_size_age", 0],
    ["current_fork_perc", (keysTotal === 0 ? 0 : (keysDone / keysTotal) * 100).toFixed(2)],
    ["current_save_keys_processed", keysDone],
    ["current_save_keys_total", keysTotal],
  ];
}

function appendOnlyFile(aof: AppendOnlyFile, isScheduled: boolean): Field[] {
  return [
    ["aof_current_size", aof.currentBytes],
    ["aof_base_size", aof.baseBytes],
    ["aof_pending_rewrite", isScheduled ? 1 : 0],
    ["aof_buffer_length", aof.bufferedBytes],
    ["aof_pending_bio_fsync", aof.pendingSyncs],
    ["aof_delayed_fsync", aof.delayedFsync],
  ];
}

/** Redis has it before version 7, whose layout this is. */
function rewriteBuffer(aof: AppendOnlyFile): Field[] {
  return [["aof_rewrite_buffer_length", aof.rewriteBufferBytes]];
}

function progress(loading: LoadingProgress, nowMs: number): Field[] {
  const { startedMs, totalBytes, loadedBytes } = loading;
  const share = totalBytes === 0 ? 1 : loadedBytes / totalBytes;
  const elapsed = (nowMs - startedMs) / 1000;
  const left = share === 0 ? 1 : Math.floor((elapsed * (1 - share)) / share);
  return [
    ["loading_start_time", Math.floor(startedMs / 1000)],
    ["loading_total_bytes", totalBytes],
    ["loading_rdb_used_mem", loading.usedMemory ?? 0],
    ["loading_loaded_bytes", loadedBytes],
    ["loading_loaded_perc", (share * 100).toFixed(2)],
    ["loading_eta_seconds", left],
  ];
}
