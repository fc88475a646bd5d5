/** Puts the plugins together: which ones, in which order, with which settings. The only file that knows them all. */
import { existsSync } from "node:fs";
import { createKernel, type Kernel, type Plugin } from "../../kernel/index.ts";
import type { Machine, World } from "../../plugins/ethos/index.ts";
import type { Config } from "./config.ts";
import { embedderOptions } from "./embedder.ts";
import { generatorPlugins, leavesMachine, remembering } from "./generator.ts";
import type { LoadedPlugins } from "./plugins/load.ts";
import { pluginsFile } from "./plugins/place.ts";
import { privacyOptions } from "./privacy.ts";

/**
 * What a command needs of the kernel. Less is loaded for less: `vault` is the documents without search for questions, and
 * so without redaction.
 */
export type Need = "privacy" | "vault" | "knowledge" | "council";

export interface Composition {
  readonly kernel: Kernel;
  /** Where the agents' model is; "none" in embedded mode, and where no council was needed. */
  readonly thinking: "none" | "here" | "elsewhere";
  /** What the user should know. */
  readonly notices: readonly string[];
}

export interface Wish {
  /** No token is kept: what would be sent is only looked at. */
  readonly keepNothing?: boolean;
  /** Whether a model elsewhere may be asked; as the routing says when absent. */
  readonly escalates?: boolean;
}

export async function compose(
  home: string,
  config: Config,
  need: Need,
  { keepNothing = false, escalates }: Wish = {},
): Promise<Composition> {
  const loaded = await installedPlugins(home, config);
  const theirs = await Promise.all(
    loaded.plugins
      .filter((plugin) => isNeeded(plugin, need))
      .map((plugin) =>
        plugin.name === loaded.generator?.plugin ? remembering(home, config.generator, plugin, loaded.generator.settings) : plugin,
      ),
  );
  const ours = need === "council" && !loaded.generator ? await generatorPlugins(home, config) : [];
  const thinks = need === "council" && (ours.length > 0 || loaded.generator !== undefined);
  const elsewhere = loaded.generator?.leavesMachine ?? leavesMachine(config.generator);
  const changed = (path: string) => kernel.service("knowledgeVault").state(path)?.modified || undefined;
  const kernel: Kernel = await createKernel(
    [
      ...(need === "vault" ? [] : [await privacyPlugin(home, config, { keepNothing, patterns: loaded.patterns })]),
      ...(await knowledgePlugins(home, config, need, (service) => theirs.some(({ provides = [] }) => provides.includes(service)))),
      ...ours,
      ...(await councilPlugins(config, need, thinks, { machine: () => machineOf(home), changed })),
      ...(need === "council" ? [await billingPlugin(home, config)] : []),
      ...theirs,
      ...(need === "council" && (escalates ?? config.routing !== "local") ? await providerPlugins(home, config, theirs) : []),
    ],
    { weights: config.council.weights, maxTapMs: { agentVote: deadlineOf(config, thinks), escalate: ANSWERING_MS } },
  );
  return { kernel, thinking: thinks ? (elsewhere ? "elsewhere" : "here") : "none", notices: loaded.notices };
}

const NANO_PER_CENT = 10_000_000;

/** A model on a small machine takes its time, and has a limit of its own below this one; milliseconds. */
const THINKING_MS = 600_000;

/** Providers have limits of their own; an answer may be long, and its reader slow. */
const ANSWERING_MS = 3_600_000;

function deadlineOf({ council }: Config, thinks: boolean): number {
  return Math.max(council.deadlineSeconds * 1000, thinks ? THINKING_MS : 0);
}

/** What others wrote and the user installed. */
async function installedPlugins(home: string, config: Config): Promise<LoadedPlugins> {
  const { embedder, generator, provider, store } = config.plugins;
  if (!existsSync(pluginsFile(home)) && !(embedder || generator || provider || store)) return { plugins: [], patterns: [], notices: [] };
  const [{ loadPlugins }, { PluginStore }] = await Promise.all([import("./plugins/load.ts"), import("./plugins/store.ts")]);
  return loadPlugins(new PluginStore(home), home, config);
}

/** Who is asked elsewhere, where that is not an installed plugin. Where nobody is set up, the cloud, which says what is missing. */
async function providerPlugins(home: string, config: Config, theirs: readonly Plugin[]): Promise<Plugin[]> {
  if (theirs.some(({ taps = [] }) => taps.includes("escalate"))) return [];
  const { escalationPlugins } = await import("./escalation/provider.ts");
  return escalationPlugins(home, config);
}

function isNeeded({ taps = [], provides = [] }: Plugin, need: Need): boolean {
  if (need === "council" || (need !== "vault" && taps.includes("preRedact"))) return true;
  return need !== "privacy" && (provides.includes("embedder") || provides.includes("knowledgeVault"));
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

/** @param isTheirs whether an installed plugin provides a service. */
async function knowledgePlugins(
  home: string,
  config: Config,
  need: Need,
  isTheirs: (service: "embedder" | "knowledgeVault") => boolean,
): Promise<Plugin[]> {
  if (need === "privacy") return [];
  const { knowledge } = await import("../../plugins/knowledge/index.ts");
  const search = knowledge({ home, keeps: !isTheirs("knowledgeVault"), answers: need !== "vault" });
  if (isTheirs("embedder")) return [search];
  const { embeddings } = await import("../../plugins/embeddings/index.ts");
  return [embeddings(embedderOptions(home, config)), search];
}

async function councilPlugins({ council, plugins }: Config, need: Need, thinks: boolean, world: Partial<World>): Promise<Plugin[]> {
  if (need !== "council") return [];
  const [{ pathos }, { logos }, { ethos }, { consensus }] = await Promise.all([
    import("../../plugins/pathos/index.ts"),
    import("../../plugins/logos/index.ts"),
    import("../../plugins/ethos/index.ts"),
    import("../../plugins/consensus/index.ts"),
  ]);
  const framing = plugins.disabled.includes("pathos") ? [] : [pathos({ thinks })];
  return [...framing, logos({ thinks }), ethos({ ...world, thinks }), consensus({ method: council.consensus })];
}

/** What it knows of the cloud is loaded when something has left. */
async function billingPlugin(home: string, config: Config): Promise<Plugin> {
  const [{ billing }, { askedElsewhere }] = await Promise.all([
    import("../../plugins/billing/index.ts"),
    import("./escalation/asked-elsewhere.ts"),
  ]);
  const cloud = () => import("./cloud/usage-cloud.ts");
  const { syncSeconds, syncCents, ceilingCents } = config.billing;
  return billing({
    home,
    account: async () => (await cloud()).cloudAccount(home, config),
    via: askedElsewhere(config) === "cloud" ? "cloud" : "direct",
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
