import { DurableObject } from "cloudflare:workers";
import type { AdapterRow } from "../../adapters/adapter.ts";
import type { Env } from "../../env.ts";
import { keyOf, providersOf } from "../providers/providers.ts";
import { type Acquired, AdapterPool } from "./pool.ts";
import { vllmServer } from "./vllm-server.ts";
import { fillIn, servedName } from "./way.ts";

/** Longer than any escalation takes; ms. */
const LEASE_MS = 300_000;

/** The adapters on one provider's server, one object a provider: thin, over pool.ts. What is loaded, the server itself knows. */
export class AdapterSlots extends DurableObject<Env> {
  #pool: AdapterPool | undefined;

  async acquire(provider: string, adapter: Pick<AdapterRow, "id" | "userId">): Promise<Acquired> {
    const way = this.#way(provider);
    return this.#poolOf(provider).acquire(servedName(adapter), fillIn(way.path, adapter));
  }

  async release(provider: string, adapter: Pick<AdapterRow, "id">, lease: string): Promise<void> {
    this.#poolOf(provider).release(servedName(adapter), lease);
  }

  async lost(provider: string, adapter: Pick<AdapterRow, "id">): Promise<void> {
    this.#poolOf(provider).lost(servedName(adapter));
  }

  async drop(provider: string, adapter: Pick<AdapterRow, "id">): Promise<void> {
    await this.#poolOf(provider).drop(servedName(adapter));
  }

  #way(provider: string) {
    const way = providersOf(this.env).find(({ name }) => name === provider)?.adapters;
    if (way?.kind !== "load") throw new Error("the provider loads no adapters");
    return way;
  }

  #poolOf(provider: string): AdapterPool {
    const { baseUrl } = providersOf(this.env).find(({ name }) => name === provider) ?? { baseUrl: "" };
    const server = () => vllmServer({ baseUrl, key: keyOf(this.env, provider) });
    this.#pool ??= new AdapterPool(server(), this.#way(provider).slots, LEASE_MS);
    return this.#pool;
  }
}
