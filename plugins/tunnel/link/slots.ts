import { SynesisError } from "../../../kernel/index.ts";

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Hands out what there is not always room for, in the order of asking; the queue is bounded. */
export class Slots<T> {
  readonly #take: () => T | undefined;
  readonly #limit: number;
  readonly #waiting: Waiting<T>[] = [];
  #failed: { readonly error: unknown } | undefined;

  /** @param take gives one, or undefined when there is none now */
  constructor(take: () => T | undefined, limit: number) {
    this.#take = take;
    this.#limit = limit;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /** @throws SynesisError QUEUE_FULL; the signal's reason when it is aborted first; what `fail` was given */
  async get(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#failed) throw this.#failed.error;
    const now = this.#waiting.length === 0 ? this.#take() : undefined;
    if (now !== undefined) return now;
    if (this.#waiting.length >= this.#limit) throw new SynesisError("QUEUE_FULL", "Too many requests wait for the tunnel.");
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiting = { resolve, reject };
    const onAbort = () => {
      const at = this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiting.push(waiting);
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  /** There may be room now. */
  serve(): void {
    while (this.#waiting.length > 0) {
      const value = this.#take();
      if (value === undefined) return;
      this.#waiting.shift()?.resolve(value);
    }
  }

  /** Nobody will get any more, neither who waits nor who comes later. */
  fail(error: unknown): void {
    this.#failed = { error };
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
