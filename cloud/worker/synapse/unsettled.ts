/**
 * What providers did and the ledger does not have yet. It is written down as it happens, so that neither a ledger that
 * fails nor the end of the object that works loses it. To settle is to do so once, however often it is tried.
 */
import type { UsageCall } from "../ledger/ledger.ts";
import type { Recorded } from "../ledger/record.ts";

export interface Work {
  readonly userId: string;
  readonly calls: readonly UsageCall[];
}

interface Noted extends Work {
  /** Of the last call. Ms since 1970. */
  readonly at: number;
}

/** A Durable Object's storage, as far as it is needed here. */
export interface Storage {
  put(key: string, value: Noted, options: typeof UNCONFIRMED): Promise<void>;
  delete(key: string, options: typeof UNCONFIRMED): Promise<boolean>;
  list<T>(options: { readonly prefix: string }): Promise<Map<string, T>>;
  getAlarm(): Promise<number | null>;
  setAlarm(at: number, options: typeof UNCONFIRMED): Promise<void>;
}

const PREFIX = "unsettled:";
/**
 * Nothing that leaves waits for such a write to be on disk. What is noted is settled in the ledger at once, which is waited
 * for; and what was not forgotten in time is settled again, which changes nothing.
 */
const UNCONFIRMED = { allowUnconfirmed: true } as const;
/** Work that has shown no sign for so long has ended without a settlement: longer than one request can take. */
export const LEFT_OVER_MS = 10 * 60_000;
const ATTEMPTS = 3;
const PAUSE_MS = 200;

export class Unsettled {
  readonly #storage: Storage;
  readonly #settle: (id: string, work: Work) => Promise<readonly Recorded[]>;
  readonly #now: () => number;

  constructor(storage: Storage, settle: (id: string, work: Work) => Promise<readonly Recorded[]>, now: () => number = Date.now) {
    this.#storage = storage;
    this.#settle = settle;
    this.#now = now;
  }

  async note(id: string, work: Work): Promise<void> {
    const at = this.#now();
    await this.#storage.put(PREFIX + id, { ...work, at }, UNCONFIRMED);
    if ((await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(at + LEFT_OVER_MS, UNCONFIRMED);
  }

  /** @throws the ledger's error, when it failed again and again; then it is tried later */
  async settle(id: string, work: Work): Promise<readonly Recorded[]> {
    await this.note(id, work);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const recorded = await this.#settle(id, work);
        await this.#storage.delete(PREFIX + id, UNCONFIRMED);
        return recorded;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
      }
    }
  }

  /** Settles what is left over, and comes back for what is not yet, or failed again. */
  async settleLeftOver(now: number): Promise<void> {
    const noted = await this.#storage.list<Noted>({ prefix: PREFIX });
    let later = 0;
    for (const [key, work] of noted) {
      const due = work.at + LEFT_OVER_MS <= now;
      if (due && (await this.#done(key.slice(PREFIX.length), work))) await this.#storage.delete(key, UNCONFIRMED);
      else later += 1;
    }
    if (later > 0) await this.#storage.setAlarm(now + LEFT_OVER_MS, UNCONFIRMED);
  }

  #done(id: string, work: Work): Promise<boolean> {
    return this.#settle(id, work).then(
      () => true,
      () => false,
    );
  }
}
