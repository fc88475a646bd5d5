import type { DocumentReader, FileStamp, ReadDocument, SkippedFile } from "../../kernel/index.ts";
import type { WorkerPool } from "../../pipeline/pool.ts";
import { workerUrl } from "../../pipeline/worker-url.ts";
import type { ReadApi } from "./read.worker.ts";
import { openReading, type Reading, type ReadingOptions, recipeOf } from "./reading.ts";
import { walk } from "./walk.ts";

export interface ReaderOptions extends Partial<ReadingOptions> {
  /** Larger files are skipped; bytes, 50 MB when absent. */
  readonly maxBytes?: number;
  /** A file that takes longer is skipped; milliseconds, 30 s when absent. */
  readonly maxMs?: number;
  /** Threads at most. */
  readonly threads?: number;
  /** Heap of a reading thread, MiB. */
  readonly maxHeapMiB?: number;
}

type Read = ReadDocument | (FileStamp & SkippedFile);

/** Reads files in threads, which start when the first file has to be read. */
export function createReader(options: ReaderOptions = {}): DocumentReader {
  const { maxBytes = 50 * 1024 * 1024, maxMs = 30_000, maxHeapMiB = 1024, chunking = { kind: "sentence" }, classifier } = options;
  const reading: ReadingOptions = { chunking, ...(classifier && { classifier }) };
  const threads = options.threads ?? 1;
  let here: Promise<Reading> | undefined;
  let pool: Promise<WorkerPool<ReadApi>> | undefined;

  const start = async () => {
    const { WorkerPool } = await import("../../pipeline/pool.ts");
    return new WorkerPool<ReadApi>({ worker: workerUrl("read", import.meta.url), threads, maxHeapMiB, mayTerminate: true });
  };
  const readTogether = async (files: readonly FileStamp[], signal: AbortSignal): Promise<Read[]> => {
    pool ??= start();
    return (await pool).use(async (api) => (await api.read(files, maxBytes, reading)) as Read[], signal, maxMs);
  };
  /** One file that takes the thread with it, or its time, must not cost the others. */
  const readAlone = async (file: FileStamp, signal: AbortSignal): Promise<Read> => {
    try {
      return (await readTogether([file], signal))[0] as Read;
    } catch (error) {
      signal.throwIfAborted();
      return { ...file, reason: faultOf(error, maxMs) };
    }
  };

  return {
    threads,
    recipe: recipeOf(reading),
    walk: (paths, signal) => walk(paths, signal),
    async read(files, signal) {
      if (files.length === 0) return [];
      try {
        return await readTogether(files, signal);
      } catch {
        signal.throwIfAborted();
      }
      const results: Read[] = [];
      for (const file of files) results.push(await readAlone(file, signal));
      return results;
    },
    async parse(path, text, title) {
      const { parseText } = await import("./parse.ts");
      here ??= openReading(reading);
      return parseText(await here, path, text, title);
    },
    async close() {
      const started = pool;
      pool = undefined;
      await (await started)?.close();
    },
  };
}

function faultOf(error: unknown, maxMs: number): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === "TimeoutError") return `took longer than ${Math.round(maxMs / 1000)} s to read`;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "needs too much memory to read" : "cannot be parsed";
}
