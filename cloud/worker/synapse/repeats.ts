/**
 * Requests that come again, as a device sends them whose link broke. An answer is kept for a while, in memory alone, and
 * given again without a charge. An attempt that came to no answer, since its client left or a provider failed, is followed
 * by another one. Who asks while the first is at work waits for it.
 */
import { hashOf } from "../auth/secrets.ts";
import { CloudError } from "../errors.ts";

interface Attempt<Answer> {
  readonly digest: string;
  /** From 0. */
  readonly number: number;
  readonly at: number;
  /** Undefined when it came to none. */
  readonly answer: Promise<Answer | undefined>;
}

export const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 50;

export class Repeats<Answer> {
  readonly #attempts = new Map<string, Attempt<Answer>>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws CloudError conflict for another request under the same id; what `work` throws; the signal's reason */
  async once(request: { readonly requestId: string }, signal: AbortSignal, work: (attempt: number) => Promise<Answer>): Promise<Answer> {
    const { requestId } = request;
    const digest = await hashOf(JSON.stringify(request));
    this.#forget();
    let number = 0;
    for (let last = this.#attempts.get(requestId); last; last = this.#attempts.get(requestId)) {
      if (last.digest !== digest) throw new CloudError("conflict", "This id is another request's.");
      const answer = await last.answer;
      if (answer !== undefined) return answer;
      signal.throwIfAborted();
      number = last.number + 1;
      if (this.#attempts.get(requestId) === last) break;
    }
    const working = work(number);
    this.#attempts.set(requestId, { digest, number, at: this.#now(), answer: working.catch(() => undefined) });
    return working;
  }

  #forget(): void {
    for (const [id, { at }] of this.#attempts) if (at + KEPT_MS < this.#now() || this.#attempts.size > MOST_KEPT) this.#attempts.delete(id);
  }
}
