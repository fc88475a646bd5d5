import type { Trace } from "./trace.ts";

/** What travels with one piece of work through every hook: its cancellation and its trace. */
export interface Call {
  readonly signal: AbortSignal;
  readonly trace: Trace;
  /** Whose tokens a text will get; told to detectors. */
  readonly session?: string;
}

/** A tap did not finish in its time. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";

  constructor(ms: number) {
    super(`did not finish within ${ms} ms`);
  }
}

/** Waits for `work`, but no longer than `ms` milliseconds and not past the call's cancellation. */
export async function withDeadline<T>(work: PromiseLike<T>, ms: number, signal: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(ms)), ms);
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}
