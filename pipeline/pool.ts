/** Worker threads for one kind of heavy work: bounded in threads, queue, memory and time, reached through Comlink. */
import { availableParallelism } from "node:os";
import { MessageChannel } from "node:worker_threads";
import { type Endpoint, type Remote, releaseProxy, wrap } from "comlink";
import { Piscina } from "piscina";
import { SynesisError } from "../kernel/index.ts";
import type { Lease } from "./serve.ts";
import { StopFlag } from "./stop-flag.ts";

export { workerUrl } from "./worker-url.ts";

export interface PoolOptions {
  /** The compiled or source file of the worker, by `workerUrl`. */
  readonly worker: URL;
  /** Threads at most; one fewer than the cores, and at least one, when absent. */
  readonly threads?: number;
  /** Leases that may wait. */
  readonly maxQueue?: number;
  /** Heap of one thread, in MiB. */
  readonly maxHeapMiB?: number;
  /** Whether a thread that ignores its stop flag may be ended: never where native code computes. */
  readonly mayTerminate?: boolean;
}

/** How long a stopped thread has to notice, in milliseconds. */
const GRACE_MS = 2_000;

export class WorkerPool<Api extends object> {
  readonly #piscina: Piscina;
  readonly #mayTerminate: boolean;
  readonly #leases = new Set<Promise<unknown>>();
  readonly threads: number;

  constructor({ worker, threads, maxQueue = 10_000, maxHeapMiB = 512, mayTerminate = false }: PoolOptions) {
    this.threads = threads ?? Math.max(1, availableParallelism() - 1);
    this.#mayTerminate = mayTerminate;
    this.#piscina = new Piscina({
      filename: worker.href,
      minThreads: 1, // with 0, work that waits is never started after a thread was ended (piscina 5.3.2)
      maxThreads: this.threads,
      maxQueue,
      idleTimeout: 1_000,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
    });
  }

  /**
   * Leases a thread for `work`. When `signal` aborts, or `maxMs` pass, the promise is rejected at once and the thread's
   * stop flag is raised; the thread is free again when its computation has noticed.
   *
   * @throws whatever `work` throws; the signal's reason; Error when the thread dies, as it does when out of memory.
   */
  async use<T>(work: (api: Remote<Api>) => Promise<T>, signal: AbortSignal, maxMs?: number): Promise<T> {
    signal.throwIfAborted();
    if (this.#piscina.queueSize >= this.#piscina.options.maxQueue) throw new SynesisError("QUEUE_FULL");
    const limit = maxMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(maxMs)]);
    const { port1, port2 } = new MessageChannel();
    const flag = new StopFlag();
    const terminate = new AbortController();
    const lease: Lease = { port: port2, stop: flag.shared };
    const thread = this.#track(this.#piscina.run(lease, { transferList: [port2], signal: terminate.signal }));
    const died = thread.then((fault) => Promise.reject(fault ?? new Error("the worker thread ended early")));
    const stopped = abortion(limit);
    const api = wrap<Api>(port1 as unknown as Endpoint);
    try {
      return await Promise.race([work(api), died, stopped.promise]);
    } finally {
      stopped.forget();
      if (limit.aborted) {
        flag.stop();
        if (this.#mayTerminate) setTimeout(() => terminate.abort(), GRACE_MS).unref();
      }
      died.catch(() => {});
      api[releaseProxy]();
      port1.close();
    }
  }

  /** Notes an open lease; its promise gives the thread's fault, if any, and never rejects. */
  #track(run: Promise<unknown>): Promise<unknown> {
    const ended = run.then(
      () => undefined,
      (fault: unknown) => fault,
    );
    this.#leases.add(ended);
    void ended.then(() => this.#leases.delete(ended));
    return ended;
  }

  /** Waits until every thread is idle, then ends them: a thread ended while native code computes ends the process. */
  async close(): Promise<void> {
    await Promise.all(this.#leases);
    await this.#piscina.destroy();
  }
}

/** A promise that rejects with the signal's reason when it aborts. */
function abortion(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  return { promise, forget: () => signal.removeEventListener("abort", onAbort) };
}
