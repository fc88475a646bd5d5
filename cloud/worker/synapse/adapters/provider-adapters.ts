import type { AdapterRow } from "../../adapters/adapter.ts";
import { isModel } from "../../adapters/base-model.ts";
import { type Provider, type ProviderSettings, providersOf } from "../providers/providers.ts";

type Asked = Pick<AdapterRow, "baseModel" | "kind" | "rank">;

/** The models of the cloud with which an adapter can be asked: those it was made for, where a provider of them takes it. */
export function modelsTaking(settings: ProviderSettings, adapter: Asked): string[] {
  const models = providersOf(settings).flatMap((provider) =>
    Object.keys(provider.models).filter((model) => takes(provider, model, adapter)),
  );
  return [...new Set(models)];
}

export function takes({ models, adapters }: Provider, model: string, { baseModel, kind, rank }: Asked): boolean {
  if (!adapters || models[model] === undefined) return false;
  return adapters.takes.includes(kind) && rank <= adapters.maxRank && isModel(baseModel, [model, models[model]]);
}
