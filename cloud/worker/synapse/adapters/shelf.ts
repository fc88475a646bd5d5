/** One user's adapters, as an escalation finds and uses them. */
import { type GenerateRequest, type Generator, SynesisError } from "../../../../kernel/index.ts";
import type { AdapterRow } from "../../adapters/adapter.ts";
import { findById } from "../../adapters/table.ts";
import type { Env } from "../../env.ts";
import { CloudError } from "../../errors.ts";
import type { Payer } from "../../projects/payer.ts";
import { may } from "../../projects/roles.ts";
import { hasContent } from "../../store/projects.ts";
import type { CloudModel } from "../models.ts";
import { generatorOf, type Provider, providersOf } from "../providers/providers.ts";
import { takes } from "./provider-adapters.ts";
import { fillIn, servedName } from "./way.ts";

/** A model that thinks with an adapter, until it is given back. */
export interface Adapted {
  readonly generator: Generator;
  release(): Promise<void>;
}

export interface AdapterShelf {
  /** @throws CloudError not_found, also for one that is still on its way */
  find(id: string): Promise<AdapterRow>;
  /** The first provider that has the adapter or can load it. @throws CloudError adapter_unavailable, rate_limited */
  acquire(model: CloudModel, adapter: AdapterRow): Promise<Adapted>;
}

/** @param payer in a project, its owner's adapters that lie in it are on the shelf too, for who may use them */
export function adapterShelf(env: Env, userId: string, payer?: Payer): AdapterShelf {
  return {
    async find(id) {
      const row = (await findById(env.DATABASE, userId, id)) ?? (payer && (await findShared(env, payer, id)));
      if (row?.state !== "ready") throw new CloudError("not_found");
      return row;
    },
    async acquire(model, adapter) {
      let full = false;
      for (const provider of providersOf(env).filter((one) => takes(one, model.id, adapter))) {
        const adapted = await acquireAt(env, provider, model, adapter);
        if (adapted !== "full" && adapted !== "server") return adapted;
        full ||= adapted === "full";
      }
      throw new CloudError(full ? "rate_limited" : "adapter_unavailable");
    },
  };
}

/** @throws CloudError forbidden for who may only ask */
async function findShared({ DATABASE }: Env, { userId: ownerId, project }: Payer, id: string): Promise<AdapterRow | null> {
  if (!project || !(await hasContent(DATABASE, project.work.project, { kind: "adapter", ref: id }))) return null;
  if (!may(project.role, "adapters.use")) throw new CloudError("forbidden", `Role: ${project.role}.`);
  return findById(DATABASE, ownerId, id);
}

async function acquireAt(env: Env, provider: Provider, model: CloudModel, adapter: AdapterRow): Promise<Adapted | "full" | "server"> {
  const way = provider.adapters;
  if (way?.kind === "fields") {
    const fields = Object.fromEntries(Object.entries(way.fields).map(([name, value]) => [name, fillIn(value, adapter)]));
    return { generator: generatorOf(provider, model, env, fields), release: async () => {} };
  }
  const named = { id: adapter.id, userId: adapter.userId };
  const slots = env.ADAPTER_SLOTS.getByName(provider.name);
  const leases: string[] = [];
  const acquire = async () => {
    const acquired = await slots.acquire(provider.name, named);
    if ("lease" in acquired) leases.push(acquired.lease);
    return "failed" in acquired ? acquired.failed : undefined;
  };
  const reload = async () => {
    await slots.lost(provider.name, named);
    return (await acquire()) === undefined;
  };
  const failed = await acquire();
  if (failed) return failed;
  return {
    generator: adapted(generatorOf(provider, model, env), servedName(adapter), reload),
    release: async () => void (await Promise.all(leases.map((lease) => slots.release(provider.name, named, lease)))),
  };
}

/** Asks for the adapter as a model. A server that has been started anew knows it no longer: it is loaded again, once. */
function adapted(generator: Generator, lora: string, reload: () => Promise<boolean>): Generator {
  let reloaded: Promise<boolean> | undefined;
  async function* generate(request: GenerateRequest) {
    try {
      yield* generator.generate({ ...request, lora });
    } catch (error) {
      if (!(error instanceof SynesisError) || error.code !== "GENERATOR_REFUSED") throw error; // which comes before any text
      reloaded ??= reload();
      if (!(await reloaded)) throw error;
      yield* generator.generate({ ...request, lora });
    }
  }
  return { ...generator, generate };
}

/** Has the servers that hold an adapter let go of it; one that does not answer keeps it until it is crowded out. */
export async function dropEverywhere(env: Env, adapter: Pick<AdapterRow, "id">): Promise<void> {
  const loading = providersOf(env).filter(({ adapters }) => adapters?.kind === "load");
  await Promise.allSettled(loading.map(({ name }) => env.ADAPTER_SLOTS.getByName(name).drop(name, { id: adapter.id })));
}
