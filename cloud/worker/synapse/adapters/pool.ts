/** The adapters that one server of models holds: loaded when they are first asked for, the one idle longest unloaded for another. */

/** A server that loads adapters while it runs. Every method rejects when the server does not do it. */
export interface AdapterServer {
  /** The names of those that it holds, ours alone. */
  list(): Promise<readonly string[]>;
  load(name: string, path: string): Promise<void>;
  unload(name: string): Promise<void>;
}

/** Why an adapter could not be had; "full": every place is in use. */
export type Acquired = { readonly lease: string } | { readonly failed: "full" | "server" };

export class AdapterPool {
  readonly #server: AdapterServer;
  readonly #slots: number;
  readonly #leaseMs: number;
  /** By name, the one idle longest first; each with its leases and when they end by themselves. */
  #held: Map<string, Map<string, number>> | undefined;
  /** Loading and unloading happen one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param leaseMs the longest that anyone may use an adapter without asking again */
  constructor(server: AdapterServer, slots: number, leaseMs: number) {
    this.#server = server;
    this.#slots = slots;
    this.#leaseMs = leaseMs;
  }

  /** Loads the adapter where it is not, and holds it until the lease is given back. */
  async acquire(name: string, path: string): Promise<Acquired> {
    if (this.#held?.has(name)) return this.#lease(name);
    return this.#inTurn(async () => {
      try {
        const held = await this.#known();
        if (!held.has(name)) {
          if (!(await this.#makeRoom(held))) return { failed: "full" };
          await this.#server.load(name, path);
          held.set(name, new Map());
        }
        return this.#lease(name);
      } catch {
        return { failed: "server" };
      }
    });
  }

  release(name: string, lease: string): void {
    this.#held?.get(name)?.delete(lease);
  }

  /** The server no longer has it, whatever was thought: the next one who asks has it loaded. */
  lost(name: string): void {
    this.#held?.delete(name);
  }

  /** Unloads an adapter that is deleted, if it is held. */
  async drop(name: string): Promise<void> {
    await this.#inTurn(async () => {
      const held = await this.#known();
      if (!held.has(name)) return;
      await this.#server.unload(name);
      held.delete(name);
    });
  }

  #lease(name: string): Acquired {
    const lease = crypto.randomUUID();
    const leases = this.#held?.get(name) ?? new Map<string, number>();
    leases.set(lease, Date.now() + this.#leaseMs);
    this.#held?.delete(name);
    this.#held?.set(name, leases); // now the one used last
    return { lease };
  }

  /** What the server holds is asked once: whoever remembered it before may have ended. */
  async #known(): Promise<Map<string, Map<string, number>>> {
    this.#held ??= new Map((await this.#server.list()).map((name) => [name, new Map()]));
    return this.#held;
  }

  async #makeRoom(held: Map<string, Map<string, number>>): Promise<boolean> {
    while (held.size >= this.#slots) {
      const idle = [...held].find(([, leases]) => !inUse(leases));
      if (!idle) return false;
      await this.#server.unload(idle[0]);
      held.delete(idle[0]);
    }
    return true;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

function inUse(leases: Map<string, number>): boolean {
  const now = Date.now();
  for (const [lease, until] of leases) if (until <= now) leases.delete(lease);
  return leases.size > 0;
}
