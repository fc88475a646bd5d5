import { join } from "node:path";
import { definePlugin, type Generator, type Plugin, SynesisError } from "../../kernel/index.ts";
import { isOwnMachine } from "../../plugins/generator-openai/own-machine.ts";
import type { Config } from "./config.ts";
import { openEgressLog } from "./egress.ts";

/** The plugin of the generator that the settings choose; none in embedded mode. Nothing is loaded before its first use. */
export async function generatorPlugins(home: string, { generator }: Config): Promise<Plugin[]> {
  const chosen = await chosenPlugins(home, generator);
  const plugins = generator.lora ? chosen.map((plugin) => withAdapter(plugin, generator.lora)) : chosen;
  return Promise.all(plugins.map((plugin) => remembering(home, generator, plugin)));
}

/** The plugin as it is, or, where the settings say so, with a generator that remembers. @param settings what else its answers depend on */
export async function remembering(home: string, { cache }: Config["generator"], plugin: Plugin, settings?: string): Promise<Plugin> {
  return cache ? withCache(plugin, join(home, "generated.db"), settings) : plugin;
}

async function chosenPlugins(home: string, generator: Config["generator"]): Promise<Plugin[]> {
  if (generator.kind === "openai-compatible") {
    const { generatorOpenAi } = await import("../../plugins/generator-openai/index.ts");
    const { baseUrl, model, context, apiKeyVariable, timeoutSeconds, stallSeconds } = generator;
    const key = () => process.env[apiKeyVariable] || undefined;
    const options = { baseUrl, model, context, key, idleMs: timeoutSeconds * 1000, stallMs: stallSeconds * 1000 };
    return [generatorOpenAi({ ...options, ...(leavesMachine(generator) ? await writtenDown(home) : {}) })];
  }
  if (generator.kind === "llama") return [await llamaPlugin(home, generator)];
  if (generator.lora) throw new SynesisError("LORA_UNUSABLE", "Nothing writes text now: generator.kind is embedded.");
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

async function llamaPlugin(home: string, { model, context, lora }: Config["generator"]): Promise<Plugin> {
  const [{ generatorLlama }, { ModelStore, inspectModel }, { LoraStore }, { assertFits }] = await Promise.all([
    import("../../plugins/generator-llama/index.ts"),
    import("../../plugins/models/store.ts"),
    import("../../plugins/lora/store.ts"),
    import("../../plugins/lora/fits-model.ts"),
  ]);
  const find = () => {
    const path = new ModelStore(home).find(model)?.path;
    if (path === undefined) throw new SynesisError("MODEL_NOT_FOUND", `(${model || "generator.model is not set"})`);
    inspectModel(path); // the library itself hangs on some files that are no models
    return path;
  };
  const adapter = (name: string) => {
    const { path, adapter } = new LoraStore(home).find(name);
    assertFits(adapter, find());
    return path;
  };
  if (lora) adapter(lora); // told before anything else is done
  return generatorLlama({ home, model, path: find, adapter, context });
}

/** The same plugin, giving a generator that thinks with an adapter and is called so. */
function withAdapter(plugin: Plugin, lora: string): Plugin {
  return wrapping(plugin, (generator) => ({
    ...generator,
    model: `${generator.model} + ${lora}`,
    generate: (request) => generator.generate({ ...request, lora }),
  }));
}

/** The same plugin, giving a generator that remembers. */
async function withCache(plugin: Plugin, file: string, settings?: string): Promise<Plugin> {
  const { cachedGenerator } = await import("../../pipeline/think/cached-generator.ts");
  let cached: ReturnType<typeof cachedGenerator> | undefined;
  const wrapped = wrapping(plugin, (generator) => {
    cached = cachedGenerator(generator, file, settings);
    return cached;
  });
  return definePlugin({
    ...wrapped,
    async close() {
      cached?.close();
      await wrapped.close?.();
    },
  });
}

/** The same plugin, whose generator is replaced by one around it. */
function wrapping(plugin: Plugin, around: (generator: Generator) => Generator): Plugin {
  return definePlugin({
    ...plugin,
    setup: (context) =>
      plugin.setup({
        ...context,
        provide: (name, service) =>
          context.provide(name, (name === "generator" ? around(service as Generator) : service) as typeof service),
      }),
  });
}
