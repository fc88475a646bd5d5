/** The installed plugins, ready for the kernel. */
import { createHash } from "node:crypto";
import { appendFileSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Plugin } from "../../../kernel/index.ts";
import { NeverCloud } from "../../../pipeline/never-cloud.ts";
import { EgressLog } from "../../../plugins/privacy/egress/log.ts";
import { patternsOfPack } from "../../../plugins/privacy/patterns/pack.ts";
import type { Pattern } from "../../../plugins/privacy/patterns/pattern.ts";
import { type Definition, inProcess } from "../../../plugins/third-party/in-process.ts";
import { thirdParty } from "../../../plugins/third-party/index.ts";
import type { Config } from "../config.ts";
import { type ChosenPlugin, choosePlugins, unknownNames } from "./choose.ts";
import { isSetAside, type PluginStore } from "./store.ts";

/** What a plugin may write into its log, in bytes; then the log stays as it is. */
const MAX_LOG = 256 * 1024;

export interface LoadedPlugins {
  readonly plugins: readonly Plugin[];
  readonly patterns: readonly Pattern[];
  /** The generator that a plugin provides. */
  readonly generator?: { readonly plugin: string; readonly leavesMachine: boolean; readonly settings: string };
  /** What the user should know. */
  readonly notices: readonly string[];
}

interface Surroundings {
  readonly store: PluginStore;
  readonly egress: EgressLog;
  readonly neverCloud: NeverCloud;
  readonly generator: Config["generator"];
}

/** @throws SynesisError PLUGIN_CHANGED, CONFIG_INVALID, CONFIG_KEY_UNKNOWN */
export async function loadPlugins(store: PluginStore, home: string, config: Config): Promise<LoadedPlugins> {
  const installed = store.list();
  const chosen = choosePlugins(installed, config);
  const code = chosen.filter(({ parts }) => parts.taps.length + parts.provides.length > 0);
  const patterns = chosen.map(({ plugin }) => plugin).filter(({ manifest }) => manifest.patterns);
  const egress = new EgressLog(home);
  const neverCloud = new NeverCloud(config.privacy.neverCloud);
  const surroundings = { store, egress, neverCloud, generator: config.generator };
  const writer = chosen.find(({ parts }) => parts.provides.includes("generator"));
  return {
    plugins: await Promise.all(code.map((one) => load(one, surroundings))),
    patterns: patterns.flatMap((plugin) => patternsOfPack(JSON.parse(store.readCode(plugin)), plugin.manifest.name)),
    ...(writer && { generator: generatorOf(writer) }),
    notices: [...installed.filter(isSetAside).map(({ manifest }) => setAside(manifest.name)), ...unknownNames(installed, config.plugins)],
  };
}

/** A plugin that is trusted may send anything anywhere. */
function generatorOf({ plugin: { manifest, trusted }, settings }: ChosenPlugin): NonNullable<LoadedPlugins["generator"]> {
  return { plugin: manifest.name, leavesMachine: trusted || manifest.hosts.length > 0, settings: JSON.stringify(settings) };
}

function setAside(name: string): string {
  return `${name} failed three times in a row and is set aside; see \`synesis plugins inspect ${name}\`.`;
}

async function load({ plugin, parts, settings }: ChosenPlugin, surroundings: Surroundings): Promise<Plugin> {
  const { store, egress, neverCloud, generator } = surroundings;
  const { context, stallSeconds, timeoutSeconds } = generator;
  const { manifest, trusted } = plugin;
  const code = store.readCode(plugin);
  const variant = variantOf(settings);
  if (trusted) {
    const { default: definition } = (await import(pathToFileURL(store.codeFile(plugin)).href)) as { default: Definition };
    return inProcess(manifest, definition, { parts, settings, context, variant, silentMs: timeoutSeconds * 1000 });
  }
  let clean = plugin.failures.length === 0;
  return thirdParty({
    manifest,
    parts,
    settings,
    context,
    variant,
    code,
    limits: parts.provides.includes("generator") ? { silentMs: stallSeconds * 1000, serverMs: timeoutSeconds * 1000 } : {},
    withholds: (path) => neverCloud.withholds(path),
    onSend: (host, body) => void egress.append(host, body),
    onOutcome: (name, fault) => {
      if (clean && fault === undefined) return;
      clean = fault === undefined;
      store.note(name, fault);
    },
    onLog: (name, lines) => {
      if (manifest.text !== "raw") writeLog(store.logFile(name), lines);
    },
  });
}

/** Vectors that were made with other settings are not comparable. */
function variantOf(settings: ChosenPlugin["settings"]): string {
  if (Object.keys(settings).length === 0) return "";
  return `+${createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8)}`;
}

function writeLog(file: string, lines: readonly string[]): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < MAX_LOG) appendFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
}
