/** Who runs the models: servers with OpenAI's interface, named by the deployment's settings and never by a request. */
import * as z from "zod";
import { type Generator, SynesisError } from "../../../kernel/index.ts";
import { openAiGenerator } from "../../../plugins/generator-openai/openai-generator.ts";
import { AdapterWay } from "./adapters/way.ts";
import type { CloudModel } from "./models.ts";

export interface ProviderSettings {
  /** JSON: `[{"name","baseUrl","models":{"claude-sonnet":"the provider's name of it"},"adapters":…}]`, the preferred first. */
  readonly PROVIDERS: string;
  /** JSON, a secret: each provider's key by its name. */
  readonly PROVIDER_KEYS: string;
}

const Providers = z.array(
  z.strictObject({
    name: z.string(),
    // Plain HTTP only to this machine, where stand-ins are.
    baseUrl: z.string().regex(/^(?:https:\/\/|http:\/\/127\.0\.0\.1:\d+\/)/),
    models: z.record(z.string(), z.string()),
    adapters: AdapterWay.optional(),
  }),
);

export type Provider = z.infer<typeof Providers>[number];

export function providersOf({ PROVIDERS }: Pick<ProviderSettings, "PROVIDERS">): Provider[] {
  return Providers.parse(JSON.parse(PROVIDERS));
}

export function keyOf({ PROVIDER_KEYS }: ProviderSettings, name: string): string | undefined {
  return z.record(z.string(), z.string()).parse(JSON.parse(PROVIDER_KEYS))[name];
}

const IDLE_MS = 60_000;

export function offeredModels(settings: ProviderSettings): string[] {
  return [...new Set(providersOf(settings).flatMap(({ models }) => Object.keys(models)))];
}

/** One generator for a model: each of its providers in turn, until one has begun to answer. */
export function generatorFor(settings: ProviderSettings, model: CloudModel): Generator {
  const providers = providersOf(settings).filter(({ models }) => models[model.id] !== undefined);
  return firstThatAnswers(
    model.id,
    model.context,
    providers.map((provider) => generatorOf(provider, model, settings)),
  );
}

/** One provider's generator of a model that it offers. @param fields further fields of each request */
export function generatorOf(
  { name, baseUrl, models }: Provider,
  { id, context }: CloudModel,
  settings: ProviderSettings,
  fields: Readonly<Record<string, string>> = {},
): Generator {
  const key = () => keyOf(settings, name);
  return openAiGenerator({ baseUrl, model: models[id] ?? id, key, idleMs: IDLE_MS, context, fields });
}

export function firstThatAnswers(model: string, context: number, generators: readonly Generator[]): Generator {
  return {
    model,
    context,
    async *generate(request) {
      for (const [index, generator] of generators.entries()) {
        let begun = false;
        try {
          for await (const piece of generator.generate(request)) {
            begun = true;
            yield piece;
          }
          return;
        } catch (error) {
          const failed = error instanceof SynesisError && error.code.startsWith("GENERATOR_");
          if (begun || !failed || index === generators.length - 1) throw error;
        }
      }
      throw new SynesisError("GENERATOR_UNREACHABLE");
    },
  };
}
