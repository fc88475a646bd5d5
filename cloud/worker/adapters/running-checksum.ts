/**
 * The checksum of an upload, computed while its parts pass, one after another in their order; one that comes early waits.
 * Whenever it cannot be sure that it has seen what is stored (a part that came twice, a beginning that it missed), it
 * gives none, and the stored file is read back instead.
 */

/** Where the bytes of all parts go. */
export interface Digest {
  take(bytes: Uint8Array): Promise<void>;
  /** Ends it; hexadecimal. */
  end(): Promise<string>;
}

/** Parts that wait in memory; a push has fewer under way. */
const MOST_WAITING = 8;

export class RunningChecksum {
  readonly #digest: Digest;
  readonly #mostWaitMs: number;
  readonly #waiting = new Map<number, (turn: boolean) => void>();
  #next = 1;
  #passing: number | undefined;
  #unsure = false;
  #result: Promise<string> | undefined;

  /** @param mostWaitMs how long a part is held up for the sake of an earlier one */
  constructor(digest: Digest, mostWaitMs: number) {
    this.#digest = digest;
    this.#mostWaitMs = mostWaitMs;
  }

  async add(number: number, bytes: Uint8Array): Promise<void> {
    if (!(await this.#turn(number))) return;
    try {
      await this.#digest.take(bytes);
      this.#next = number + 1;
    } catch {
      this.#giveUp();
    }
    this.#passing = undefined;
    this.#waiting.get(this.#next)?.(true);
  }

  /** Of all the parts, or undefined when it is not sure. */
  async digest(parts: number): Promise<string | undefined> {
    if (this.#unsure || this.#next !== parts + 1) return undefined;
    this.#result ??= this.#digest.end();
    return this.#result;
  }

  /** True when it is this part's turn; false when there will be none any more. */
  #turn(number: number): boolean | Promise<boolean> {
    const twice = number < this.#next || number === this.#passing || this.#waiting.has(number);
    if (twice || this.#waiting.size >= MOST_WAITING) this.#giveUp();
    if (this.#unsure) return false;
    if (number === this.#next && this.#passing === undefined) {
      this.#passing = number;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.#giveUp(), this.#mostWaitMs);
    this.#waiting.set(number, (turn) => {
      clearTimeout(timer);
      this.#waiting.delete(number);
      if (turn) this.#passing = number;
      resolve(turn);
    });
    return promise;
  }

  #giveUp(): void {
    this.#unsure = true;
    for (const wake of [...this.#waiting.values()]) wake(false);
  }
}
