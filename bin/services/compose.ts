/** Puts the plugins together: which ones, in which order, with which settings. The only file that knows them all. */
import { existsSync } from "node:fs";
import { createKernel, type Kernel, type Plugin } from "../../kernel/index.ts";
import type { Machine, World } from "../../plugins/ethos/index.ts";
import type { Config } from "./config.ts";
import { embedderOptions } from "./embedder.ts";
import { generatorPlugins } from "./generator.ts";
import type { LoadedPlugins } from "./plugins/load.ts";
import { pluginsFile } from "./plugins/place.ts";
import { privacyOptions } from "./privacy.ts";

/** What a command needs of the kernel. Less is loaded for less. */
export type Need = "privacy" | "knowledge" | "council";

export interface Composition {
  readonly kernel: Kernel;
  /** What the user should know. */
  readonly notices: readonly string[];
}

/** @param keepNothing no token is kept: what would be sent is only looked at. */
export async function compose(home: string, config: Config, need: Need, keepNothing = false): Promise<Composition> {
  const generator = need === "council" ? await generatorPlugins(home, config) : [];
  const { plugins, patterns, setAside } = await installedPlugins(home, config);
  const theirs = plugins.filter((plugin) => isNeeded(plugin, need));
  const embedder = theirs.some(({ provides = [] }) => provides.includes("embedder"));
  const changed = (path: string) => kernel.service("knowledgeVault").state(path)?.modified || undefined;
  const kernel: Kernel = await createKernel(
    [
      await privacyPlugin(home, config, { keepNothing, patterns }),
      ...(await knowledgePlugins(home, config, need, embedder)),
      ...generator,
      ...(await councilPlugins(config, need, generator.length > 0, { machine: () => machineOf(home), changed })),
      ...(need === "council" ? [await billingPlugin(home, config)] : []),
      ...theirs,
    ],
    { weights: config.council.weights, maxTapMs: { agentVote: deadlineOf(config, generator.length > 0) } },
  );
  return {
    kernel,
    notices: setAside.map((name) => `${name} failed three times in a row and is set aside; see \`synesis plugins inspect ${name}\`.`),
  };
}

const NANO_PER_CENT = 10_000_000;

/** A model on a small machine takes its time, and has a limit of its own below this one; milliseconds. */
const THINKING_MS = 600_000;

function deadlineOf({ council }: Config, thinks: boolean): number {
  return Math.max(council.deadlineSeconds * 1000, thinks ? THINKING_MS : 0);
}

/** What others wrote and the user installed. */
async function installedPlugins(home: string, config: Config): Promise<LoadedPlugins> {
  if (!existsSync(pluginsFile(home))) return { plugins: [], patterns: [], setAside: [] };
  const [{ loadPlugins }, { PluginStore }] = await Promise.all([import("./plugins/load.ts"), import("./plugins/store.ts")]);
  return loadPlugins(new PluginStore(home), home, config);
}

function isNeeded({ taps = [], provides = [] }: Plugin, need: Need): boolean {
  return need === "council" || taps.includes("preRedact") || (need === "knowledge" && provides.includes("embedder"));
}

async function privacyPlugin(
  home: string,
  config: Config,
  { patterns, keepNothing }: Pick<LoadedPlugins, "patterns"> & { readonly keepNothing: boolean },
): Promise<Plugin> {
  const { privacy } = await import("../../plugins/privacy/index.ts");
  const options = await privacyOptions(home, config);
  return privacy({ ...options, patterns: [...(options.patterns ?? []), ...patterns], keepNothing });
}

/** @param embedder whether an installed plugin turns texts into vectors. */
async function knowledgePlugins(home: string, config: Config, need: Need, embedder: boolean): Promise<Plugin[]> {
  if (need === "privacy") return [];
  const { knowledge } = await import("../../plugins/knowledge/index.ts");
  if (embedder) return [knowledge({ home })];
  const { embeddings } = await import("../../plugins/embeddings/index.ts");
  return [embeddings(embedderOptions(home, config)), knowledge({ home })];
}

async function councilPlugins({ council }: Config, need: Need, thinks: boolean, world: Partial<World>): Promise<Plugin[]> {
  if (need !== "council") return [];
  const [{ pathos }, { logos }, { ethos }, { consensus }] = await Promise.all([
    import("../../plugins/pathos/index.ts"),
    import("../../plugins/logos/index.ts"),
    import("../../plugins/ethos/index.ts"),
    import("../../plugins/consensus/index.ts"),
  ]);
  return [pathos({ thinks }), logos({ thinks }), ethos({ ...world, thinks }), consensus({ method: council.consensus })];
}

/** What it knows of the cloud is loaded when something has left. */
async function billingPlugin(home: string, config: Config): Promise<Plugin> {
  const { billing } = await import("../../plugins/billing/index.ts");
  const cloud = () => import("./cloud/usage-cloud.ts");
  const { syncSeconds, syncCents, ceilingCents } = config.billing;
  return billing({
    home,
    account: async () => (await cloud()).cloudAccount(home, config),
    cloud: async () => (await cloud()).openUsageCloud(home, config),
    sync: { seconds: syncSeconds, nanoDollars: syncCents * NANO_PER_CENT },
    ceiling: ceilingCents * NANO_PER_CENT,
  });
}

/** What Ethos compares an answer's demands with; looked up when an answer first makes one. */
async function machineOf(home: string): Promise<Machine> {
  const { readHardware } = await import("../../plugins/hardware/index.ts");
  const { memory, gpus, disk, cpu } = await readHardware(home);
  const usable = gpus.filter(({ api }) => api !== null).map(({ vram }) => vram);
  const vram = usable.includes(null) ? null : Math.max(0, ...usable.map(Number));
  return { memory: memory.total, vram, diskFree: disk?.free ?? null, cores: cpu.cores };
}
