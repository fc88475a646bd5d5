import { asks } from "../../../plugins/third-party/manifest.ts";
import { settingValues } from "../../../plugins/third-party/settings.ts";
import type { Config } from "../config.ts";
import { type InstalledPlugin, isSetAside } from "./store.ts";

/** An installed plugin as commands show it. */
export interface PluginView {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly integrity: string;
  readonly taps: readonly string[];
  readonly provides: readonly string[];
  /** What it may see and do, a sentence a line. */
  readonly granted: readonly string[];
  readonly trusted: boolean;
  /** Whether the settings switch it off. */
  readonly disabled: boolean;
  /** What can be set of it, and how it is set. */
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly description: string }>>;
  readonly setAside: boolean;
  readonly failures: readonly string[];
}

/** @throws SynesisError CONFIG_INVALID where its settings are wrong. */
export function viewOf(plugin: InstalledPlugin, config: Config["plugins"]): PluginView {
  const { manifest, source, integrity, trusted, failures } = plugin;
  const { name, version, taps, provides } = manifest;
  const values = Object.entries(settingValues(manifest, config.settings[name]));
  return {
    name,
    version,
    source,
    integrity,
    taps,
    provides,
    granted: asks(manifest, trusted),
    trusted,
    disabled: config.disabled.includes(name),
    settings: Object.fromEntries(values.map(([key, value]) => [key, { value, description: manifest.settings[key]?.description ?? "" }])),
    setAside: isSetAside(plugin),
    failures,
  };
}
