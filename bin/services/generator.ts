import { join } from "node:path";
import { definePlugin, type Generator, type Plugin, SynesisError } from "../../kernel/index.ts";
import { isOwnMachine } from "../../plugins/generator-openai/own-machine.ts";
import type { Config } from "./config.ts";
import { openEgressLog } from "./egress.ts";

/** The plugin of the generator that the settings choose; none in embedded mode. Nothing is loaded before its first use. */
export async function generatorPlugins(home: string, { generator }: Config): Promise<Plugin[]> {
  const plugins = await chosenPlugins(home, generator);
  return Promise.all(plugins.map((plugin) => remembering(home, generator, plugin)));
}

/** The plugin as it is, or, where the settings say so, with a generator that remembers. @param settings what else its answers depend on */
export async function remembering(home: string, { cache }: Config["generator"], plugin: Plugin, settings?: string): Promise<Plugin> {
  return cache ? withCache(plugin, join(home, "generated.db"), settings) : plugin;
}

async function chosenPlugins(home: string, generator: Config["generator"]): Promise<Plugin[]> {
  if (generator.kind === "openai-compatible") {
    const { generatorOpenAi } = await import("../../plugins/generator-openai/index.ts");
    const { baseUrl, model, context, apiKeyVariable, timeoutSeconds } = generator;
    const key = () => process.env[apiKeyVariable] || undefined;
    const options = { baseUrl, model, context, key, idleMs: timeoutSeconds * 1000 };
    return [generatorOpenAi({ ...options, ...(leavesMachine(generator) ? await writtenDown(home) : {}) })];
  }
  if (generator.kind === "llama") return [await llamaPlugin(home, generator)];
  return [];
}

/** Whether what a generator is sent leaves this machine. */
export function leavesMachine({ kind, baseUrl }: Config["generator"]): boolean {
  return kind === "openai-compatible" && !isOwnMachine(baseUrl);
}

/** What leaves the machine is written to the egress log first. */
async function writtenDown(home: string): Promise<{ beforeSending: (host: string, body: string) => void }> {
  const log = await openEgressLog(home);
  return { beforeSending: (host, body) => void log.append(host, body) };
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

/** The same plugin, giving a generator that remembers. */
async function withCache(plugin: Plugin, file: string, settings?: string): Promise<Plugin> {
  const { cachedGenerator } = await import("../../pipeline/think/cached-generator.ts");
  let cached: ReturnType<typeof cachedGenerator> | undefined;
  return definePlugin({
    ...plugin,
    setup: (context) =>
      plugin.setup({
        ...context,
        provide(name, service) {
          if (name !== "generator") return context.provide(name, service);
          cached = cachedGenerator(service as Generator, file, settings);
          context.provide("generator", cached);
        },
      }),
    async close() {
      cached?.close();
      await plugin.close?.();
    },
  });
}
