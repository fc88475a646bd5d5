import { type Plugin, SynesisError } from "../../kernel/index.ts";
import type { Config } from "./config.ts";

/** The plugin of the generator that the settings choose; none in embedded mode. Nothing is loaded before its first use. */
export async function generatorPlugins(home: string, { generator }: Config): Promise<Plugin[]> {
  if (generator.kind === "openai-compatible") {
    const { generatorOpenAi } = await import("../../plugins/generator-openai/index.ts");
    const { baseUrl, model, apiKeyVariable, timeoutSeconds } = generator;
    return [generatorOpenAi({ baseUrl, model, key: () => process.env[apiKeyVariable] || undefined, idleMs: timeoutSeconds * 1000 })];
  }
  if (generator.kind === "llama") return [await llamaPlugin(home, generator)];
  return [];
}

async function llamaPlugin(home: string, { model, context }: Config["generator"]): Promise<Plugin> {
  const [{ generatorLlama }, { ModelStore, inspectModel }] = await Promise.all([
    import("../../plugins/generator-llama/index.ts"),
    import("../../plugins/models/store.ts"),
  ]);
  const find = () => {
    const path = new ModelStore(home).find(model)?.path;
    if (path === undefined) throw new SynesisError("MODEL_NOT_FOUND", `(${model || "generator.model is not set"})`);
    inspectModel(path); // the library itself hangs on some files that are no models
    return path;
  };
  return generatorLlama({ home, model, path: find, context });
}
