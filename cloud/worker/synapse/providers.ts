/** Who runs the models: servers with OpenAI's interface, named by the deployment's settings and never by a request. */
import * as z from "zod";
import { type Generator, SynesisError } from "../../../kernel/index.ts";
import { openAiGenerator } from "../../../plugins/generator-openai/openai-generator.ts";
import type { CloudModel } from "./models.ts";

export interface ProviderSettings {
  /** JSON: `[{"name","baseUrl","models":{"claude-sonnet":"the provider's name of it"}}]`, the preferred first. */
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
  }),
);

const IDLE_MS = 60_000;

export function offeredModels({ PROVIDERS }: ProviderSettings): string[] {
  return [...new Set(Providers.parse(JSON.parse(PROVIDERS)).flatMap(({ models }) => Object.keys(models)))];
}

/** One generator for a model: each of its providers in turn, until one has begun to answer. */
export function generatorFor({ PROVIDERS, PROVIDER_KEYS }: ProviderSettings, { id: model, context }: CloudModel): Generator {
  const keys = z.record(z.string(), z.string()).parse(JSON.parse(PROVIDER_KEYS));
  const generators = Providers.parse(JSON.parse(PROVIDERS)).flatMap(({ name, baseUrl, models }) =>
    models[model] === undefined
      ? []
      : [openAiGenerator({ baseUrl, model: models[model], key: () => keys[name], idleMs: IDLE_MS, context })],
  );
  return firstThatAnswers(model, context, generators);
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
