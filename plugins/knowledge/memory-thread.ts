import type { Remote } from "comlink";
import type { WorkerPool } from "../../pipeline/pool.ts";
import { workerUrl } from "../../pipeline/worker-url.ts";
import type { MemoryApi } from "./memory.worker.ts";

const HEAP_MIB = 1_024;

/** The one thread that reads what the vault has in memory, words and vectors in turn; it ends when nothing is left to read. */
export class MemoryThread {
  readonly #closing = new AbortController();
  #pool: Promise<WorkerPool<MemoryApi>> | undefined;
  #users = 0;

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws whatever `work` throws; the signal's reason when closed meanwhile; Error when the thread dies. */
  async use<T>(work: (api: Remote<MemoryApi>) => Promise<T>): Promise<T> {
    this.#users++;
    this.#pool ??= openPool();
    const pool = await this.#pool;
    try {
      return await pool.use(work, this.#closing.signal);
    } finally {
      if (--this.#users === 0) {
        this.#pool = undefined;
        await pool.close();
      }
    }
  }

  close(): void {
    this.#closing.abort();
  }
}

async function openPool(): Promise<WorkerPool<MemoryApi>> {
  const { WorkerPool } = await import("../../pipeline/pool.ts");
  return new WorkerPool<MemoryApi>({ worker: workerUrl("memory", import.meta.url), threads: 1, maxHeapMiB: HEAP_MIB });
}
