/** Who runs the models: providers of several kinds, named by the deployment's settings and never by a request. */
import * as z from "zod";
import { type Generator, SynesisError } from "../../../../kernel/index.ts";
import { type Dialect, OPENAI } from "../../../../plugins/generator-openai/chat.ts";
import { openAiGenerator } from "../../../../plugins/generator-openai/openai-generator.ts";
import { CloudError } from "../../errors.ts";
import { AdapterWay } from "../adapters/way.ts";
import type { CloudModel } from "../models.ts";
import { ANTHROPIC } from "./anthropic.ts";
import { isProviderUrl } from "./provider-url.ts";
import { type AiBinding, workersAi } from "./workers-ai.ts";

export interface ProviderSettings {
  /** JSON: `[{"kind","name","baseUrl","models":{"claude-sonnet":"the provider's name of it"},"adapters":…}]`, the preferred first. */
  readonly PROVIDERS: string;
  /** JSON, a secret: each provider's key by its name. */
  readonly PROVIDER_KEYS: string;
  /** Where the deployment has it, for providers of the kind "workers-ai". */
  readonly AI?: AiBinding;
}

interface Kind {
  /** The ways in which it may take adapters; what it does not heed would be answered by the model alone. */
  readonly adapters: readonly AdapterWay["kind"][];
  /** Where it is, unless the settings say otherwise; undefined where they must. */
  readonly baseUrl?: string;
  /** How it is spoken to; undefined where this deployment cannot. */
  dialect(settings: ProviderSettings): Dialect | undefined;
}

/** A further kind is a row here, and the way that it is spoken to. */
const KINDS = {
  "openai-compatible": { adapters: ["load", "fields"], dialect: () => OPENAI },
  openai: { adapters: [], baseUrl: "https://api.openai.com/v1", dialect: () => OPENAI },
  anthropic: { adapters: [], baseUrl: "https://api.anthropic.com/v1", dialect: () => ANTHROPIC },
  "workers-ai": {
    adapters: ["fields"],
    baseUrl: "https://workers-ai.cloudflare.com",
    dialect: ({ AI }) => AI && workersAi(AI),
  },
} as const satisfies Record<string, Kind>;

const ProviderForm = z
  .strictObject({
    kind: z.enum(Object.keys(KINDS) as [keyof typeof KINDS, ...(keyof typeof KINDS)[]]).default("openai-compatible"),
    name: z.string().min(1),
    baseUrl: z.string().refine(isProviderUrl, "must be HTTPS to a public address").optional(),
    models: z.record(z.string(), z.string().min(1)),
    adapters: AdapterWay.optional(),
  })
  .transform(({ kind, baseUrl, ...provider }, context) => {
    const row: Kind = KINDS[kind];
    const { adapters } = provider;
    if (adapters && !row.adapters.includes(adapters.kind)) {
      context.addIssue({ code: "custom", message: `takes no adapters by ${adapters.kind}` });
      return z.NEVER;
    }
    const address = baseUrl ?? row.baseUrl;
    if (address !== undefined) return { ...provider, dialect: row.dialect, baseUrl: address };
    context.addIssue({ code: "custom", message: "has no baseUrl" });
    return z.NEVER;
  });

export type Provider = Omit<z.output<typeof ProviderForm>, "dialect"> & { readonly dialect: Dialect };

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
  { name, baseUrl, dialect, models }: Provider,
  { id, context }: CloudModel,
  settings: ProviderSettings,
  fields: Readonly<Record<string, string>> = {},
): Generator {
  const key = () => keyOf(settings, name);
  return openAiGenerator({ baseUrl, dialect, model: models[id] ?? id, key, idleMs: IDLE_MS, context, fields });
}

/** Those that this deployment can speak to. @throws CloudError unavailable when the settings cannot be read */
export function providersOf(settings: ProviderSettings): Provider[] {
  return parse(z.array(ProviderForm), settings.PROVIDERS).flatMap(({ dialect, ...provider }) => {
    const spoken = dialect(settings);
    return spoken ? [{ ...provider, dialect: spoken }] : [];
  });
}

export function keyOf({ PROVIDER_KEYS }: ProviderSettings, name: string): string | undefined {
  return parse(z.record(z.string(), z.string()), PROVIDER_KEYS)[name];
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new CloudError("unavailable", "The settings of providers cannot be read.");
  }
}

/** Goes on with the one that answered last, so that a provider that is down costs one question only. */
export function firstThatAnswers(model: string, context: number, generators: readonly Generator[]): Generator {
  let first = 0;
  return {
    model,
    context,
    async *generate(request) {
      for (let tried = 0; tried < generators.length; tried += 1) {
        const at = (first + tried) % generators.length;
        let begun = false;
        try {
          for await (const piece of generators[at]?.generate(request) ?? []) {
            begun = true;
            first = at;
            yield piece;
          }
          return;
        } catch (error) {
          const failed = error instanceof SynesisError && error.code.startsWith("GENERATOR_");
          if (begun || !failed || tried === generators.length - 1) throw error;
        }
      }
      throw new SynesisError("GENERATOR_UNREACHABLE");
    },
  };
}
