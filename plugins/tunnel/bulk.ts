import type { Link } from "./link/link.ts";

const IDLE_MS = 10_000;
/** When it could not be opened, it is not tried again for so long. */
const PAUSE_MS = 30_000;

/** A second link for what is large, opened when it is needed and closed when it is not. */
export class BulkLink {
  readonly #open: (signal: AbortSignal) => Promise<Link>;
  #link: Promise<Link> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #notBefore = 0;

  constructor(open: (signal: AbortSignal) => Promise<Link>) {
    this.#open = open;
  }

  /** Undefined where it cannot be opened: the main link then carries what it can. */
  async get(signal: AbortSignal): Promise<Link | undefined> {
    if (performance.now() < this.#notBefore) return undefined;
    this.#link ??= this.#start(signal);
    this.#closeWhenIdle();
    try {
      return await this.#link;
    } catch {
      this.#notBefore = performance.now() + PAUSE_MS;
      return undefined;
    }
  }

  async #start(signal: AbortSignal): Promise<Link> {
    try {
      const link = await this.#open(signal);
      void link.ended.then(() => {
        this.#link = undefined;
      });
      return link;
    } catch (error) {
      this.#link = undefined;
      throw error;
    }
  }

  #closeWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(async () => {
      const link = await this.#link?.catch(() => undefined);
      if (link && link.streams.open > 0) this.#closeWhenIdle();
      else link?.close();
    }, IDLE_MS).unref();
  }

  async close(graceMs: number): Promise<void> {
    clearTimeout(this.#idle);
    const link = await this.#link?.catch(() => undefined);
    await link?.drain(graceMs);
  }
}
