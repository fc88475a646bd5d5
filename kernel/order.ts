import { SynesisError } from "./errors.ts";
import type { Plugin } from "./plugin.ts";
import type { ServiceName } from "./types.ts";

/** The plugins in an order in which every provider comes before those who require it; otherwise as given. */
export function startOrder(plugins: readonly Plugin[]): Plugin[] {
  const providers = providersOf(plugins);
  const done = new Set<Plugin>();
  const path: Plugin[] = [];

  const visit = (plugin: Plugin) => {
    if (done.has(plugin)) return;
    if (path.includes(plugin))
      throw new SynesisError(
        "PLUGIN_INVALID",
        `These plugins require each other: ${[...path, plugin].map(({ name }) => name).join(" → ")}.`,
      );
    path.push(plugin);
    for (const name of plugin.requires ?? []) {
      const provider = providers.get(name);
      if (!provider) throw new SynesisError("PLUGIN_REQUIREMENT_MISSING", `${plugin.name} needs ${name}.`);
      if (provider !== plugin) visit(provider);
    }
    path.pop();
    done.add(plugin);
  };

  for (const plugin of plugins) visit(plugin);
  return [...done];
}

function providersOf(plugins: readonly Plugin[]): Map<ServiceName, Plugin> {
  const names = new Set<string>();
  const providers = new Map<ServiceName, Plugin>();
  for (const plugin of plugins) {
    if (!plugin.name.trim() || names.has(plugin.name))
      throw new SynesisError("PLUGIN_INVALID", `Two plugins are called "${plugin.name}", or one has no name.`);
    names.add(plugin.name);
    for (const name of plugin.provides ?? []) {
      const other = providers.get(name);
      if (other) throw new SynesisError("PLUGIN_INVALID", `${other.name} and ${plugin.name} both provide ${name}.`);
      providers.set(name, plugin);
    }
  }
  return providers;
}
