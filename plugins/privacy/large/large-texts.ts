import type { Span } from "../../../kernel/index.ts";
import type { WorkerPool } from "../../../pipeline/pool.ts";
import { workerUrl } from "../../../pipeline/worker-url.ts";
import type { Pattern } from "../patterns/pattern.ts";
import { type LargeTextApi, unpackSpans } from "./protocol.ts";

/** Shorter texts take less time than starting a thread; in UTF-16 code units. */
const LARGE = 250_000;
/** Heap of a thread in MiB: a text of the largest size with many values. */
const MAX_HEAP_MIB = 4096;

/** Looks through large texts in a thread, so that the process hears its user meanwhile. Finds the same as on this thread. */
export class LargeTexts {
  readonly #patterns: readonly Pattern[];
  #pool: Promise<WorkerPool<LargeTextApi>> | undefined;

  /** @param patterns what to look for besides the built-in patterns and names. */
  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
  }

  static isLarge(raw: string): boolean {
    return raw.length > LARGE;
  }

  /** @param people names that are known already. @throws the signal's reason when it aborts. */
  async detect(raw: string, people: readonly string[], signal: AbortSignal): Promise<Span[]> {
    this.#pool ??= start();
    const pool = await this.#pool;
    return unpackSpans(await pool.use((api) => api.detect(raw, this.#patterns, people), signal));
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close();
    this.#pool = undefined;
  }
}

async function start(): Promise<WorkerPool<LargeTextApi>> {
  const { WorkerPool } = await import("../../../pipeline/pool.ts");
  return new WorkerPool({ worker: workerUrl("detect", import.meta.url), maxHeapMiB: MAX_HEAP_MIB, mayTerminate: true });
}
