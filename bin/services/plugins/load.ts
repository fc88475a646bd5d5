/** The installed plugins, ready for the kernel. */
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
import { type InstalledPlugin, isSetAside, type PluginStore } from "./store.ts";

/** What a plugin may write into its log, in bytes; then the log stays as it is. */
const MAX_LOG = 256 * 1024;

export interface LoadedPlugins {
  readonly plugins: readonly Plugin[];
  readonly patterns: readonly Pattern[];
  /** The names of those that were set aside. */
  readonly setAside: readonly string[];
}

interface Surroundings {
  readonly store: PluginStore;
  readonly egress: EgressLog;
  readonly neverCloud: NeverCloud;
}

/** @throws SynesisError PLUGIN_CHANGED */
export async function loadPlugins(store: PluginStore, home: string, config: Config): Promise<LoadedPlugins> {
  const installed = store.list();
  const setAside = installed.filter(isSetAside);
  const wanted = installed.filter((plugin) => !setAside.includes(plugin));
  const patterns = wanted.filter(({ manifest }) => manifest.patterns);
  const egress = new EgressLog(home);
  const neverCloud = new NeverCloud(config.privacy.neverCloud);
  return {
    plugins: await Promise.all(
      wanted.filter((plugin) => !patterns.includes(plugin)).map((plugin) => load(plugin, { store, egress, neverCloud })),
    ),
    patterns: patterns.flatMap((plugin) => patternsOfPack(JSON.parse(store.readCode(plugin)), plugin.manifest.name)),
    setAside: setAside.map(({ manifest }) => manifest.name),
  };
}

async function load(plugin: InstalledPlugin, { store, egress, neverCloud }: Surroundings): Promise<Plugin> {
  const { manifest, trusted } = plugin;
  const code = store.readCode(plugin);
  if (trusted) return inProcess(manifest, ((await import(pathToFileURL(store.codeFile(plugin)).href)) as { default: Definition }).default);
  let clean = plugin.failures.length === 0;
  return thirdParty({
    manifest,
    code,
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

function writeLog(file: string, lines: readonly string[]): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < MAX_LOG) appendFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
}
