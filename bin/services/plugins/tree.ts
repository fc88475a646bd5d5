import type { Plugin, ServiceName } from "../../../kernel/index.ts";

/** A plugin, and what it gives and takes. */
export interface PluginNode {
  readonly name: string;
  readonly taps: readonly string[];
  /** Each service that it provides, and which plugins require it. */
  readonly provides: readonly { readonly service: ServiceName; readonly to: readonly string[] }[];
}

/** Who provides what to whom. */
export function pluginTree(plugins: readonly Plugin[]): PluginNode[] {
  return plugins.map(({ name, taps = [], provides = [] }) => ({
    name,
    taps,
    provides: provides.map((service) => ({
      service,
      to: plugins.filter(({ requires = [] }) => requires.includes(service)).map((other) => other.name),
    })),
  }));
}

export function showTree(nodes: readonly PluginNode[]): string {
  return nodes
    .map(({ name, taps, provides }) => {
      const lines = [
        ...taps.map((hook) => `joins ${hook}`),
        ...provides.map(({ service, to }) => `provides ${service}${to.length > 0 ? ` to ${to.join(", ")}` : ""}`),
      ];
      return [name, ...lines.map((line, i) => `${i === lines.length - 1 ? "└" : "├"}─ ${line}`)].join("\n");
    })
    .join("\n");
}
