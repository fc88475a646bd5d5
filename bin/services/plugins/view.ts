import { asks } from "../../../plugins/third-party/manifest.ts";
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
  readonly setAside: boolean;
  readonly failures: readonly string[];
}

export function viewOf(plugin: InstalledPlugin): PluginView {
  const { manifest, source, integrity, trusted, failures } = plugin;
  const { name, version, taps, provides } = manifest;
  return {
    name,
    version,
    source,
    integrity,
    taps,
    provides,
    granted: asks(manifest, trusted),
    trusted,
    setAside: isSetAside(plugin),
    failures,
  };
}
