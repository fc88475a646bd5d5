import type { LedgerStore } from "./ledger.ts";
import { isDue, type SyncWhen, syncUsage, type UsageCloud } from "./sync.ts";

/** Nobody waits longer for the cloud than this, in ms: what is not sent now is sent another time. */
const PATIENCE_MS = 2_000;

/** Tells the cloud in the background, one time after the other, and never fails: what waits goes on waiting. */
export class Syncer {
  readonly #store: () => LedgerStore;
  readonly #cloud: () => Promise<UsageCloud>;
  readonly #when: SyncWhen;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: () => LedgerStore, cloud: () => Promise<UsageCloud>, when: SyncWhen) {
    this.#store = store;
    this.#cloud = cloud;
    this.#when = when;
  }

  /** Something may wait now: it is sent when it is due, if this process lives so long. */
  look(account: string): void {
    try {
      this.#look(account);
    } catch {} // the receipt is kept; it can wait
  }

  #look(account: string): void {
    if (isDue(this.#store(), account, this.#when, Date.now())) void this.now();
    else if (this.#timer === undefined && this.#store().queue(account).requests > 0)
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.look(account);
      }, this.#when.seconds * 1000).unref();
  }

  now(): Promise<void> {
    this.#running ??= this.#sync().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #sync(): Promise<void> {
    try {
      await syncUsage(this.#store(), await this.#cloud(), AbortSignal.timeout(PATIENCE_MS));
    } catch {}
  }
}
